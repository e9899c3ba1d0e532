import { settingsSchema } from '../src/config/schema.js';
import { SILENT } from '../src/engines/progress.js';
import { coarse } from '../src/fitting/points.js';
import { descend, finishSplines, type SplineSearch, searchSplines } from '../src/fitting/splines/fit.js';
import { SplineObjective, type SplineProblem } from '../src/fitting/splines/objective.js';
import { prepareSplines } from '../src/workflows/prepare-splines.js';
import { ROOT, sharedData } from './data.js';
import { printTable, threadSeconds } from './measure.js';
import type { Section } from './section.js';

/** Atoms of the selection of molybdenum's frames that all see. */
const ATOMS = 500;
/** s of the thread for each method, and when the best loss so far is noted */
const BUDGET = 30;
const TIMES = [1, 2, 5, 10, 20, 30];
const SEEDS = [1, 2, 3];
/** Gradient steps of a start and of the refinement of what CMA-ES found. */
const STEPS = 60;

/** The best loss so far by processor time, with the gradient steps that follow a search that ran out of time. */
interface Trace {
  /** eV/atom at each of TIMES */
  losses: number[];
  /** after gradients from the best point, and what they took, s */
  refined: number;
  refining: number;
}

/** CMA-ES of several populations, gradients from random starts, and both in turn, over processor time. */
export const sMeamSearch: Section = {
  name: 's-meam-search',
  what: 'CMA-ES, gradients, and both in turn on spline MEAM of molybdenum, loss over processor time',
  duration: `${(6 * SEEDS.length * BUDGET) / 60} min`,
  async run({ repeats = SEEDS.length }) {
    const { problem: whole, nearest } = prepareSplines(
      settingsSchema.parse({ data: { files: [sharedData('mlearn-mo-training.extxyz')], audit: 'keep', folds: 0 }, form: 's-meam' }),
      ROOT,
      SILENT,
    );
    const problem = coarse(whole, ATOMS);
    const atoms = problem.frames.reduce((sum, { species }) => sum + species.length, 0);
    console.log(
      `all functions, ${new SplineObjective(problem).size} parameters, ${problem.frames.length} frames with ${atoms} atoms, seeds 1 to ${repeats}\n`,
    );
    const rows: string[][] = [];
    for (const [name, method, population] of [
      ['gradients from random starts', 'gradients', 0],
      ['CMA-ES, population 100', 'cma-es', 100],
      ['CMA-ES, population 500', 'cma-es', 500],
      ['CMA-ES, population 2000', 'cma-es', 2000],
      ['one start by gradients, then CMA-ES of 100', 'both', 100],
      ['one start by gradients, then CMA-ES of 500', 'both', 500],
    ] as const) {
      const traces: Trace[] = [];
      for (let seed = 1; seed <= repeats; seed++) traces.push(await trace(problem, nearest, method, population, seed));
      const row = [
        name,
        ...TIMES.map((_, k) => range(traces.map(({ losses }) => losses[k]!))),
        range(traces.map(({ refined }) => refined)),
        (traces.reduce((sum, { refining }) => sum + refining, 0) / traces.length).toFixed(1),
      ];
      console.log(row.join('; '));
      rows.push(row);
    }
    console.log();
    printTable(['loss, meV/atom, median (lowest..highest)', ...TIMES.map((t) => `${t} s`), 'then gradients', 's'], rows);
  },
};

async function trace(
  problem: SplineProblem,
  nearest: number,
  method: SplineSearch['method'],
  population: number,
  seed: number,
): Promise<Trace> {
  const search: SplineSearch = {
    seed,
    method: method === 'cma-es' ? 'cma-es' : 'gradients',
    coarseSteps: STEPS,
    steps: STEPS,
    coarseAtoms: ATOMS,
    population,
    generations: 1e6,
    width: 1,
  };
  const losses = TIMES.map(() => Infinity);
  let best = Infinity;
  let point: Float64Array = new Float64Array(0);
  const from = threadSeconds();
  const onStep = (_: number, loss: number): boolean => {
    const now = threadSeconds() - from;
    TIMES.forEach((time, k) => {
      if (now <= time) losses[k] = Math.min(losses[k]!, loss);
    });
    return now > BUDGET;
  };
  const take = ({ parameters, loss }: { parameters: Float64Array; loss: number }): void => {
    if (loss < best) [best, point] = [loss, parameters];
  };
  take(await searchSplines(problem, search, nearest, 0, { onStep }));
  if (method === 'both') take(await finishSplines(problem, { ...search, method: 'both' }, point, { onStep }));
  else for (let k = 1; threadSeconds() - from < BUDGET; k++) take(await searchSplines(problem, search, nearest, k, { onStep }));
  // a loss that was reached stays reached
  for (let k = 1; k < losses.length; k++) losses[k] = Math.min(losses[k]!, losses[k - 1]!);
  const before = threadSeconds();
  const refined = descend(new SplineObjective(problem), point, STEPS).loss;
  return { losses, refined, refining: threadSeconds() - before };
}

function range(losses: readonly number[]): string {
  const sorted = losses.map((loss) => (loss * 1e3).toFixed(1)).sort((a, b) => Number(a) - Number(b));
  const middle = sorted[sorted.length >> 1]!;
  return sorted.length === 1 ? middle : `${middle} (${sorted[0]}..${sorted.at(-1)})`;
}
