import { join } from 'node:path';
import { loadSettings } from '../src/config/load.js';
import type { Settings } from '../src/config/schema.js';
import { SILENT } from '../src/engines/progress.js';
import type { Differentiable } from '../src/fitting/objective.js';
import { OPTIMISERS } from '../src/fitting/optimisers/index.js';
import { coarseProblem, type FitProblem, openObjective } from '../src/fitting/problem.js';
import { activeParameters, refine } from '../src/fitting/refine.js';
import { prepare } from '../src/workflows/prepare.js';
import { fitShared } from '../src/workflows/search.js';
import { copperSettings, preparedCopper, ROOT, sharedData } from './data.js';
import { printTable, summary } from './measure.js';
import type { Section } from './section.js';
import { searchTree } from './tree-search.js';

const CUTOFF = 5.5;
const SEARCH_STEPS = 300;
/** starts, and the processor times at which the losses are read, s */
const ENERGIES = { starts: 10, times: [0.1, 0.3, 1, 3] };
const FORCES = { starts: 5, times: [0.3, 1, 3, 10] };

/** Ends a run that has had its time. */
class OutOfTime extends Error {}

/** The best loss that an optimiser has seen by each time; one that converged keeps its loss for the rest of it. */
class Clocked implements Differentiable {
  readonly size: number;
  // processor time, so that what else the machine does matters little
  private readonly started = process.cpuUsage();
  readonly best: Float64Array;
  private low = Infinity;

  constructor(
    private readonly objective: Differentiable,
    private readonly times: readonly number[],
  ) {
    this.size = objective.size;
    this.best = new Float64Array(times.length).fill(Infinity);
  }

  private note(loss: number): number {
    const { user, system } = process.cpuUsage(this.started);
    const seconds = (user + system) * 1e-6;
    this.low = Math.min(this.low, loss);
    this.times.forEach((limit, k) => {
      if (seconds <= limit) this.best[k] = this.low;
    });
    if (seconds > this.times[this.times.length - 1]!) throw new OutOfTime();
    return loss;
  }

  loss(p: Float64Array): number {
    return this.note(this.objective.loss(p));
  }

  gradient(p: Float64Array, gradient: Float64Array): number {
    return this.note(this.objective.gradient(p, gradient));
  }

  linearise(p: Float64Array, gradient: Float64Array, hessian: Float64Array): number {
    return this.note(this.objective.linearise(p, gradient, hessian));
  }
}

type Run = (objective: Differentiable, start: Float64Array, active: Uint8Array) => unknown;

const endless = (name: keyof typeof OPTIMISERS, learningRate?: number): Run => {
  return (objective, start, active) =>
    OPTIMISERS[name].run({ objective, start, active, maxSteps: 1e9, ...(learningRate ? { learningRate } : {}) });
};

/** L-BFGS and Levenberg-Marquardt in turn until neither gains. */
const inTurn: Run = (objective, start, active) => {
  let best = { parameters: start, loss: Infinity };
  for (;;) {
    const before = best.loss;
    for (const name of ['lbfgs', 'levenberg-marquardt'] as const) {
      const next = OPTIMISERS[name].run({ objective, start: best.parameters, active, maxSteps: name === 'lbfgs' ? 300 : 100 });
      if (next.loss < best.loss) best = next;
    }
    if (!(best.loss < before * 0.999)) return;
  }
};

const RUNS: Readonly<Record<string, Run>> = {
  'Adam, learning rate 1e-4 (paper)': endless('adam', 1e-4),
  'Adam, learning rate 3e-3': endless('adam', 3e-3),
  'L-BFGS': endless('lbfgs'),
  'Levenberg-Marquardt': endless('levenberg-marquardt'),
  'Levenberg-Marquardt, L-BFGS between (default)': (objective, start, active) =>
    refine(objective, start, active, { optimiser: 'levenberg-marquardt', learningRate: 1e-4 }),
  'L-BFGS and Levenberg-Marquardt in turn': inTurn,
};

/** The local optimisers from the same starts with the same processor time: this is what the default is chosen by. */
export const optimisers: Section = {
  name: 'optimisers',
  what: 'Adam, L-BFGS and Levenberg-Marquardt at equal processor time from the same tree search results',
  duration: '9 min',
  async run() {
    const energies = copperSettings(CUTOFF);
    const energyProblem = preparedCopper(energies).problem;
    const energyStarts = await startsOf(energyProblem, energies, ENERGIES.starts);
    console.log(`energies of cu-symbolic, ${CUTOFF} Å, the terms that the search left on are refined`);
    await compare(energyProblem, energyStarts, ENERGIES.times, false);
    console.log(`energies of cu-symbolic, ${CUTOFF} Å, all terms are refined`);
    await compare(energyProblem, energyStarts, ENERGIES.times, true);

    sharedData('snap-cu.extxyz');
    const { settings: forces, directory } = loadSettings(join(ROOT, 'examples/copper/snap-cu.yaml'));
    const forceProblem = coarseProblem(prepare(forces, directory, SILENT)[0]!.problem);
    console.log('energies, forces and stresses of snap-cu (the selection that ranks equations), all terms are refined');
    await compare(forceProblem, await startsOf(forceProblem, forces, FORCES.starts), FORCES.times, true);
  },
};

async function startsOf(problem: FitProblem, settings: Settings, count: number): Promise<Float64Array[]> {
  const { restart } = fitShared(settings, [problem]);
  const starts: Float64Array[] = [];
  for (let k = 0; k < count; k++) starts.push((await searchTree(problem, restart, SEARCH_STEPS, k)).start);
  return starts;
}

async function compare(problem: FitProblem, starts: readonly Float64Array[], times: readonly number[], allTerms: boolean): Promise<void> {
  const { network, objective } = openObjective(problem);
  const fitReference = problem.loss.referenceEnergy === undefined;
  console.log(
    `${problem.frames.length} frames, ${starts.length} starts from ${SEARCH_STEPS} tree search steps each, one thread; ` +
      'median (min..max) of the smooth loss over the starts, meV/atom, by processor time',
  );
  // compiled before the first optimiser is timed
  for (const start of starts) objective.linearise(start, new Float64Array(objective.size), new Float64Array(objective.size ** 2));
  const rows = [['start', ...times.map(() => range(starts.map((start) => objective.loss(start))))]];
  for (const [name, run] of Object.entries(RUNS)) {
    const byTime: number[][] = times.map(() => []);
    for (const start of starts) {
      const active = activeParameters(network, start, fitReference);
      if (allTerms) active.fill(1, 0, network.size);
      const clocked = new Clocked(objective, times);
      try {
        run(clocked, start, active);
      } catch (error) {
        if (!(error instanceof OutOfTime)) throw error;
      }
      byTime.forEach((losses, k) => {
        losses.push(clocked.best[k]!);
      });
    }
    rows.push([name, ...byTime.map(range)]);
  }
  printTable(['optimiser', ...times.map((time) => `${time} s`)], rows);
  console.log();
}

function range(losses: readonly number[]): string {
  const { median, min, max } = summary(losses);
  return `${(median * 1e3).toFixed(1)} (${(min * 1e3).toFixed(1)}..${(max * 1e3).toFixed(1)})`;
}
