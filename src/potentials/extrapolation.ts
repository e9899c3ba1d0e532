import { InputError } from '../errors.js';
import { type NeighbourList, neighbourPairs } from '../structures/neighbours.js';
import type { Structure } from '../structures/structure.js';
import type { EamPotential } from './eam.js';
import type { SeenRange, Stretches } from './seen-range.js';
import { splined } from './splined.js';

/**
 * How far a structure is outside of what a fit has seen, in widths of the seen range: 0 inside, 0.1 a tenth of that width beyond it (or
 * into a gap of it). Distances count in 1/r, the variable in which the functions are represented, so that one step inwards counts more
 * than the same step further out; the cutoff counts as seen, since all functions are zero there.
 */
export interface Extrapolation {
  /** of the worst atom */
  value: number;
  /** the worst by distances alone */
  distance: number;
  /** the worst by densities alone */
  density: number;
  /** of each atom, the larger one of the two, shape (n) */
  atoms: Float64Array;
}

/** Measures structures. `pairs`: all neighbours within the cutoff of the potential, where the caller has them already. */
export type ExtrapolationMeasure = (structure: Structure, pairs?: NeighbourList) => Extrapolation;

/**
 * The measure of a potential; make it once, then use it for any number of structures: it costs one sum over the neighbours, much less
 * than an energy. No I/O.
 * @param range of the data, as it stands in `model.json`
 * @throws InputError (on use) for an element that the potential does not have
 */
export function extrapolationMeasure(potential: EamPotential, range: SeenRange): ExtrapolationMeasure {
  const { elements, cutoff } = potential;
  const fast = splined(potential);
  const distances = range.distances?.length ? range.distances : [[range.shortest, cutoff] as const];
  const inverse = [...distances].reverse().map(([from, to]) => [1 / to, 1 / from] as const);
  const byDistance = outsideOf([[0, 1 / cutoff], ...inverse], 1 / distances[0]![0] - 1 / cutoff);
  const densities = range.densities?.length ? range.densities : [[range.lowestDensity, range.highestDensity] as const];
  const [lowest, highest] = [densities[0]![0], densities.at(-1)![1]];
  // data of one environment have no width
  const byDensity = outsideOf(densities, highest - lowest > 1e-9 * Math.abs(highest) ? highest - lowest : Math.abs(highest) || 1);
  const slope = new Float64Array(1);
  return (structure, pairs = neighbourPairs(structure, cutoff)) => {
    const { species } = structure;
    const n = species.length;
    const kind = Int32Array.from(species, (symbol) => {
      const index = elements.indexOf(symbol);
      if (index < 0) throw new InputError(`the potential has no element ${symbol} (it has ${elements.join(', ')})`);
      return index;
    });
    const atoms = new Float64Array(n);
    const rho = new Float64Array(n);
    for (let p = 0; p < pairs.count; p++) {
      const [i, j, r] = [pairs.first[p]!, pairs.second[p]!, pairs.distances[p]!];
      rho[i]! += fast.density(kind[i]!, kind[j]!).evaluate(r, slope);
      rho[j]! += fast.density(kind[j]!, kind[i]!).evaluate(r, slope);
      const outside = byDistance(1 / r);
      if (outside > atoms[i]!) atoms[i] = outside;
      if (outside > atoms[j]!) atoms[j] = outside;
    }
    let [distance, density] = [0, 0];
    for (let i = 0; i < n; i++) {
      const outside = byDensity(rho[i]!);
      distance = Math.max(distance, atoms[i]!);
      density = Math.max(density, outside);
      atoms[i] = Math.max(atoms[i]!, outside);
    }
    return { value: Math.max(distance, density), distance, density, atoms };
  };
}

/** Densities are sums of hundreds of values. */
const ROUNDING = 1e-6;

/** How far a value is from the nearest of the stretches, in units of `width`; 0 within one of them. */
function outsideOf(stretches: Stretches, width: number): (value: number) => number {
  const from = Float64Array.from(stretches, ([a]) => a - ROUNDING * width);
  const to = Float64Array.from(stretches, ([, b]) => b + ROUNDING * width);
  return (value) => {
    let below = Infinity;
    for (let k = 0; k < from.length; k++) {
      if (value < from[k]!) return Math.min(below, from[k]! - value) / width;
      if (value <= to[k]!) return 0;
      below = value - to[k]!;
    }
    return below / width;
  };
}
