import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type ServedForces, serveForces } from '../../../bridges/sockets/ipi/client.js';
import { labelSchema } from '../../../src/config/label-schema.js';
import { jobId, type Label, type LabelFailure, type LabelJob, type Labeller } from '../../../src/engines/labelling/labeller.js';
import { evaluateInLammps } from '../../../src/engines/lammps/evaluate.js';
import { findLammps } from '../../../src/engines/lammps/find.js';
import { lammpsInPath } from '../../../src/engines/lammps/native.js';
import { SILENT } from '../../../src/engines/progress.js';
import { StopController, type StopToken } from '../../../src/engines/stop.js';
import { EngineError, InputError, StoppedError } from '../../../src/errors.js';
import { RandomStream } from '../../../src/math/random.js';
import { multiplyRows, type Structure } from '../../../src/structures/structure.js';
import { createLabeller } from '../../../src/workflows/label/labellers.js';
import { lammpsPotential } from '../../../src/workflows/label/lammps-potential.js';
import { rotation } from '../../structures/arbitrary.js';

const PROGRAM = fileURLToPath(new URL('./force-program.mjs', import.meta.url));
const PUBLISHED = '/usr/share/lammps/potentials';

const random = RandomStream.fromSeed(5);
const numbers = (count: number, scale: number) => Float64Array.from({ length: count }, () => scale * (2 * random.uniform() - 1));

/** A strongly skewed cell turned anywhere, atoms up to three cells away, of either hand. */
function skewed(species: readonly string[], edge: number): Structure {
  const rows = numbers(9, 0.35 * edge);
  for (const d of [0, 4, 8]) rows[d] = edge * (0.8 + 0.4 * random.uniform());
  if (random.uniform() < 0.3) rows[8]! *= -1;
  const cell = multiplyRows(rows, rotation([...numbers(3, 3)]));
  const side = Math.ceil(species.length ** (1 / 3));
  const shifts = numbers(3 * species.length, 3).map(Math.round);
  const at = (k: number) => [k % side, Math.floor(k / side) % side, Math.floor(k / side / side)];
  const noise = numbers(3 * species.length, 0.1);
  const fractional = species.flatMap((_, k) => at(k).map((x, d) => (x + noise[3 * k + d]!) / side + shifts[3 * k + d]!));
  return { cell, pbc: [true, true, true], species: [...species], positions: multiplyRows(fractional, cell) };
}

function jobsOf(labeller: Labeller, structures: readonly Structure[]): LabelJob[] {
  return structures.map((structure) => ({ id: jobId(structure, labeller.settings), structure }));
}

