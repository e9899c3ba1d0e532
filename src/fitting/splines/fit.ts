import { RandomStream } from '../../math/random.js';
import { CmaEs } from '../optimisers/cma-es.js';
import { levenbergMarquardt } from '../optimisers/levenberg-marquardt.js';
import { coarse, type FittedPoint, type PointHooks, REASONS } from '../points.js';
import { SplineObjective, type SplineProblem } from './objective.js';
import { formerParameters, scaleDensity, startParameters, stretchEmbedding } from './start.js';

/** How splines are searched. */
export interface SplineSearch {
  seed: number;
  /** gradients from random starts, the evolution strategy of Vita and Trinkle, or the strategy from the best of the starts and gradients after it */
  method: 'gradients' | 'cma-es' | 'both';
  /** largest number of gradient steps on a selection of the frames, and on all */
  coarseSteps: number;
  steps: number;
  /** atoms whose frames the first steps and the evolution strategy see */
  coarseAtoms: number;
  /** points of a generation; the better half makes the next */
  population: number;
  generations: number;
  /** factor on the standard deviations of the first generation */
  width: number;
}

/** Steps on all frames that tell starts apart: those that are best on a selection are not best on all. */
const TRIAL = 8;

/**
 * Start number `index`: random parameters, or for the first those of a former fit if there is one, then the evolution strategy on a selection
 * of the frames, or gradients on the selection and a few steps on all, whose loss it has.
 */
export async function searchSplines(
  problem: SplineProblem,
  search: SplineSearch,
  nearest: number,
  index: number,
  hooks: PointHooks = {},
): Promise<FittedPoint> {
  const selection = coarse(problem, search.coarseAtoms);
  const objective = new SplineObjective(selection);
  const random = RandomStream.fromSeed(search.seed, index);
  const former = index === 0 ? problem.start : undefined;
  const parameters = former ? formerParameters(objective, former) : startParameters(objective, nearest, random);
  if (search.method === 'cma-es') return evolve(objective, parameters, search, random, hooks);
  const found = descend(objective, parameters, search.coarseSteps, hooks);
  if (selection === problem || found.reason === REASONS.stopped) return found;
  const { parameters: tried, loss } = descend(new SplineObjective(problem), found.parameters, TRIAL);
  return { ...found, parameters: tried, loss };
}

/** The best starts on all frames: with `both`, the evolution strategy on a selection first. */
export async function finishSplines(
  problem: SplineProblem,
  search: SplineSearch,
  start: Float64Array,
  hooks: PointHooks = {},
): Promise<FittedPoint> {
  let from = start;
  const history: FittedPoint['history'] = [];
  if (search.method === 'both') {
    const selection = new SplineObjective(coarse(problem, search.coarseAtoms));
    const evolved = await evolve(selection, start, search, RandomStream.fromSeed(search.seed, -2), hooks);
    history.push(...evolved.history);
    // a wide or short search may never come back to where it began
    if (evolved.loss < selection.loss(start)) from = evolved.parameters;
  }
  const objective = new SplineObjective(problem);
  const found = descend(objective, from, search.steps, hooks);
  const before = history.at(-1)?.step ?? 0;
  return { ...found, history: [...history, ...found.history.map(({ step, loss }) => ({ step: before + step, loss }))] };
}

/** Densities are brought back into the domain of U where they fill less of it, or leave it. */
const FILLED = 0.95;
const LEAST = 0.6;
const ROUNDS = 3;
/** Relative gain of three steps in a row, each, below which a descent ends: what is left are flat valleys that the errors do not see. */
const TOLERANCE = 1e-4;

/** Levenberg-Marquardt, and again after the densities are scaled to the domain of U, as long as that is needed. */
export function descend(objective: SplineObjective, start: Float64Array, steps: number, hooks: PointHooks = {}): FittedPoint {
  let best: FittedPoint | undefined;
  let from = start;
  const history: FittedPoint['history'] = [];
  let done = 0;
  for (let round = 0; round < ROUNDS && done < steps; round++) {
    const before = done;
    const result = levenbergMarquardt({
      objective,
      start: from,
      active: objective.active,
      maxSteps: steps - before,
      tolerance: TOLERANCE,
      onStep: (step, loss) => {
        history.push({ step: before + step, loss });
        return hooks.onStep?.(before + step, loss) ?? false;
      },
    });
    done += result.steps;
    const { parameters, loss } = result;
    if (!best || loss < best.loss) best = { parameters, loss, steps: done, reason: REASONS[result.reason], history };
    if (result.reason === 'stopped' || result.reason === 'start forbidden') break;
    const size = Math.max(...objective.predict(best.parameters).densities.map(Math.abs));
    if (!(size > 0) || !Number.isFinite(size) || (size <= 1 && size >= LEAST)) break;
    from = best.parameters.slice();
    scaleDensity(objective, from, FILLED / size);
    stretchEmbedding(objective, from, FILLED / size);
  }
  return { ...best!, steps: done, history };
}

/** eV; first standard deviations of phi and U, of densities that fill the domain of U, of f and of g, and of the reference energies. */
const DEVIATION = { phi: 0.3, rho: 0.05, u: 0.3, f: 0.2, g: 0.2, reference: 0.5 };

async function evolve(
  objective: SplineObjective,
  start: Float64Array,
  search: SplineSearch,
  random: RandomStream,
  hooks: PointHooks,
): Promise<FittedPoint> {
  const moving = Array.from(objective.active.keys()).filter((q) => objective.active[q]);
  const deviations = new Float64Array(objective.size).fill(DEVIATION.reference);
  for (const kind of ['phi', 'rho', 'u', 'f', 'g'] as const) deviations.fill(DEVIATION[kind], ...objective.form.range(kind));
  const whole = (point: ArrayLike<number>): Float64Array => {
    const out = start.slice();
    moving.forEach((q, k) => {
      out[q] = point[k]!;
    });
    return out;
  };
  const strategy = new CmaEs(
    {
      start: moving.map((q) => start[q]!),
      deviations: moving.map((q) => search.width * deviations[q]!),
      population: search.population,
    },
    (points, losses) => {
      losses.set(objective.losses(points.map(whole)));
    },
    random,
  );
  const history: FittedPoint['history'] = [];
  let reason = 'all generations are done';
  while (strategy.generation < search.generations) {
    await strategy.step();
    history.push({ step: strategy.generation, loss: strategy.bestLoss });
    if (hooks.onStep?.(strategy.generation, strategy.bestLoss)) reason = 'asked to stop';
    else if (strategy.ended) reason = `the evolution strategy ended: ${strategy.ended}`;
    else continue;
    break;
  }
  return { parameters: whole(strategy.best), loss: strategy.bestLoss, steps: strategy.generation, reason, history };
}
