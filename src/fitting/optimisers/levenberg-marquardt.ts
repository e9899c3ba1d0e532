import { solveCholesky } from '../../math/linear.js';
import type { LocalOptimiser } from './optimiser.js';

/** Relative gain of the loss below which three steps in a row count as converged. */
const TOLERANCE = 1e-5;
const MAX_TRIES = 12;

/**
 * Levenberg-Marquardt on the reweighted least squares of the objective (the smooth absolute errors are majorised by a weighted
 * square at each point), damped along the diagonal. Parameters in which the model is linear are not damped, and are solved for again
 * at each trial point, so that steps are as long as the others allow (variable projection: G. H. Golub and V. Pereyra, SIAM J. Numer.
 * Anal. 10, 413 (1973)). A step that raises the loss or enters a forbidden region is tried again shorter.
 */
export const levenbergMarquardt: LocalOptimiser = ({ objective, start, active, maxSteps, onStep, tolerance = TOLERANCE }) => {
  const n = objective.size;
  const linear = active.map((on, q) => (on && objective.linear?.[q] ? 1 : 0));
  const all = new NormalMatrix(active);
  const some = new NormalMatrix(linear);
  let p: Float64Array = start.slice();
  const gradient = new Float64Array(n);
  const hessian = new Float64Array(n * n);
  let loss = objective.linearise(p, gradient, hessian, active);
  if (!Number.isFinite(loss)) return { parameters: p, loss: Infinity, steps: 0, reason: 'start forbidden' };
  const [g, h] = [new Float64Array(n), new Float64Array(n * n)];
  let damping = 1e-2;
  let flat = 0;
  for (let step = 1; step <= maxSteps; step++) {
    let accepted = false;
    const before = loss;
    for (let attempt = 0; attempt < MAX_TRIES && !accepted; attempt++) {
      let trial: Float64Array | undefined = all.step(p, gradient, hessian, damping, linear);
      let value = trial ? objective.loss(trial) : Infinity;
      if (trial && some.size > 0 && Number.isFinite(value)) {
        objective.linearise(trial, g, h, linear);
        const solved = some.step(trial, g, h, 0, linear);
        const better = solved ? objective.loss(solved) : Infinity;
        if (better < value) {
          trial = solved;
          value = better;
        }
      }
      if (trial && value < loss) {
        p = trial;
        loss = value;
        accepted = true;
        damping = Math.max(1e-12, damping / (attempt === 0 ? 4 : 1));
      } else damping *= 4;
    }
    if (!accepted) return { parameters: p, loss, steps: step, reason: 'converged' };
    if (onStep?.(step, loss)) return { parameters: p, loss, steps: step, reason: 'stopped' };
    flat = (before - loss) / before < tolerance ? flat + 1 : 0;
    if (flat === 3) return { parameters: p, loss, steps: step, reason: 'converged' };
    objective.linearise(p, gradient, hessian, active);
  }
  return { parameters: p, loss, steps: maxSteps, reason: 'steps' };
};

/** Steps of the normal equations over the parameters that move. */
class NormalMatrix {
  private readonly moving: number[] = [];
  private readonly right: Float64Array;
  private readonly matrix: Float64Array;

  constructor(active: Uint8Array) {
    active.forEach((on, q) => {
      if (on) this.moving.push(q);
    });
    this.right = new Float64Array(this.size);
    this.matrix = new Float64Array(this.size ** 2);
  }

  get size(): number {
    return this.moving.length;
  }

  /** p moved by the damped step; parameters in `free` are not damped. Undefined where the matrix is singular. */
  step(p: Float64Array, gradient: Float64Array, hessian: Float64Array, damping: number, free: Uint8Array): Float64Array | undefined {
    const { moving, right, matrix } = this;
    const m = moving.length;
    const n = p.length;
    for (let a = 0; a < m; a++) {
      const q = moving[a]!;
      right[a] = -gradient[q]!;
      for (let b = 0; b < m; b++) matrix[a * m + b] = hessian[q * n + moving[b]!]!;
      const diagonal = matrix[a * m + a]!;
      matrix[a * m + a] = diagonal + (free[q] ? RIDGE : damping) * (diagonal + 1e-12) + 1e-14;
    }
    const change = solveCholesky(matrix, right, m);
    if (!change) return undefined;
    const out = p.slice();
    for (let a = 0; a < m; a++) out[moving[a]!]! += change[a]!;
    return out;
  }
}

/** Relative damping of parameters that are not damped, for the matrix to stay regular. */
const RIDGE = 1e-9;
