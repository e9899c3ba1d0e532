/** A minimum between points. */
export interface Minimum {
  x: number;
  y: number;
  /** second derivative there */
  curvature: number;
}

/**
 * The lowest point of a curve between points, by the polynomial of fourth degree through the five about the lowest one.
 * @param x equally spaced, growing
 * @returns undefined when the lowest point is not at least two places from both ends
 */
export function minimumBetween(x: readonly number[], y: readonly number[]): Minimum | undefined {
  const lowest = y.reduce((best, value, k) => (value < y[best]! ? k : best), 0);
  return minimumAt(x, y, lowest);
}

/** The same about the local minimum at a given place. */
export function minimumAt(x: readonly number[], y: readonly number[], place: number): Minimum | undefined {
  if (place < 2 || place > y.length - 3) return undefined;
  const step = x[place + 1]! - x[place]!;
  const [a, b, c, d, e] = [-2, -1, 0, 1, 2].map((k) => y[place + k]!) as [number, number, number, number, number];
  // coefficients in t = (x - x[place]) / step, by central differences of the five points
  const c1 = (a - 8 * b + 8 * d - e) / 12;
  const c2 = (-a + 16 * b - 30 * c + 16 * d - e) / 24;
  const c3 = (-a + 2 * b - 2 * d + e) / 12;
  const c4 = (a - 4 * b + 6 * c - 4 * d + e) / 24;
  let t = 0;
  for (let round = 0; round < 50; round++) {
    const slope = c1 + t * (2 * c2 + t * (3 * c3 + t * 4 * c4));
    const bend = 2 * c2 + t * (6 * c3 + t * 12 * c4);
    if (!(bend > 0)) return undefined;
    const next = Math.max(-1.5, Math.min(1.5, t - slope / bend));
    if (Math.abs(next - t) < 1e-13) break;
    t = next;
  }
  return {
    x: x[place]! + t * step,
    y: c + t * (c1 + t * (c2 + t * (c3 + t * c4))),
    curvature: (2 * c2 + t * (6 * c3 + t * 12 * c4)) / step ** 2,
  };
}
