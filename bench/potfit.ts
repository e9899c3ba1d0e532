import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { openCandidates, openObjective } from '../src/fitting/problem.js';
import { evaluateEam } from '../src/potentials/evaluate-eam.js';
import type { Frame } from '../src/structures/structure.js';
import { allowedCandidates, copperSettings, inTemporaryFolder, preparedCopper } from './data.js';
import { FixedPotential } from './forces.js';
import { printTable, show, significant, summary } from './measure.js';
import { type Section, Skip } from './section.js';

const HOW_TO_BUILD = `needs POTFIT=path of a potfit binary for tabulated EAM potentials (https://github.com/potfit/potfit), built with
  mkdir shim; printf '#include <stddef.h>\\nvoid dsysvx_();\\n' > shim/lapacke.h
  CFLAGS=-I$PWD/shim ./waf configure -i eam -m tab -l lapack && ./waf
(the first line is for versions of LAPACKE that pass the lengths of strings to Fortran)`;

/** Knots of pair and density in the timed run; potfit finds a spline's interval once, at the start. */
const RADIAL_KNOTS = 40;
/** Knots of the embedding function in the timed run, which are its only free parameters. */
const EMBEDDING_KNOTS = 3;
/** Evaluations between two lines of potfit's annealing: it tries each parameter 20 times (NSTEP of its src/simann.c). */
const EVALUATIONS = 20 * EMBEDDING_KNOTS;
/** Knots of all functions where energies and forces are compared. */
const CHECK_KNOTS = 4000;
/** Every how many frames energies and forces are compared. */
const CHECK_STRIDE = 23;
/** Shortest processor time of one measurement of ours, s. */
const LONG_ENOUGH = 0.5;
const BATCHES = [10, 64];

/** Seconds of one run of some work. */
interface Seconds {
  wall: number;
  /** NaN where the system does not tell */
  processor: number;
}

/** Work of ours that potfit's evaluation of all frames is set against. */
interface Work {
  what: string;
  run: () => unknown;
  /** evaluations of all frames in one run */
  evaluations: number;
}

interface Case {
  frames: readonly Frame[];
  cutoff: number;
  /** a distance below all of the frames', Å */
  shortest: number;
  forces: boolean;
  unit: string;
  /** from seconds for all frames to the unit */
  factor: number;
  ours: Work[];
}

/**
 * Our losses against potfit's, on the same frames. potfit evaluates a potential from tables, so that it has no equations to work out;
 * ours do that too. Both take turns: potfit is halted while ours run. Its times are those between two lines of its simulated annealing,
 * so that reading the data and finding neighbours is in none of them.
 */
export const potfit: Section = {
  name: 'potfit',
  what: 'loss of a candidate against potfit (POTFIT=path of its binary): energies at 8 Å, energies and forces at 5.5 Å',
  duration: '3 min',
  async run({ repeats = 5 }) {
    const binary = findPotfit();
    for (const open of [energiesCase, forcesCase]) await compare(await open(), binary, repeats);
  },
};

function findPotfit(): string {
  if (!process.env.POTFIT) throw new Skip(HOW_TO_BUILD);
  const binary = resolve(process.env.POTFIT);
  try {
    accessSync(binary, constants.X_OK);
  } catch {
    throw new Skip(`POTFIT=${process.env.POTFIT} is no program; it ${HOW_TO_BUILD}`);
  }
  return binary;
}

async function energiesCase(): Promise<Case> {
  const cutoff = 8;
  const settings = copperSettings(cutoff);
  const { problem } = preparedCopper(settings);
  const loss = openCandidates(problem);
  const candidates = await allowedCandidates(loss, loss.network, settings, Math.max(...BATCHES));
  const ours = BATCHES.map((count): Work => {
    const chosen = candidates.slice(0, count);
    const losses = new Float64Array(count);
    return { what: `energy loss, batches of ${count}`, run: () => loss.evaluate(chosen, losses), evaluations: count };
  });
  const { frames, moments } = problem;
  return { frames, cutoff, shortest: moments.map.shortest, forces: false, unit: 'ms a candidate', factor: 1e3, ours };
}

async function forcesCase(): Promise<Case> {
  const cutoff = 5.5;
  const settings = copperSettings(cutoff);
  const { problem } = preparedCopper(settings);
  // the set has no forces; to compute them takes as long whatever they are compared with
  const frames = problem.frames.map((frame): Frame => ({ ...frame, forces: new Float64Array(3 * frame.species.length) }));
  const { network, objective } = openObjective({ ...problem, frames, loss: { ...problem.loss, forces: 0.1 } });
  const p = new Float64Array(objective.size);
  p.set((await allowedCandidates(openCandidates(problem), network, settings, 1))[0]!);
  const ours = [{ what: `loss with forces, ${objective.size} parameters`, run: () => objective.loss(p), evaluations: 1 }];
  const { map, rowOfAtom } = problem.moments;
  return { frames, cutoff, shortest: map.shortest, forces: true, unit: 'µs an atom', factor: 1e6 / rowOfAtom.length, ours };
}

