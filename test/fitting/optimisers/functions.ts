import type { Differentiable } from '../../../src/fitting/objective.js';

/** Half the sum of squares of residuals with known derivatives; infinite where `allowed` says no. */
export function leastSquares(
  size: number,
  residuals: (p: Float64Array) => { r: number; by: readonly number[] }[],
  allowed: (p: Float64Array) => boolean = () => true,
): Differentiable & { calls: number } {
  const objective = {
    size,
    calls: 0,
    loss(p: Float64Array): number {
      objective.calls++;
      return allowed(p) ? residuals(p).reduce((total, { r }) => total + 0.5 * r * r, 0) : Infinity;
    },
    gradient(p: Float64Array, gradient: Float64Array): number {
      gradient.fill(0);
      const loss = objective.loss(p);
      if (loss === Infinity) return loss;
      for (const { r, by } of residuals(p)) for (let q = 0; q < size; q++) gradient[q]! += r * by[q]!;
      return loss;
    },
    linearise(p: Float64Array, gradient: Float64Array, hessian: Float64Array): number {
      hessian.fill(0);
      const loss = objective.gradient(p, gradient);
      if (loss === Infinity) return loss;
      for (const { by } of residuals(p))
        for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) hessian[a * size + b]! += by[a]! * by[b]!;
      return loss;
    },
  };
  return objective;
}

/** A narrow ellipsoid in `size` dimensions around (1, 2, 3, ...), axes from 1 to 1/30. */
export const ellipsoid = (size: number) =>
  leastSquares(size, (p) =>
    Array.from({ length: size }, (_, a) => {
      const stiffness = 1 + (29 * a) / Math.max(1, size - 1);
      const by = Array.from({ length: size }, (_, b) => (a === b ? stiffness : b === a - 1 ? 0.5 * stiffness : 0));
      return { r: by.reduce((total, value, b) => total + value * (p[b]! - b - 1), 0), by };
    }),
  );

/** Rosenbrock's valley, minimum 0 at (1, 1). */
export const rosenbrock = (allowed?: (p: Float64Array) => boolean) =>
  leastSquares(
    2,
    (p) => [
      { r: 10 * (p[1]! - p[0]! * p[0]!), by: [-20 * p[0]!, 10] },
      { r: 1 - p[0]!, by: [-1, 0] },
    ],
    allowed,
  );

/** Residuals whose curvature Gauss-Newton does not know, so that its steps overshoot. */
export const curved = () =>
  leastSquares(2, (p) => [
    { r: Math.sin(2 * p[0]!) + p[1]! - 1, by: [2 * Math.cos(2 * p[0]!), 1] },
    { r: p[0]! * p[1]! + 2, by: [p[1]!, p[0]!] },
    { r: p[0]! * p[0]! - p[1]! + 1, by: [2 * p[0]!, -1] },
  ]);
