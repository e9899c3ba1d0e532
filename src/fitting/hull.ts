import type { Frame } from '../structures/structure.js';

/** Cost of a pure element that no frame has, eV/atom: above all energies. */
const ARTIFICIAL = 1e6;
/** Energies closer than this to the hull are on it, eV/atom. */
const ON_HULL = 1e-9;
const MAX_PIVOTS = 1000;

/** What the energies of frames count from, eV/atom, shape (frames): the lowest of all, of alloys the convex hull over the compositions. */
export function groundEnergies(frames: readonly Frame[]): Float64Array {
  const elements = [...new Set(frames.flatMap(({ species }) => [...new Set(species)]))];
  if (elements.length > 1) return hullEnergies(elements, frames);
  let lowest = Infinity;
  for (const { energy, species } of frames) if (energy !== undefined) lowest = Math.min(lowest, energy / species.length);
  return new Float64Array(frames.length).fill(lowest);
}

/**
 * The lowest energy that each frame's composition has in any mixture of frames, eV/atom: the convex hull of the energies over the compositions, below which no
 * frame is, shape (frames). Frames without energies do not count. Of one element it is the lowest energy.
 */
export function hullEnergies(elements: readonly string[], frames: readonly Frame[]): Float64Array {
  const keys = frames.map(({ species }) => sharesOf(elements, species));
  const lowest = new Map<string, { x: number[]; energy: number }>();
  frames.forEach(({ energy, species }, s) => {
    if (energy === undefined) return;
    const key = keys[s]!.join();
    const perAtom = energy / species.length;
    const known = lowest.get(key);
    if (!known || perAtom < known.energy) lowest.set(key, { x: keys[s]!, energy: perAtom });
  });
  const points = [...lowest.values()];
  const found = new Map<string, number>();
  return Float64Array.from(keys, (x) => {
    const key = x.join();
    const value = found.get(key) ?? mixture(x, points);
    found.set(key, value);
    return value;
  });
}

function sharesOf(elements: readonly string[], species: readonly string[]): number[] {
  return elements.map((symbol) => species.filter((one) => one === symbol).length / species.length);
}

/** Lowest energy of a mixture of points of composition x, by the simplex method with the rule of Bland. */
function mixture(x: readonly number[], points: readonly { x: readonly number[]; energy: number }[]): number {
  const n = x.length;
  const columns = [...points, ...x.map((_, e) => ({ x: x.map((__, k) => +(k === e)), energy: ARTIFICIAL }))];
  const basis = x.map((_, e) => points.length + e);
  for (let pivot = 0; pivot < MAX_PIVOTS; pivot++) {
    const rows = basis.map((c) => columns[c]!);
    // prices of the elements: the plane through the points of the basis
    const prices = solve(
      rows.map((point) => [...point.x, point.energy]),
      n,
    );
    // rounding of large prices must not take in again what is there
    const enters = columns.findIndex((point, c) => !basis.includes(c) && point.energy - dot(prices, point.x) < -ON_HULL);
    if (enters < 0) return dot(prices, x);
    const transposed = (right: readonly number[]) =>
      solve(
        x.map((_, e) => [...rows.map((point) => point.x[e]!), right[e]!]),
        n,
      );
    const amounts = transposed(x);
    const direction = transposed(columns[enters]!.x);
    let leaves = -1;
    for (let k = 0; k < n; k++) {
      if (!(direction[k]! > 1e-12)) continue;
      const ratio = amounts[k]! / direction[k]!;
      const best = leaves < 0 ? Infinity : amounts[leaves]! / direction[leaves]!;
      if (ratio < best - 1e-12 || (ratio < best + 1e-12 && basis[k]! < basis[leaves]!)) leaves = k;
    }
    if (leaves < 0) break;
    basis[leaves] = enters;
  }
  return Math.min(...points.map(({ energy }) => energy));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, k) => sum + value * b[k]!, 0);
}

/** Gauss elimination of n equations, the right-hand side last in each row. */
function solve(rows: number[][], n: number): number[] {
  for (let k = 0; k < n; k++) {
    let largest = k;
    for (let r = k + 1; r < n; r++) if (Math.abs(rows[r]![k]!) > Math.abs(rows[largest]![k]!)) largest = r;
    [rows[k], rows[largest]] = [rows[largest]!, rows[k]!];
    const lead = rows[k]!;
    for (let r = 0; r < n; r++) {
      if (r === k || lead[k] === 0) continue;
      const factor = rows[r]![k]! / lead[k]!;
      for (let c = k; c <= n; c++) rows[r]![c]! -= factor * lead[c]!;
    }
  }
  return rows.map((row, k) => row[n]! / row[k]!);
}
