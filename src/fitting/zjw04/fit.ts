import { RandomStream } from '../../math/random.js';
import { levenbergMarquardt } from '../optimisers/levenberg-marquardt.js';
import { coarse, type FittedPoint, type PointHooks, REASONS } from '../points.js';
import { minibatchAdam } from './minibatch.js';
import { Zjw04Objective, type Zjw04Problem } from './objective.js';

/** How the parameters are searched. */
export interface Zjw04Search {
  seed: number;
  /** Levenberg-Marquardt on all frames at once, Adam on small batches as X. Chen et al., or Adam and then Levenberg-Marquardt */
  method: 'levenberg-marquardt' | 'adam' | 'both';
  /** largest number of steps on a selection of the frames, and on all */
  coarseSteps: number;
  steps: number;
  /** atoms of the selection that the starts see */
  coarseAtoms: number;
  /** deviation of the logarithms of the parameters of a random start */
  spread: number;
  /** of Adam: frames of a batch, passes over all frames, and the first learning rate */
  batch: number;
  epochs: number;
  learningRate: number;
}

/**
 * Start number `index` on a selection of the frames: the first from the parameters of the prior, the others from these with random factors. Points of a
 * fit are those of the objective.
 */
export function searchZjw04(problem: Zjw04Problem, search: Zjw04Search, index: number, hooks: PointHooks = {}): FittedPoint {
  const objective = new Zjw04Objective(coarse(problem, search.coarseAtoms));
  const random = RandomStream.fromSeed(search.seed, index);
  const start = new Float64Array(objective.size);
  start.set(problem.prior);
  if (problem.references) start.set(problem.references, objective.form.size);
  if (index > 0)
    for (let q = 0; q < objective.form.size; q++) {
      const factor = Math.exp(search.spread * random.normal());
      if (objective.active[q]) start[q]! *= factor;
    }
  return descend(objective, objective.point(start), search.coarseSteps, hooks);
}

/** A start on all frames. */
export function finishZjw04(problem: Zjw04Problem, search: Zjw04Search, start: Float64Array, hooks: PointHooks = {}): FittedPoint {
  const objective = new Zjw04Objective(problem);
  if (search.method === 'levenberg-marquardt') return descend(objective, start, search.steps, hooks);
  const first = minibatchAdam(objective, start, search, hooks);
  if (search.method === 'adam' || first.reason === REASONS.stopped) return first;
  const before = first.history.at(-1)?.step ?? 0;
  const { history, ...found } = descend(objective, first.parameters, search.steps, {
    onStep: (step, loss) => hooks.onStep?.(before + step, loss) ?? false,
  });
  return { ...found, history: [...first.history, ...history.map(({ step, loss }) => ({ step: before + step, loss }))] };
}

/** Relative gain of three steps in a row, each, below which a descent ends: what is left are flat valleys that the errors do not see. */
const TOLERANCE = 1e-4;

/** Levenberg-Marquardt. */
export function descend(objective: Zjw04Objective, start: Float64Array, steps: number, hooks: PointHooks = {}): FittedPoint {
  const history: FittedPoint['history'] = [];
  const { reason, ...found } = levenbergMarquardt({
    objective,
    start,
    active: objective.active,
    maxSteps: steps,
    tolerance: TOLERANCE,
    onStep: (step, loss) => {
      history.push({ step, loss });
      return hooks.onStep?.(step, loss) ?? false;
    },
  });
  return { ...found, reason: REASONS[reason], history };
}
