import fc from 'fast-check';

/** A number of [low, high] on a grid of a million steps: unlike `fc.double` without denormals, which would only test underflow. */
export const between = (low: number, high: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 1_000_000 }).map((k) => low + (high - low) * (k / 1_000_000));

/** n of them */
export const vector = (n: number, low: number, high: number): fc.Arbitrary<number[]> =>
  fc.array(between(low, high), { minLength: n, maxLength: n });
