import { CubicSpline } from '../../math/cubic-spline.js';
import type { RandomStream } from '../../math/random.js';
import type { ScalarFunction } from '../../potentials/eam.js';
import { pairIndex, type SMeamKind, type SMeamModel } from '../../potentials/s-meam.js';
import type { SplineObjective } from './objective.js';

/** Part of the domain of U that the densities of the data fill at the start. */
const FILLED = 0.9;
/** eV; slope of U at the start, from low to high densities */
const SLOPE = -3;
/** of differences that give the slopes at the ends */
const STEP = 1e-4;

/**
 * Random smooth parameters to start from: densities that decay, an arbitrary smooth function of the angle, U nearly straight with its
 * curve, phi zero. Energies are linear in phi and U, which the first step of a fit solves for.
 * @param nearest Å, nearest distance of the crystal
 */
export function startParameters(objective: SplineObjective, nearest: number, random: RandomStream): Float64Array {
  const { form } = objective;
  const { functions } = form.settings;
  const decay = { rho: random.range(1, 5), f: random.range(0.5, 4) };
  const angular = functions.g.map(() => Array.from({ length: 4 }, () => random.normal()));
  const own = form.settings.elements.map(() => Math.exp(0.3 * random.normal()));
  const radial = (r: number, cutoff: number, rate: number): number => {
    const x = Math.max(0, (cutoff - r) / (cutoff - nearest));
    return x * x * (3 - 2 * Math.min(x, 1)) * Math.exp(-rate * (r / nearest - 1));
  };
  const p = new Float64Array(objective.size);
  const value = (kind: SMeamKind, index: number, x: number): number => {
    if (kind === 'phi') return 0;
    if (kind === 'u') return SLOPE * (x - 0.4 * x * x);
    if (kind === 'g') {
      const [a, b, c, d] = angular[index]! as [number, number, number, number];
      return 0.5 + 0.5 * a + b * x + c * (1.5 * x * x - 0.5) + 0.5 * d * (2.5 * x ** 3 - 1.5 * x);
    }
    return own[index]! * radial(x, functions[kind][index]!.last, decay[kind]);
  };
  p.set(
    form.parameters((kind, index) => ({
      evaluate(x, derivative) {
        derivative[0] = (value(kind, index, x + STEP) - value(kind, index, x - STEP)) / (2 * STEP);
        return value(kind, index, x);
      },
    })),
  );
  // the two-body part and the three-body part weigh about the same
  const has = (kind: 'rho' | 'f'): boolean => functions[kind].length > 0;
  const fill = (): void => {
    const { densities } = objective.predict(p);
    const size = Math.max(...densities.map(Math.abs));
    scaleDensity(objective, p, size > 0 ? FILLED / size : 1);
  };
  if (has('rho') && has('f')) {
    const three = p.slice();
    form.scale(three, 'rho', 0);
    const two = p.slice();
    form.scale(two, 'g', 0);
    const sizeOf = (q: Float64Array): number => Math.max(...objective.predict(q).densities.map(Math.abs));
    form.scale(p, 'g', sizeOf(two) / Math.max(sizeOf(three), 1e-12));
  }
  if (has('rho') || has('f')) fill();
  return p;
}

/** The functions of a former fit of the same terms and elements on the knots of this one. */
export function formerParameters({ form, size }: SplineObjective, { elements, functions, referenceEnergies }: SMeamModel): Float64Array {
  const own = form.settings.elements;
  const there = own.map((symbol) => elements.indexOf(symbol));
  const pairs = own.flatMap((_, a) => own.slice(a).map((_, b) => pairIndex(there[a]!, there[a + b]!, own.length)));
  const p = new Float64Array(size);
  p.set(
    form.parameters((kind, index) => {
      const perPair = kind === 'phi' || kind === 'g';
      return new CubicSpline(functions[kind][(perPair ? pairs : there)[index]!]!);
    }),
  );
  own.forEach((symbol, e) => {
    if (form.size + e < size) p[form.size + e] = referenceEnergies[symbol] ?? 0;
  });
  return p;
}

/** Multiplies all densities by a factor, in place; U stays as it is. */
export function scaleDensity({ form }: SplineObjective, p: Float64Array, factor: number): void {
  form.scale(p, 'rho', factor);
  form.scale(p, 'g', factor);
}

/** Replaces U by U(n / factor), in place, on the knots that it has: the energies stay where `scaleDensity` had the same factor. */
export function stretchEmbedding({ form }: SplineObjective, p: Float64Array, factor: number): void {
  const splines = form.functions(p).u.map((knots) => new CubicSpline(knots));
  const [from, to] = form.range('u');
  const stretched = form.parameters((kind, index) => (kind === 'u' ? scaledArgument(splines[index]!, 1 / factor) : ZERO));
  p.set(stretched.subarray(from, to), from);
}

/**
 * The same potential as it is printed: the largest knot of f is 1 where there is one element, and U falls with the density where
 * its domain is symmetric. Energies do not change.
 */
export function printedGauge({ form }: SplineObjective, parameters: Float64Array): Float64Array {
  const p = parameters.slice();
  const { f } = form.functions(p);
  if (f.length === 1) {
    const extreme = f[0]!.values.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
    if (extreme !== 0) {
      form.scale(p, 'f', 1 / extreme);
      form.scale(p, 'g', extreme * extreme);
    }
  }
  const { u } = form.functions(p);
  const { first, last } = u[0] ?? { first: 0, last: 1 };
  const rising = u.reduce((sum, { values }) => sum + values.at(-1)! - values[0]!, 0) > 0;
  if (u.length === 0 || first !== -last || !rising) return p;
  const splines = u.map((knots) => new CubicSpline(knots));
  const mirrored = form.parameters((kind, index) => (kind === 'u' ? scaledArgument(splines[index]!, -1) : ZERO));
  p.set(mirrored.subarray(...form.range('u')), form.range('u')[0]);
  form.scale(p, 'rho', -1);
  form.scale(p, 'g', -1);
  return p;
}

const ZERO: ScalarFunction = {
  evaluate(_, derivative) {
    derivative[0] = 0;
    return 0;
  },
};

/** x -> f(factor x) */
function scaledArgument(f: ScalarFunction, factor: number): ScalarFunction {
  return {
    evaluate(x, derivative) {
      const value = f.evaluate(factor * x, derivative);
      derivative[0]! *= factor;
      return value;
    },
  };
}
