import type { LocalOptimiser } from './optimiser.js';

/** Moments of the gradients of Adam (Kingma and Ba, 2015), with the usual 0.9 and 0.999. */
export class AdamMoments {
  private readonly first: Float64Array;
  private readonly second: Float64Array;
  private steps = 0;

  constructor(size: number) {
    this.first = new Float64Array(size);
    this.second = new Float64Array(size);
  }

  /** Moves p against a gradient, in place. */
  step(p: Float64Array, g: Float64Array, active: Uint8Array, learningRate: number): void {
    const { first, second } = this;
    const t = ++this.steps;
    const scale = (learningRate * Math.sqrt(1 - 0.999 ** t)) / (1 - 0.9 ** t);
    for (let q = 0; q < p.length; q++) {
      if (!active[q]) continue;
      first[q] = 0.9 * first[q]! + 0.1 * g[q]!;
      second[q] = 0.999 * second[q]! + 0.001 * g[q]! * g[q]!;
      p[q]! -= (scale * first[q]!) / (Math.sqrt(second[q]!) + 1e-8);
    }
  }

  /** Forgets the direction, of a step that led nowhere. */
  halt(): void {
    this.steps++;
    this.first.fill(0);
  }
}

/** Adam; the best point met is returned. Learning rate 1e-4 as in the paper. */
export const adam: LocalOptimiser = ({ objective, start, active, maxSteps, learningRate = 1e-4, onStep }) => {
  const n = objective.size;
  const p = start.slice();
  const g = new Float64Array(n);
  const moments = new AdamMoments(n);
  let best = start.slice();
  let bestLoss = Infinity;
  for (let step = 1; step <= maxSteps; step++) {
    const loss = objective.gradient(p, g);
    if (!Number.isFinite(loss)) {
      if (step === 1) return { parameters: p, loss: Infinity, steps: 0, reason: 'start forbidden' };
      // back to the best point with the momentum forgotten
      p.set(best);
      moments.halt();
      continue;
    }
    if (loss < bestLoss) {
      bestLoss = loss;
      best = p.slice();
    }
    if (onStep?.(step, bestLoss)) return { parameters: best, loss: bestLoss, steps: step, reason: 'stopped' };
    moments.step(p, g, active, learningRate);
  }
  return { parameters: best, loss: bestLoss, steps: maxSteps, reason: 'steps' };
};
