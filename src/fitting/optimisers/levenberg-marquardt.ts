import { solveCholesky } from '../../math/linear.js';
import type { LocalOptimiser } from './optimiser.js';

/** Relative gain of the loss below which two steps in a row count as converged. */
const TOLERANCE = 1e-7;
const MAX_TRIES = 12;

/**
 * Levenberg-Marquardt on the reweighted least squares of the objective (the smooth absolute errors are majorised by a weighted
 * square at each point), damped along the diagonal. A step that raises the loss or enters a forbidden region is tried again shorter.
 */
export const levenbergMarquardt: LocalOptimiser = ({ objective, start, active, maxSteps, onStep }) => {
  const n = objective.size;
  const moving: number[] = [];
  for (let q = 0; q < n; q++) if (active[q]) moving.push(q);
  const m = moving.length;
  const gradient = new Float64Array(n);
  const hessian = new Float64Array(n * n);
  let p = start.slice();
  let loss = objective.linearise(p, gradient, hessian, active);
  if (!Number.isFinite(loss)) return { parameters: p, loss: Infinity, steps: 0, reason: 'start forbidden' };
  let damping = 1e-2;
  let flat = 0;
  const right = new Float64Array(m);
  const matrix = new Float64Array(m * m);
  for (let step = 1; step <= maxSteps; step++) {
    let accepted = false;
    const before = loss;
    for (let attempt = 0; attempt < MAX_TRIES && !accepted; attempt++) {
      for (let a = 0; a < m; a++) {
        right[a] = -gradient[moving[a]!]!;
        for (let b = 0; b < m; b++) matrix[a * m + b] = hessian[moving[a]! * n + moving[b]!]!;
        const diagonal = matrix[a * m + a]!;
        matrix[a * m + a] = diagonal + damping * (diagonal + 1e-12) + 1e-14;
      }
      const change = solveCholesky(matrix, right, m);
      if (change) {
        const trial = p.slice();
        for (let a = 0; a < m; a++) trial[moving[a]!]! += change[a]!;
        const value = objective.loss(trial);
        if (value < loss) {
          p = trial;
          loss = value;
          accepted = true;
          damping = Math.max(1e-12, damping / 4);
          break;
        }
      }
      damping *= 5;
    }
    if (!accepted) return { parameters: p, loss, steps: step, reason: 'converged' };
    if (onStep?.(step, loss)) return { parameters: p, loss, steps: step, reason: 'stopped' };
    flat = (before - loss) / before < TOLERANCE ? flat + 1 : 0;
    if (flat === 2) return { parameters: p, loss, steps: step, reason: 'converged' };
    objective.linearise(p, gradient, hessian, active);
  }
  return { parameters: p, loss, steps: maxSteps, reason: 'steps' };
};
