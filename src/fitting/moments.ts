import { KernelInstance } from '../kernels/instance.js';
import { nodalTransform, type RadialMap, radialMap } from '../math/chebyshev.js';
import { type NeighbourList, neighbourPairs } from '../structures/neighbours.js';
import type { Structure } from '../structures/structure.js';

/**
 * What a fit needs to know of the structures: with nodal values f_k = f(r_k) of a radial function, the sum of f over the
 * neighbours of row i is sum_k rows[i, k] f_k. Rows of a structure that are equal up to rounding stand once, with a weight.
 */
export interface MomentTable {
  map: RadialMap;
  /** shape (nRows, K) */
  rows: Float64Array;
  /** multiplicity of the row / number of atoms of its structure, shape (nRows) */
  weights: Float64Array;
  /** first row of each structure, shape (nStructures + 1) */
  rowStart: Int32Array;
  /** half the mean of the rows of each structure: pair energy per atom = sum_k pair[s, k] phi_k, shape (nStructures, K) */
  pair: Float64Array;
  /** row of each atom, structures concatenated, shape (nAtoms) */
  rowOfAtom: Int32Array;
  /** first atom of each structure, shape (nStructures + 1) */
  atomStart: Int32Array;
}

/** Neighbour distances of the unique atoms of all structures, from which moment tables of any K are built. */
export interface NeighbourTable {
  cutoff: number;
  /** shortest distance of the whole set, Å */
  shortest: number;
  /** Å */
  distances: Float64Array;
  /** unique row of each distance */
  target: Int32Array;
  weights: Float64Array;
  rowStart: Int32Array;
  rowOfAtom: Int32Array;
  atomStart: Int32Array;
}

/** Two environments count as equal when their fingerprints agree to this relative accuracy. */
const SAME = 1e-8;

/**
 * Finds the neighbours of all structures within `cutoff` (Å) and merges atoms of one structure that have equal neighbourhoods.
 * Memory grows with the number of unique environments, not with the number of atoms.
 */
export function collectNeighbours(structures: readonly Structure[], cutoff: number): NeighbourTable {
  const rowStart = new Int32Array(structures.length + 1);
  const atomStart = new Int32Array(structures.length + 1);
  const weights: number[] = [];
  const rowOfAtom: number[] = [];
  const distances: Float64Array[] = [];
  const targets: Int32Array[] = [];
  let shortest = cutoff;
  for (let s = 0; s < structures.length; s++) {
    const structure = structures[s]!;
    const n = structure.species.length;
    const list = neighbourPairs(structure, cutoff);
    for (let p = 0; p < list.count; p++) if (list.distances[p]! < shortest) shortest = list.distances[p]!;
    const { representative, multiplicity } = uniqueAtoms(list, n, cutoff);
    const base = weights.length;
    const rowOf = new Int32Array(n).fill(-1);
    for (let i = 0; i < n; i++) {
      if (representative[i] !== i) continue;
      rowOf[i] = weights.length;
      weights.push(multiplicity[i]! / n);
    }
    for (let i = 0; i < n; i++) rowOfAtom.push(rowOf[representative[i]!]!);
    let count = 0;
    for (let p = 0; p < list.count; p++) {
      if (rowOf[list.first[p]!]! >= 0) count++;
      if (rowOf[list.second[p]!]! >= 0) count++;
    }
    const d = new Float64Array(count);
    const t = new Int32Array(count);
    let at = 0;
    for (let p = 0; p < list.count; p++) {
      for (const atom of [list.first[p]!, list.second[p]!]) {
        if (rowOf[atom]! < 0) continue;
        d[at] = list.distances[p]!;
        t[at++] = rowOf[atom]!;
      }
    }
    distances.push(d);
    targets.push(t);
    rowStart[s] = base;
    rowStart[s + 1] = weights.length;
    atomStart[s + 1] = atomStart[s]! + n;
  }
  const total = distances.reduce((sum, d) => sum + d.length, 0);
  const allDistances = new Float64Array(total);
  const allTargets = new Int32Array(total);
  let at = 0;
  for (let s = 0; s < distances.length; s++) {
    allDistances.set(distances[s]!, at);
    allTargets.set(targets[s]!, at);
    at += distances[s]!.length;
  }
  return {
    cutoff,
    shortest,
    distances: allDistances,
    target: allTargets,
    weights: Float64Array.from(weights),
    rowStart,
    rowOfAtom: Int32Array.from(rowOfAtom),
    atomStart,
  };
}

