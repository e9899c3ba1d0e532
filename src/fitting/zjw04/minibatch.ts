import { RandomStream } from '../../math/random.js';
import { AdamMoments } from '../optimisers/adam.js';
import { type FittedPoint, type PointHooks, REASONS } from '../points.js';
import type { Zjw04Search } from './fit.js';
import type { Zjw04Objective } from './objective.js';

/** Learning rate of the last pass over that of the first. */
const SLOWED = 0.03;

/**
 * Adam on batches of frames in random order, as X. Chen et al. train. The learning rate falls exponentially from pass to pass; after each the loss of all
 * frames is taken, and the best point of these is the result.
 */
export function minibatchAdam(
  objective: Zjw04Objective,
  start: Float64Array,
  { seed, batch, epochs, learningRate }: Pick<Zjw04Search, 'seed' | 'batch' | 'epochs' | 'learningRate'>,
  hooks: PointHooks = {},
): FittedPoint {
  const random = RandomStream.fromSeed(seed, -3);
  const frames = objective.problem.frames.map((_, s) => s);
  const history: FittedPoint['history'] = [];
  const moments = new AdamMoments(objective.size);
  const gradient = new Float64Array(objective.size);
  const p = start.slice();
  let best = start;
  let bestLoss = objective.loss(start);
  if (!Number.isFinite(bestLoss)) return { parameters: start, loss: Infinity, steps: 0, reason: REASONS['start forbidden'], history };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const rate = learningRate * SLOWED ** ((epoch - 1) / Math.max(1, epochs - 1));
    shuffle(frames, random);
    for (let at = 0; at < frames.length; at += batch) {
      if (Number.isFinite(objective.batchGradient(p, gradient, frames.slice(at, at + batch))))
        moments.step(p, gradient, objective.active, rate);
      else {
        p.set(best);
        moments.halt();
      }
    }
    const loss = objective.loss(p);
    if (loss < bestLoss) [best, bestLoss] = [p.slice(), loss];
    history.push({ step: epoch, loss: bestLoss });
    if (hooks.onStep?.(epoch, bestLoss)) return { parameters: best, loss: bestLoss, steps: epoch, reason: REASONS.stopped, history };
  }
  return { parameters: best, loss: bestLoss, steps: epochs, reason: REASONS.steps, history };
}

/** Fisher and Yates, in place. */
function shuffle(list: number[], random: RandomStream): void {
  for (let k = list.length - 1; k > 0; k--) {
    const other = random.integer(k + 1);
    [list[k], list[other]] = [list[other]!, list[k]!];
  }
}