async function compare(work: Case, binary: string, repeats: number): Promise<void> {
  const { frames, cutoff, forces, unit, factor } = work;
  await inTemporaryFolder(async (folder) => {
    const inputs = new PotfitInputs(frames, cutoff, work.shortest, forces);
    const atoms = frames.reduce((total, frame) => total + frame.species.length, 0);
    console.log(
      `${forces ? 'energies and forces' : 'energies only'}, ${cutoff} Å: ${frames.length} frames, ${atoms} atoms, ${inputs.pairs} pairs, ` +
        `one thread, ${repeats} repeats in turn, ${EVALUATIONS} evaluations of potfit in each`,
    );
    const { energy, force } = inputs.check(binary, join(folder, 'check'));
    console.log(
      `potfit's SR2 with ${CHECK_KNOTS} knots against sums with the exact functions: ${(energy * 1e3).toPrecision(2)} meV/atom` +
        (forces ? `, ${(force * 1e3).toPrecision(2)} meV/Å` : ''),
    );
    const theirs: Seconds[] = [];
    const ours: Seconds[][] = work.ours.map(() => []);
    const annealing = new Annealing(binary, inputs.write(join(folder, 'timed'), RADIAL_KNOTS, EMBEDDING_KNOTS, true));
    try {
      await annealing.nextLine();
      for (const { run } of work.ours) await timed(run);
      for (let k = 0; k < repeats; k++) {
        theirs.push(scaled(await annealing.nextLine(), 1 / EVALUATIONS));
        for (const [w, { run, evaluations }] of work.ours.entries()) ours[w]!.push(scaled(await timed(run), 1 / evaluations));
      }
    } finally {
      annealing.end();
    }
    const rows: string[][] = [];
    for (const [w, { what }] of work.ours.entries())
      for (const [clock, name] of [
        ['processor', 'processor'],
        ['wall', 'wall clock'],
      ] as const) {
        const a = summary(theirs.map((time) => time[clock]));
        const b = summary(ours[w]!.map((time) => time[clock]));
        if (Number.isNaN(a.median)) continue;
        const ratios = summary(theirs.map((time, k) => time[clock] / ours[w]![k]![clock]));
        rows.push([what, name, show(a, factor), show(b, factor), show(ratios), significant(a.min / b.min)]);
      }
    printTable(['work', 'time', `potfit, ${unit}`, `eqpot, ${unit}`, 'ratio', 'ratio of minima'], rows);
    console.log();
  });
}

/** potfit's files for the built-in SR2, tapered at the cutoff, and some frames. */
class PotfitInputs {
  readonly pairs: number;
  private readonly fixed: FixedPotential;
  /** potfit wants a density of 1 inside the table of its embedding function */
  private readonly unitDensity: number;
  private readonly densities: readonly [number, number];

  constructor(
    private readonly frames: readonly Frame[],
    private readonly cutoff: number,
    private readonly begin: number,
    private readonly forces: boolean,
  ) {
    this.fixed = new FixedPotential(frames, cutoff);
    this.pairs = this.fixed.pairs;
    let [low, high] = [Infinity, 0];
    for (const rho of this.fixed.energiesOnly()) [low, high] = [Math.min(low, rho), Math.max(high, rho)];
    this.densities = [0.99 * low, 1.01 * high];
    this.unitDensity = 0.5 * (low + high);
  }

  /** Writes all files for a run into a folder, which it makes, and returns the folder. */
  write(folder: string, radialKnots: number, embeddingKnots: number, optimise: boolean): string {
    mkdirSync(folder);
    const write = (name: string, lines: readonly string[]) => writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
    write('parameters', [
      'ntypes 1',
      'startpot start.pot',
      'endpot end.pot',
      'tempfile temp.pot',
      'config frames.config',
      'output_prefix out',
      'seed 1',
      'eng_weight 1',
      `opt ${optimise ? 1 : 0}`,
      'anneal_temp 0.001',
    ]);
    write('start.pot', this.potential(radialKnots, embeddingKnots));
    write(
      'frames.config',
      this.frames.flatMap((frame) => this.configuration(frame)),
    );
    return folder;
  }

