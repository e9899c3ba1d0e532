import { pairNames } from '../../potentials/alloy/model.js';
import type { ParametricFunction } from '../../potentials/zjw04/parametric.js';
import type { LossSettings } from '../loss.js';
import type { AlloyForm } from './form.js';

/** Functions that must not be negative are kept this far above zero (density units, eV), save close to the cutoff (Å). */
const MARGIN = 2e-5;
const TAIL = 0.3;
const SIGN_STIFFNESS = 1e5;
const SIGN_POINTS = 32;
/** A core takes over at this part of the shortest distance at the latest. */
const JOIN_PART = 0.75;
/**
 * The short range reaches from this part of the shortest distance of the data to the shortest distance of the pair itself, which may be a good deal longer, but
 * at least to the first and at most to the second of these parts of the length unit of the pair.
 */
const SHORTEST_PART = 0.94;
const LONGEST_PARTS = [0.65, 0.8] as const;
/** Where the data end outside the first part, a range of less than this is left to the core, Å. */
const LEAST_RANGE = 0.15;
const DIMER_POINTS = 10;
/** Dimers repel by at least this up to the first of these parts of the length unit, and by less and less up to the second, where a bond may be, eV/Å. */
const STEEPNESS = 5;
/** 1/eV: a tenth of an eV in the wrong direction costs as much as 10 meV/atom. */
const REPULSION_STIFFNESS = 2;

/** What `Walls` demands of the functions of one element, of those of several. */
export class AlloyWalls {
  private readonly above: readonly { f: ParametricFunction; distances: Float64Array }[];
  private readonly dimers: readonly { phi: ParametricFunction; a: number; b: number; distances: Float64Array; steepness: Float64Array }[];
  private readonly out: Float64Array;
  private readonly inner: Float64Array;

  /** @param shortestOf shortest distance of each pair of elements in the data, Å, in the order of `pairIndex` */
  constructor(
    private readonly form: AlloyForm,
    shortestOf: readonly number[],
    loss: Pick<LossSettings, 'negativeDensity' | 'negativePair'>,
  ) {
    const { elements, cutoff, lengthUnits } = form.settings;
    const shortest = Math.min(...shortestOf);
    const inside = even(JOIN_PART * shortest, cutoff - TAIL, SIGN_POINTS);
    this.above = [...(loss.negativeDensity ? form.density : []), ...(loss.negativePair ? form.pair : [])].map((f) => ({
      f,
      distances: inside,
    }));
    this.dimers = pairNames(elements).flatMap(({ a, b }, k) => {
      const [least, most] = LONGEST_PARTS.map((part) => 0.5 * part * (lengthUnits[a]! + lengthUnits[b]!)) as [number, number];
      const close = shortest < least;
      const [from, to] = [close ? SHORTEST_PART * shortest : shortest, Math.max(least, Math.min(shortestOf[k]!, most))];
      if (!close && !(from < to - LEAST_RANGE)) return [];
      const distances = even(from, to, DIMER_POINTS);
      const steepness = distances.map((r) => STEEPNESS * Math.min(1, (most - r) / (most - least)));
      return [{ phi: form.pair[k]!, a, b, distances, steepness }];
    });
    const most = Math.max(...[...form.pair, ...form.density, ...form.embedding].map(({ parameters }) => parameters.length));
    this.out = new Float64Array(1 + most);
    this.inner = new Float64Array(1 + most);
  }

  /** Value of all walls at p; gradient (n) and Gauss-Newton matrix (n, n; both triangles) are added to when given, n at least the size of the form. */
  add(p: Float64Array, gradient?: Float64Array, hessian?: Float64Array): number {
    const { out } = this;
    let total = 0;
    const row = new Map<number, number>();
    for (const { f, distances } of this.above)
      for (const r of distances) {
        const excess = f.evaluate(r, p, out) - MARGIN;
        if (!(excess < 0)) continue;
        total += 0.5 * SIGN_STIFFNESS * excess * excess;
        if (!gradient) continue;
        row.clear();
        addTo(row, f.parameters, out, 1);
        push(row, SIGN_STIFFNESS, excess, gradient, hessian);
      }
    for (const { phi, a, b, distances, steepness } of this.dimers) {
      const energies = distances.map((r) => this.dimer(p, phi, a, b, r));
      const spacing = distances[1]! - distances[0]!;
      for (let k = 0; k + 1 < distances.length; k++) {
        const excess = energies[k]! - energies[k + 1]! - steepness[k + 1]! * spacing;
        if (!(excess < 0)) continue;
        total += 0.5 * REPULSION_STIFFNESS * excess * excess;
        if (!gradient) continue;
        row.clear();
        this.dimer(p, phi, a, b, distances[k]!, row, 1);
        this.dimer(p, phi, a, b, distances[k + 1]!, row, -1);
        push(row, REPULSION_STIFFNESS, excess, gradient, hessian);
      }
    }
    return total;
  }

  /** Energy of a dimer, eV; its derivatives times a factor are added to `row`. */
  private dimer(p: Float64Array, phi: ParametricFunction, a: number, b: number, r: number, row?: Map<number, number>, factor = 1): number {
    const { out, inner, form } = this;
    let energy = phi.evaluate(r, p, out);
    if (row) addTo(row, phi.parameters, out, factor);
    for (const [site, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const rho = form.density[other]!;
      const F = form.embedding[site]!;
      const n = Math.max(0, rho.evaluate(r, p, inner));
      energy += F.evaluate(n, p, out);
      if (!row) continue;
      addTo(row, F.parameters, out, factor);
      if (n > 0) addTo(row, rho.parameters, inner, factor * out[0]!);
    }
    return energy;
  }
}

function even(from: number, to: number, count: number): Float64Array {
  return Float64Array.from({ length: count }, (_, k) => from + ((to - from) * k) / (count - 1));
}

function addTo(row: Map<number, number>, parameters: readonly number[], out: Float64Array, factor: number): void {
  parameters.forEach((q, k) => {
    row.set(q, (row.get(q) ?? 0) + factor * out[1 + k]!);
  });
}

/** Adds a residual with its derivatives to gradient and Gauss-Newton matrix. */
function push(row: Map<number, number>, weight: number, excess: number, gradient: Float64Array, hessian?: Float64Array): void {
  const n = gradient.length;
  for (const [q, x] of row) {
    gradient[q]! += weight * excess * x;
    if (hessian) for (const [k, y] of row) hessian[q * n + k]! += weight * x * y;
  }
}
