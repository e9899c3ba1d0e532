import type { ScalarFunction } from './eam.js';
import { zbl } from './zbl.js';

/**
 * What happens at distances shorter than any in the data. With `zbl` the pair term goes over smoothly, between `outer` and
 * `inner`, into the screened nuclear repulsion, and the density stops growing, so that the potential repels down to r = 0.
 * With `line`, for equations that are steeper than the nuclear repulsion, the pair term goes on as a straight line below `inner`.
 */
export type Core = { kind: 'none' } | CoreJoin;

interface CoreJoin {
  kind: 'zbl' | 'line';
  /** ends of the join, Å */
  inner: number;
  outer: number;
  /**
   * What is joined is phi(r) + 2 s rho(r), and the embedding function less s rho, which is the same potential: in equations whose pair
   * term and linear embedding term nearly cancel only their sum repels. eV per density; 0 when absent
   */
  embeddingSlope?: number;
}

/** Distance below which the nuclear repulsion is continued as a straight line, so that tables are finite at r = 0, Å. */
const LINE_BELOW = 0.05;

/** The pair term with its core. @param density without its core */
export function withPairCore(pair: ScalarFunction, density: ScalarFunction, core: Core, z1: number, z2: number): ScalarFunction {
  if (core.kind === 'none') return pair;
  const { embeddingSlope: s, ...plain } = core;
  if (!s) return joined(pair, plain, z1, z2);
  const whole = joined(sum(pair, 2 * s, density), plain, z1, z2);
  const inside = sum(whole, -2 * s, withDensityCore(density, core));
  return { evaluate: (r, derivative) => (r >= core.outer ? pair : inside).evaluate(r, derivative) };
}

function sum(f: ScalarFunction, factor: number, g: ScalarFunction): ScalarFunction {
  return {
    evaluate(r, derivative) {
      const value = g.evaluate(r, derivative);
      const slope = derivative[0]!;
      const other = f.evaluate(r, derivative);
      derivative[0] = derivative[0]! + factor * slope;
      return other + factor * value;
    },
  };
}

function joined(pair: ScalarFunction, core: CoreJoin, z1: number, z2: number): ScalarFunction {
  const { inner, outer } = core;
  const width = outer - inner;
  // what the pair term goes over into: the nuclear repulsion, or its own tangent, from which it differs least when it is that of the middle
  const inside = core.kind === 'zbl' ? nuclearRepulsion(z1, z2) : tangent(pair, inner + 0.5 * width);
  return {
    evaluate(r, derivative) {
      if (r >= outer) return pair.evaluate(r, derivative);
      const below = inside(r, derivative);
      if (r <= inner) return below;
      const slope = derivative[0]!;
      // three continuous derivatives: the join is steep, and tables feel a kink in the third one
      const x = (r - inner) / width;
      const x3 = x * x * x;
      const share = x3 * x * (35 - 84 * x + 70 * x * x - 20 * x3);
      const shareSlope = (140 * x3 * (1 - x) ** 3) / width;
      const value = pair.evaluate(r, derivative);
      derivative[0] = share * derivative[0]! + (1 - share) * slope + shareSlope * (value - below);
      return share * value + (1 - share) * below;
    },
  };
}

type Radial = (r: number, derivative: Float64Array) => number;

function nuclearRepulsion(z1: number, z2: number): Radial {
  return (r, derivative) => {
    const repulsion = zbl(z1, z2, Math.max(r, LINE_BELOW), derivative);
    return r < LINE_BELOW ? repulsion + derivative[0]! * (r - LINE_BELOW) : repulsion;
  };
}

function tangent(pair: ScalarFunction, at: number): Radial {
  const slope = new Float64Array(1);
  const value = pair.evaluate(at, slope);
  return (r, derivative) => {
    derivative[0] = slope[0]!;
    return value + slope[0]! * (r - at);
  };
}

/** The density with its core: evaluated at a distance that stops falling between `outer` and `inner` (twice differentiable). */
export function withDensityCore(density: ScalarFunction, core: Core): ScalarFunction {
  if (core.kind === 'none') return density;
  const { inner, outer } = core;
  const width = outer - inner;
  return {
    evaluate(r, derivative) {
      if (r >= outer) return density.evaluate(r, derivative);
      const x = Math.max(0, (r - inner) / width);
      // integral of the quintic step from x to 1
      const step = x * x * x * (10 - 15 * x + 6 * x * x);
      const integral = x * x * x * x * (2.5 - 3 * x + x * x);
      const value = density.evaluate(outer - width * (0.5 - integral), derivative);
      derivative[0] = derivative[0]! * step;
      return value;
    },
  };
}