  /** A potential in potfit's format 3 (equidistant knots); only the embedding function is free. */
  private potential(radialKnots: number, embeddingKnots: number): string[] {
    const { potential } = this.fixed;
    const slope = new Float64Array(1);
    const [low, high] = this.densities.map((rho) => rho / this.unitDensity) as [number, number];
    const functions = [
      { from: this.begin, to: this.cutoff, knots: radialKnots, at: (r: number) => potential.pair().evaluate(r, slope) },
      {
        from: this.begin,
        to: this.cutoff,
        knots: radialKnots,
        at: (r: number) => potential.density().evaluate(r, slope) / this.unitDensity,
      },
      { from: low, to: high, knots: embeddingKnots, at: (x: number) => potential.embedding().evaluate(x * this.unitDensity, slope) },
    ];
    return [
      '#F 3 3',
      '#C Cu',
      '#I 1 1 0',
      '#E',
      ...functions.map(({ from, to, knots }) => `${from} ${to} ${knots}`),
      ...functions.flatMap(({ from, to, knots, at }) => [
        '',
        ...Array.from({ length: knots }, (_, k) => at(from + ((to - from) * k) / (knots - 1)).toExponential(15)),
      ]),
    ];
  }

  private configuration({ species, cell, positions, energy }: Frame): string[] {
    const vector = (v: Float64Array, k: number) => v.subarray(3 * k, 3 * k + 3).join(' ');
    return [
      `#N ${species.length} ${this.forces ? 1 : 0}`,
      '#C Cu',
      ...['X', 'Y', 'Z'].map((name, k) => `#${name} ${vector(cell, k)}`),
      `#E ${(energy ?? 0) / species.length}`,
      '#F',
      ...species.map((_, i) => `0 ${vector(positions, i)} 0 0 0`),
    ];
  }

  /** Largest differences of potfit's energies (eV/atom) and forces (eV/Å) from sums over all neighbours with the exact functions. */
  check(binary: string, folder: string): { energy: number; force: number } {
    this.write(folder, CHECK_KNOTS, CHECK_KNOTS, false);
    const { status, stderr } = spawnSync(binary, ['parameters'], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`potfit ended with ${status}: ${stderr.slice(-500)}`);
    const column = (name: string, separator: RegExp, at: number) =>
      readFileSync(join(folder, name), 'utf8')
        .split('\n')
        .filter((line) => line.trim() && !line.startsWith('#'))
        .map((line) => Number(line.trim().split(separator)[at]));
    const energies = column('out.energy', /\s+/, 3);
    const forces = this.forces ? column('out.force', /\t\s*/, 3) : [];
    let [energy, force, first] = [0, 0, 0];
    this.frames.forEach((frame, s) => {
      const n = frame.species.length;
      if (s % CHECK_STRIDE === 0) {
        const exact = evaluateEam(this.fixed.potential, frame);
        energy = Math.max(energy, Math.abs(exact.energy / n - energies[s]!));
        if (this.forces) for (const [k, f] of exact.forces.entries()) force = Math.max(force, Math.abs(f - forces[first + k]!));
      }
      first += 3 * n;
    });
    return { energy, force };
  }
}

/** A simulated annealing of potfit, which stands still except between `nextLine` and the next line of its table. */
class Annealing {
  private readonly child: ChildProcess;
  private stderr = '';
  private line: (() => void) | undefined;
  private fail: ((error: Error) => void) | undefined;

  constructor(binary: string, folder: string) {
    this.child = spawn(binary, ['parameters'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let rest = '';
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop()!;
      // temperature step, temperature, adjustment, F, best F
      if (lines.some((one) => /^\s*\d+\t\S+\t\s*\d+\t/.test(one))) {
        this.child.kill('SIGSTOP');
        this.line?.();
      }
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-500);
    });
    this.child.on('error', (error) => this.fail?.(error));
    this.child.on('exit', (code) => this.fail?.(new Error(`potfit ended with ${code} before it was told to: ${this.stderr}`)));
  }

  /** Lets potfit run until its next line and returns what it took. */
  async nextLine(): Promise<Seconds> {
    const wall = performance.now();
    const processor = this.processor();
    await new Promise<void>((done, fail) => {
      this.line = done;
      this.fail = fail;
      this.child.kill('SIGCONT');
    });
    this.line = undefined;
    this.fail = undefined;
    return { wall: (performance.now() - wall) / 1e3, processor: this.processor() - processor };
  }

  private processor(): number {
    try {
      // the name of the program, in brackets, may hold spaces
      const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').replace(/^.*\)/, '').trim().split(' ');
      return (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      return Number.NaN;
    }
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}

/** Time of one run, as the mean over runs that take half a second of processor time together. */
async function timed(run: () => unknown): Promise<Seconds> {
  const from = process.cpuUsage();
  const wall = performance.now();
  for (let runs = 1; ; runs++) {
    await run();
    const { user, system } = process.cpuUsage(from);
    const processor = (user + system) / 1e6;
    if (processor > LONG_ENOUGH) return scaled({ wall: (performance.now() - wall) / 1e3, processor }, 1 / runs);
  }
}

const scaled = ({ wall, processor }: Seconds, factor: number): Seconds => ({ wall: wall * factor, processor: processor * factor });
