/**
 * Interpolation at the Chebyshev nodes of a radial interval, in a variable s that is linear in 1/r.
 * s = +1 at `shortest`, -1 at `cutoff`.
 */
export interface RadialMap {
  /** lower end of the interval, Å */
  readonly shortest: number;
  /** upper end of the interval, Å */
  readonly cutoff: number;
  /** number of nodes K */
  readonly count: number;
  /** distances of the nodes, Å, shape (K), growing */
  readonly nodes: Float64Array;
}

/** Chebyshev nodes of [shortest, cutoff] (Å) in s linear in 1/r. */
export function radialMap(shortest: number, cutoff: number, count: number): RadialMap {
  const nodes = new Float64Array(count);
  for (let k = 0; k < count; k++) nodes[k] = radiusOf(Math.cos((Math.PI * (k + 0.5)) / count), shortest, cutoff);
  return { shortest, cutoff, count, nodes };
}

/** s of a distance r (Å). */
export function reduced(r: number, shortest: number, cutoff: number): number {
  return (2 / r - 1 / cutoff - 1 / shortest) / (1 / shortest - 1 / cutoff);
}

/** The distance (Å) that has the reduced coordinate s. */
export function radiusOf(s: number, shortest: number, cutoff: number): number {
  const high = 1 / shortest;
  const low = 1 / cutoff;
  return 2 / (s * (high - low) + high + low);
}

/**
 * Matrix that turns Chebyshev moments into nodal moments: f(r) = sum_k f(r_k) sum_m C[m, k] T_m(s), shape (K, K) row-major in
 * (m, k), with C[0, k] = 1/K and C[m, k] = 2/K T_m(s_k).
 */
export function nodalTransform(count: number): Float64Array {
  const out = new Float64Array(count * count);
  for (let m = 0; m < count; m++)
    for (let k = 0; k < count; k++) out[m * count + k] = ((m === 0 ? 1 : 2) / count) * Math.cos((m * Math.PI * (k + 0.5)) / count);
  return out;
}

/** T_0(s) ... T_{count-1}(s), written to `out` from `at` on. */
export function chebyshevValues(s: number, count: number, out: Float64Array, at = 0): void {
  out[at] = 1;
  if (count > 1) out[at + 1] = s;
  for (let m = 2; m < count; m++) out[at + m] = 2 * s * out[at + m - 1]! - out[at + m - 2]!;
}

/** Value of the interpolant with nodal values `values` at distance r (Å); exact at the nodes. The plain reference. */
export function interpolate(map: RadialMap, values: ArrayLike<number>, r: number): number {
  const { count } = map;
  const t = new Float64Array(count);
  chebyshevValues(reduced(r, map.shortest, map.cutoff), count, t);
  const transform = nodalTransform(count);
  let total = 0;
  for (let m = 0; m < count; m++) for (let k = 0; k < count; k++) total += t[m]! * transform[m * count + k]! * values[k]!;
  return total;
}