/** Groups atoms by three smooth sums over their neighbours, compared in sorted order so that no rounding boundary splits a group. */
function uniqueAtoms(list: NeighbourList, n: number, cutoff: number): { representative: Int32Array; multiplicity: Int32Array } {
  const a = new Float64Array(n);
  const b = new Float64Array(n);
  const c = new Float64Array(n);
  for (let p = 0; p < list.count; p++) {
    const r = list.distances[p]!;
    const x = 1 - r / cutoff;
    const f = x * x * (1 + 3 / r);
    const g = f * Math.sin(2.3 * r);
    const h = f * Math.cos(5.1 * r);
    const i = list.first[p]!;
    const j = list.second[p]!;
    a[i]! += f;
    a[j]! += f;
    b[i]! += g;
    b[j]! += g;
    c[i]! += h;
    c[j]! += h;
  }
  const order = Int32Array.from({ length: n }, (_, i) => i).sort((i, j) => a[i]! - a[j]! || i - j);
  const representative = new Int32Array(n).fill(-1);
  const multiplicity = new Int32Array(n);
  for (let q = 0; q < n; q++) {
    const i = order[q]!;
    if (representative[i]! >= 0) continue;
    representative[i] = i;
    multiplicity[i] = 1;
    const tolerance = SAME * (1 + Math.abs(a[i]!));
    for (let k = q + 1; k < n; k++) {
      const j = order[k]!;
      if (a[j]! - a[i]! > tolerance) break;
      if (representative[j]! >= 0 || Math.abs(b[j]! - b[i]!) > tolerance || Math.abs(c[j]! - c[i]!) > tolerance) continue;
      representative[j] = i;
      multiplicity[i]!++;
    }
  }
  return { representative, multiplicity };
}

/**
 * Moments with K nodes (K even) on [shortest, cutoff].
 * @param shortest lower end of the radial interval, Å; at most the shortest distance of the set
 */
export function buildMoments(table: NeighbourTable, count: number, shortest = table.shortest): MomentTable {
  const chebyshev = chebyshevMoments(table, count, shortest);
  const nRows = table.weights.length;
  const transform = nodalTransform(count);
  const rows = new Float64Array(nRows * count);
  for (let i = 0; i < nRows; i++) {
    for (let m = 0; m < count; m++) {
      const t = chebyshev[i * count + m]!;
      for (let k = 0; k < count; k++) rows[i * count + k]! += t * transform[m * count + k]!;
    }
  }
  const nStructures = table.rowStart.length - 1;
  const pair = new Float64Array(nStructures * count);
  for (let s = 0; s < nStructures; s++)
    for (let i = table.rowStart[s]!; i < table.rowStart[s + 1]!; i++)
      for (let k = 0; k < count; k++) pair[s * count + k]! += 0.5 * table.weights[i]! * rows[i * count + k]!;
  return {
    map: radialMap(shortest, table.cutoff, count),
    rows,
    weights: table.weights,
    rowStart: table.rowStart,
    pair,
    rowOfAtom: table.rowOfAtom,
    atomStart: table.atomStart,
  };
}

/** Sums of T_m(s(r)), m < K, over the neighbours of each unique row, shape (nRows, K). */
export function chebyshevMoments(table: NeighbourTable, count: number, shortest = table.shortest): Float64Array {
  if (count % 2 !== 0) throw new RangeError(`the number of nodes must be even, not ${count}`);
  const kernel = new KernelInstance();
  const nRows = table.weights.length;
  const n = table.distances.length;
  const out = kernel.doubles(nRows * count);
  const chunk = Math.min(n, 1 << 18);
  const d = kernel.doubles(chunk);
  const t = kernel.integers(chunk);
  const range = 1 / shortest - 1 / table.cutoff;
  const shift = -(1 / table.cutoff + 1 / shortest) / range;
  for (let at = 0; at < n; at += chunk) {
    const size = Math.min(chunk, n - at);
    kernel.f64(d, size).set(table.distances.subarray(at, at + size));
    new Int32Array(kernel.functions.memory.buffer, t, size).set(table.target.subarray(at, at + size));
    kernel.functions.buildMoments(d, t, size, count, 2 / range, shift, out);
  }
  return kernel.f64(out, nRows * count).slice();
}