/** Processes started from here with these words in their command. */
function childrenRunning(words: string): number[] {
  const lines = execFileSync('ps', ['--ppid', String(process.pid), '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  return lines.filter((line) => line.includes(words)).map((line) => Number.parseInt(line, 10));
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

describe('socket engine', () => {
  let folder: string;
  let labeller: Labeller | undefined;
  const made = async (settings: object) => {
    await labeller?.close?.();
    labeller = await createLabeller(labelSchema.parse({ engine: 'socket', ...settings }), folder);
    return labeller;
  };
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-socket-'));
  });
  afterEach(async () => {
    await labeller?.close?.();
    labeller = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  /** Labels and failures in the order of the structures; every job has exactly one. */
  async function outcomes(
    structures: readonly Structure[],
    options: { stop?: StopToken; onOutcome?: (count: number) => void; lines?: string[] } = {},
  ): Promise<(Label | LabelFailure)[]> {
    const jobs = jobsOf(labeller!, structures);
    const got = new Map<string, Label | LabelFailure>();
    await labeller!.label(jobs, {
      directory: join(folder, 'runs'),
      stop: options.stop ?? new StopController({ signals: false, announce: () => {} }),
      progress: { ...SILENT, line: (text) => options.lines?.push(text) },
      onOutcome(outcome) {
        expect(got.has(outcome.id), 'told twice').to.equal(false);
        got.set(outcome.id, 'label' in outcome ? outcome.label : outcome.failure);
        options.onOutcome?.(got.size);
      },
    });
    expect(got.size).to.equal(jobs.length);
    return jobs.map(({ id }) => got.get(id)!);
  }

  describe('with LAMMPS', () => {
    before(function () {
      if (lammpsInPath() && existsSync(join(PUBLISHED, 'CuZr_mm.eam.fs'))) return;
      console.log('      skipped: no native LAMMPS (lmp) in PATH, or no potentials (Debian package lammps-data)');
      this.skip();
    });

    it('gives what LAMMPS gives for files: skewed and turned cells, atoms anywhere, two elements in any order', async () => {
      const potential = join(PUBLISHED, 'CuZr_mm.eam.fs');
      await made({ potential });
      const compositions = [['Zr', 'Cu', 'Cu', 'Zr', 'Cu'], ['Cu', 'Cu', 'Cu', 'Zr', 'Zr'], ['Cu'], new Array<string>(12).fill('Zr')];
      const structures = Array.from({ length: 40 }, (_, k) => {
        const species = compositions[k % 4]!;
        return skewed(species, 3.2 * Math.ceil(species.length ** (1 / 3)));
      });
      const labels = (await outcomes(structures)) as Label[];
      const lammps = await findLammps('native');
      const file = await evaluateInLammps(
        lammps,
        lammpsPotential('lammps', { potential, pair_coeff: [], elements: [] }, '.').potential,
        structures,
      );
      for (const [k, label] of labels.entries()) {
        const { energy, forces, stress } = file[k]!;
        const n = structures[k]!.species.length;
        expect(label.energy / n, `energy of ${k}`).to.be.closeTo(energy / n, 1e-7);
        const scale = Math.max(1, ...forces.map(Math.abs));
        label.forces!.forEach((force, i) => {
          expect(force, `force ${i} of ${k}`).to.be.closeTo(forces[i]!, 2e-7 * scale);
        });
        const size = Math.max(1, ...stress!.map(Math.abs));
        label.stress!.forEach((value, i) => {
          expect(value, `stress ${i} of ${k}`).to.be.closeTo(stress![i]!, 2e-7 * size);
        });
        expect(label.origin).to.include({ engine: 'socket', settings: labeller!.settings });
        expect(label.origin.version).to.match(/^native \d+ \w+ 20\d\d/);
      }
      expect(labels[0]!.forces!.some((force) => Math.abs(force) > 0.1)).to.equal(true);
    });

    it('goes on with a fresh LAMMPS when one is killed, and sets aside what LAMMPS cannot do', async () => {
      await made({ potential: join(PUBLISHED, 'Cu_mishin1.eam.alloy') });
      const structures = Array.from({ length: 60 }, () => skewed(['Cu', 'Cu', 'Cu', 'Cu'], 5));
      structures.push(skewed(['Cu', 'Al'], 4));
      const ends = await outcomes(structures, {
        onOutcome: (count) => {
          if (count === 20) for (const pid of childrenRunning('in.socket')) process.kill(pid, 'SIGKILL');
        },
      });
      const last = ends.pop() as LabelFailure;
      expect(last.reason).to.include('no element Al');
      expect(last.again).to.equal(false);
      expect(ends.every((end) => 'energy' in end)).to.equal(true);
      const again = (await outcomes(structures.slice(0, 5))) as Label[];
      again.forEach(({ energy }, k) => {
        expect(energy).to.be.closeTo((ends[k] as Label).energy, 1e-10);
      });
      await labeller!.close!();
      expect(readdirSync(join(folder, 'runs'))).to.deep.equal([]);
    });

    it('says what LAMMPS said when it does not start', async () => {
      await made({ pair_style: 'eam/alloy', pair_coeff: [`* * ${join(PUBLISHED, 'Cu_u3.eam')} Cu`], elements: ['Cu'] });
      const error = await failure(outcomes([skewed(['Cu'], 3)]));
      expect(error).to.be.instanceOf(EngineError);
      expect(error.message).to.match(/ended before it connected: ERROR/);
    });
  });

  describe('with other programs', () => {
    const cells = (count: number, atoms = 2) => Array.from({ length: count }, () => skewed(new Array<string>(atoms).fill('Cu'), 4));
    const program = (behaviour: string, file = '') => ({
      program: 'other',
      command: `${process.execPath} ${PROGRAM} {name} ${behaviour} ${file}`,
    });

    it('takes energies and forces, and no stress where there is none', async () => {
      await made({ ...program('good'), version: '1.0', method: 'springs' });
      const structures = [...cells(5), ...cells(5, 3), ...cells(2)];
      for (const [k, label] of ((await outcomes(structures)) as Label[]).entries()) {
        const { positions } = structures[k]!;
        // 0.5 k x² with k of one hartree/bohr²
        const spring = 27.211386245988 / 0.529177210903 ** 2;
        expect(label.energy).to.be.closeTo(0.5 * spring * positions.reduce((sum, x) => sum + x * x, 0), 1e-6 * label.energy);
        label.forces!.forEach((force, i) => {
          expect(force).to.be.closeTo(-spring * positions[i]!, 1e-9 * spring);
        });
        expect(label).not.to.have.property('stress');
        expect(label.origin.version).to.equal('1.0');
      }
    });

    for (const [behaviour, reason] of [
      ['die', /closed the connection.*signal SIGKILL/],
      ['hang', /has not answered for 0.5 s/],
      ['nan', /sent the energy NaN/],
      ['count', /sent 3 atoms where 2 were expected/],
      ['garbage', /sent "Traceback \(m" where/],
    ] as const) {
      it(`tries the structure again with a fresh program that did not ${behaviour}`, async () => {
        await made({ ...program(behaviour, join(folder, 'marker')), timeout: 0.5 });
        expect((await outcomes(cells(6))).every((end) => 'energy' in end)).to.equal(true);
      });

      it(`sets the structure aside where the program is always one to ${behaviour}`, async () => {
        await made({ ...program(behaviour), timeout: 0.5 });
        const ends = await outcomes(cells(3));
        // the second structure of every start fails
        const failed = ends.filter((end): end is LabelFailure => 'reason' in end);
        expect(failed.length).to.be.within(1, 2);
        for (const { reason: said, again } of failed) {
          expect(said).to.match(reason);
          expect(again).to.equal(true);
        }
      });
    }

    it('names a program that does not start, does not connect, or is not there', async () => {
      await made(program('broken'));
      const broken = await failure(outcomes(cells(2)));
      expect(broken).to.be.instanceOf(EngineError);
      expect(broken.message).to.match(/ended before it connected: ERROR: no pseudopotential/);
      await made({ program: 'other', command: 'sleep 30', start_timeout: 0.3 });
      expect((await failure(outcomes(cells(1)))).message).to.include('no force client has connected within 0.3 s');
      await made({ program: 'other', command: 'eqpot-no-such-program {name}' });
      expect((await failure(outcomes(cells(1)))).message).to.include("cannot start 'eqpot-no-such-program'");
      for (const settings of [{}, { program: 'other', potential: 'sr2' }, { potential: 'sr2', lammps: 'embedded' }, { address: 'unix:x' }])
        expect(await failure(made(settings)), JSON.stringify(settings)).to.be.instanceOf(InputError);
    });

    it('is stopped in the middle of a structure', async () => {
      await made(program('hang'));
      const stop = new StopController({ signals: false, announce: () => {} });
      setTimeout(() => stop.request('Ctrl-C'), 500);
      expect(await failure(outcomes(cells(4), { stop }))).to.be.instanceOf(StoppedError);
      stop.dispose();
    });

    it('starts programs afresh when asked to, several at a time, each in a folder with what it needs', async () => {
      const script = join(folder, 'start.sh');
      writeFileSync(join(folder, 'input.txt'), `{natoms} atoms\n{cell}\n{positions}\n$${'{name}'} {other}\n`);
      writeFileSync(script, `cat input.txt structure.extxyz >> ${join(folder, 'starts')}; exec ${process.execPath} ${PROGRAM} $1 good\n`);
      await made({ program: 'other', command: 'sh start.sh {name}', inputs: ['input.txt'], structures_per_start: 2, clients: 2 });
      const structures = cells(7);
      expect((await outcomes(structures)).every((end) => 'energy' in end)).to.equal(true);
      const starts = readFileSync(join(folder, 'starts'), 'utf8');
      expect(starts.match(/^2 atoms$/gm)).to.have.length.within(4, 5);
      const { cell, positions } = structures[0]!;
      expect(starts).to.include(`${cell.subarray(0, 3).join(' ')}\n`);
      expect(starts).to.include(`Cu ${positions.subarray(0, 3).join(' ')}\n`);
      expect(starts).to.include('$' + '{name} {other}\n');
      const { settings } = labeller!;
      writeFileSync(join(folder, 'input.txt'), 'something else');
      expect(
        (await made({ program: 'other', command: 'sh start.sh {name}', inputs: ['input.txt'], structures_per_start: 2 })).settings,
      ).not.to.equal(settings);
    });

    it('waits for programs that somebody else starts, one composition after the other', async () => {
      const name = `eqpot_elsewhere_${process.pid}`;
      await made({ program: 'other', address: `unix:${name}`, method: 'PBE, 400 eV' });
      const lines: string[] = [];
      const forces = (structure: Structure): ServedForces => ({
        energy: structure.species.length,
        forces: structure.positions,
        stress: undefined,
      });
      // a loop around the program, as a user would write it
      const elsewhere = new AbortController();
      const loop = (async () => {
        while (!elsewhere.signal.aborted)
          await serveForces(
            { path: `/tmp/ipi_${name}` },
            { element: 'Cu', evaluate: forces, waitSeconds: 20, signal: elsewhere.signal },
          ).catch(() => {});
      })();
      const structures = [...cells(4), ...cells(3, 5)];
      const ends = (await outcomes(structures, { lines })) as Label[];
      expect(ends.map(({ energy }) => Math.round(energy))).to.deep.equal([2, 2, 2, 2, 5, 5, 5]);
      expect(lines).to.have.length(2);
      expect(lines[1]).to.match(/^waiting at unix:eqpot_elsewhere_\d+ for a force program for Cu5, atoms as in .*structure\.extxyz$/);
      await labeller!.close!();
      elsewhere.abort();
      await loop;
    });
  });
});
