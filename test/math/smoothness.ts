import { expect } from 'chai';

type Function1 = (x: number, derivative: Float64Array) => number;

/** Central difference of the value of f at x. */
export function slopeOf(f: Function1, x: number, h = 1e-5): number {
  const d = new Float64Array(1);
  return (f(x + h, d) - f(x - h, d)) / (2 * h);
}

/** The derivative that f reports at x. */
export function reportedSlope(f: Function1, x: number): number {
  const d = new Float64Array(1);
  f(x, d);
  return d[0]!;
}

/** f reports its own derivative at all of `points`, within `tolerance` relative to the size of the slope (at least `floor`). */
export function expectDerivative(f: Function1, points: readonly number[], tolerance = 1e-7, floor = 1, h = 1e-5): void {
  for (const x of points) {
    const slope = slopeOf(f, x, h);
    expect(Math.abs(reportedSlope(f, x) - slope), `at ${x}`).to.be.at.most(tolerance * Math.max(floor, Math.abs(slope)));
  }
}

/** Value and derivatives up to `order` (at most 2) are continuous at x: their jump shrinks with the distance from x. */
export function expectSmoothAt(f: Function1, x: number, order: 0 | 1 | 2, scale = 1): void {
  const d = new Float64Array(1);
  const value = (at: number): number => f(at, d);
  const slope = (at: number): number => reportedSlope(f, at);
  // one-sided second derivatives, from reported slopes on one side only
  const curvature = (side: number, h: number): number => (slope(x + 2 * side * h) - slope(x + side * h)) / (side * h);
  const h = 1e-5;
  expect(Math.abs(value(x + h) - value(x - h)), `value at ${x}`).to.be.below(1e-3 * scale);
  if (order >= 1) expect(Math.abs(slope(x + h) - slope(x - h)), `slope at ${x}`).to.be.below(1e-2 * scale);
  if (order >= 2) expect(Math.abs(curvature(1, h) - curvature(-1, h)), `curvature at ${x}`).to.be.below(1e-1 * scale);
}
