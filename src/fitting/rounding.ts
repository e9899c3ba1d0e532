import { solveCholesky } from '../math/linear.js';
import type { EquationNetwork } from './equation-network.js';
import type { Differentiable } from './objective.js';
import { OPTIMISERS } from './optimisers/index.js';
import { printedConstants } from './printed-constants.js';

/** What rounding all constants together may cost, as a fraction of the loss. */
const ALLOWED = 1e-3;
const REFIT_STEPS = 6;
const MAX_DIGITS = 12;

/**
 * Rounds the constants of the printed equations one after the other, exponents first, and refits the others each time. A constant keeps
 * as many digits as the curvature of the loss says that it needs: with the others refitted, an error d raises the loss by
 * d^2 / (2 (H^-1)_qq), which may be no more than its share of a thousandth of the loss.
 */
export function roundConstants(
  network: EquationNetwork,
  objective: Differentiable,
  parameters: Float64Array,
  active: Uint8Array,
): Float64Array {
  let p: Float64Array = parameters.slice();
  const moving = active.slice();
  const order = printedConstants(network, active);
  const n = objective.size;
  const gradient = new Float64Array(n);
  const hessian = new Float64Array(n * n);
  const initial = objective.loss(p);
  for (const constant of order) {
    const { index } = constant;
    const scale = constant.scale(p);
    const exact = p[index]! * scale;
    const loss = objective.linearise(p, gradient, hessian);
    const curvature = stiffness(hessian, n, moving, index);
    moving[index] = 0;
    // the gauge has made this one +-1 already
    if (Number.isInteger(exact)) continue;
    const tolerated = Math.sqrt((2 * loss * ALLOWED) / order.length / curvature) * Math.abs(scale);
    const limit = loss + (2 * ALLOWED * initial) / order.length;
    // half a unit of the last digit, so that the choice does not hang on a lucky constant
    const magnitude = Math.floor(Math.log10(Math.abs(exact))) + 1;
    const expected = Math.min(MAX_DIGITS, Math.max(2, magnitude - Math.floor(Math.log10(2 * tolerated))));
    // the curvature is that of a neighbourhood; where the loss rises more than it says, one digit more
    for (let digits = expected; digits <= MAX_DIGITS; digits++) {
      const trial = p.slice();
      trial[index] = Number(exact.toPrecision(digits)) / scale;
      const result = OPTIMISERS['levenberg-marquardt'].run({ objective, start: trial, active: moving, maxSteps: REFIT_STEPS });
      if (digits < MAX_DIGITS && !(result.loss <= limit)) continue;
      p = Number.isFinite(result.loss) ? result.parameters : trial;
      break;
    }
  }
  return p;
}

/** 1 / (H^-1)_qq over the moving parameters: curvature along q with the others following. */
function stiffness(hessian: Float64Array, n: number, moving: Uint8Array, index: number): number {
  const free: number[] = [];
  for (let q = 0; q < n; q++) if (moving[q]) free.push(q);
  const m = free.length;
  const matrix = new Float64Array(m * m);
  for (let a = 0; a < m; a++)
    for (let b = 0; b < m; b++) matrix[a * m + b] = hessian[free[a]! * n + free[b]!]! * (a === b ? 1 + 1e-10 : 1) + (a === b ? 1e-16 : 0);
  const unit = new Float64Array(m);
  const at = free.indexOf(index);
  unit[at] = 1;
  const inverse = solveCholesky(matrix, unit, m)?.[at];
  return inverse && inverse > 0 ? 1 / inverse : Math.max(hessian[index * n + index]!, 1e-16);
}
