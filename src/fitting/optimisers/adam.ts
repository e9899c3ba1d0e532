import type { LocalOptimiser } from './optimiser.js';

/** Adam (Kingma and Ba, 2015) with the usual moments 0.9 and 0.999; the best point met is returned. Learning rate 1e-4 as in the paper. */
export const adam: LocalOptimiser = ({ objective, start, active, maxSteps, learningRate = 1e-4, onStep }) => {
  const n = objective.size;
  const p = start.slice();
  const g = new Float64Array(n);
  const first = new Float64Array(n);
  const second = new Float64Array(n);
  let best = start.slice();
  let bestLoss = Infinity;
  for (let step = 1; step <= maxSteps; step++) {
    const loss = objective.gradient(p, g);
    if (!Number.isFinite(loss)) {
      if (step === 1) return { parameters: p, loss: Infinity, steps: 0, reason: 'start forbidden' };
      // back to the best point with the momentum forgotten
      p.set(best);
      first.fill(0);
      continue;
    }
    if (loss < bestLoss) {
      bestLoss = loss;
      best = p.slice();
    }
    if (onStep?.(step, bestLoss)) return { parameters: best, loss: bestLoss, steps: step, reason: 'stopped' };
    const scale = (learningRate * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
    for (let q = 0; q < n; q++) {
      if (!active[q]) continue;
      first[q] = 0.9 * first[q]! + 0.1 * g[q]!;
      second[q] = 0.999 * second[q]! + 0.001 * g[q]! * g[q]!;
      p[q]! -= (scale * first[q]!) / (Math.sqrt(second[q]!) + 1e-8);
    }
  }
  return { parameters: best, loss: bestLoss, steps: maxSteps, reason: 'steps' };
};
