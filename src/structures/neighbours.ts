import { InputError } from '../errors.js';
import { determinant, inverse, type Structure } from './structure.js';

/** Half list of neighbour pairs, every periodic image included. A pair of an atom with its own image stands once for each ± image pair. */
export interface NeighbourList {
  /** number of pairs */
  count: number;
  /** first atom of each pair, shape (count) */
  first: Int32Array;
  /** second atom of each pair, shape (count) */
  second: Int32Array;
  /** r_second - r_first with the image shift, Å, shape (count, 3) row-major */
  vectors: Float64Array;
  /** length of each vector, Å, shape (count) */
  distances: Float64Array;
}

/**
 * All pairs closer than `cutoff` (Å), any cell shape and size. Each unordered pair (i, j, image) stands once.
 * Atoms are wrapped into the cell and binned in fractional space, so the work grows linearly with the number of atoms.
 * @throws InputError when a periodic direction has no lattice vector
 */
export function neighbourPairs(structure: Structure, cutoff: number): NeighbourList {
  const { species, pbc } = structure;
  const n = species.length;
  const cell = boxFor(structure, cutoff);
  const inv = inverse(cell);
  const fractional = new Float64Array(3 * n);
  for (let i = 0; i < n; i++) {
    const x = structure.positions[3 * i]!;
    const y = structure.positions[3 * i + 1]!;
    const z = structure.positions[3 * i + 2]!;
    for (let d = 0; d < 3; d++) {
      let f = x * inv[d]! + y * inv[3 + d]! + z * inv[6 + d]!;
      if (pbc[d]) {
        f -= Math.floor(f);
        if (f >= 1) f = 0;
      }
      fractional[3 * i + d] = f;
    }
  }
  // distance between lattice planes, Å
  const det = Math.abs(determinant(cell));
  const heights = [0, 1, 2].map((d) => {
    const a = ((d + 1) % 3) * 3;
    const b = ((d + 2) % 3) * 3;
    const cx = cell[a + 1]! * cell[b + 2]! - cell[a + 2]! * cell[b + 1]!;
    const cy = cell[a + 2]! * cell[b]! - cell[a]! * cell[b + 2]!;
    const cz = cell[a]! * cell[b + 1]! - cell[a + 1]! * cell[b]!;
    return det / Math.hypot(cx, cy, cz);
  });
  const bounds = [0, 1, 2].map((d) => {
    if (pbc[d] || n === 0) return [0, 1] as const;
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < n; i++) {
      low = Math.min(low, fractional[3 * i + d]!);
      high = Math.max(high, fractional[3 * i + d]!);
    }
    return [low, high + 1e-9] as const;
  });
  // bins of at least one atom's share: never more bins than atoms in a direction's worth of volume
  const perDirection = Math.max(1, Math.ceil(Math.cbrt(n)) * 2);
  const bins = [0, 1, 2].map((d) => {
    const span = bounds[d]![1] - bounds[d]![0];
    return Math.max(1, Math.min(perDirection, Math.floor((heights[d]! * span) / (cutoff / 2))));
  });
  const reach = [0, 1, 2].map((d) => {
    const steps = Math.ceil((cutoff / heights[d]! / (bounds[d]![1] - bounds[d]![0])) * bins[d]!);
    // without images there is nothing past the last bin, and atoms in one plane make that span next to nothing
    return pbc[d] ? steps : Math.min(steps, bins[d]! - 1);
  });
  const binOf = new Int32Array(n);
  const start = new Int32Array(bins[0]! * bins[1]! * bins[2]! + 1);
  for (let i = 0; i < n; i++) {
    let index = 0;
    for (let d = 0; d < 3; d++) {
      const [low, high] = bounds[d]!;
      const b = Math.min(bins[d]! - 1, Math.floor(((fractional[3 * i + d]! - low) / (high - low)) * bins[d]!));
      index = index * bins[d]! + b;
    }
    binOf[i] = index;
    start[index + 1]!++;
  }
  for (let b = 1; b < start.length; b++) start[b]! += start[b - 1]!;
  const order = new Int32Array(n);
  const fill = start.slice(0, -1);
  for (let i = 0; i < n; i++) order[fill[binOf[i]!]!++] = i;

  let capacity = Math.max(64, n * 32);
  let first = new Int32Array(capacity);
  let second = new Int32Array(capacity);
  let vectors = new Float64Array(3 * capacity);
  let distances = new Float64Array(capacity);
  let count = 0;
  const cutoffSquared = cutoff * cutoff;
  const [b0, b1, b2] = bins as [number, number, number];
  for (let i = 0; i < n; i++) {
    const home = binOf[i]!;
    const h2 = home % b2;
    const h1 = Math.floor(home / b2) % b1;
    const h0 = Math.floor(home / (b1 * b2));
    const fx = fractional[3 * i]!;
    const fy = fractional[3 * i + 1]!;
    const fz = fractional[3 * i + 2]!;
    for (let d0 = -reach[0]!; d0 <= reach[0]!; d0++) {
      const q0 = h0 + d0;
      const s0 = Math.floor(q0 / b0);
      if (s0 !== 0 && !pbc[0]) continue;
      for (let d1 = -reach[1]!; d1 <= reach[1]!; d1++) {
        const q1 = h1 + d1;
        const s1 = Math.floor(q1 / b1);
        if (s1 !== 0 && !pbc[1]) continue;
        for (let d2 = -reach[2]!; d2 <= reach[2]!; d2++) {
          const q2 = h2 + d2;
          const s2 = Math.floor(q2 / b2);
          if (s2 !== 0 && !pbc[2]) continue;
          const bin = ((q0 - s0 * b0) * b1 + (q1 - s1 * b1)) * b2 + (q2 - s2 * b2);
          for (let k = start[bin]!; k < start[bin + 1]!; k++) {
            const j = order[k]!;
            // each unordered pair once: i < j in any image, or i = j with a lexicographically positive image
            if (j < i) continue;
            if (j === i && !(s0 > 0 || (s0 === 0 && (s1 > 0 || (s1 === 0 && s2 > 0))))) continue;
            const u = fractional[3 * j]! + s0 - fx;
            const v = fractional[3 * j + 1]! + s1 - fy;
            const w = fractional[3 * j + 2]! + s2 - fz;
            const x = u * cell[0]! + v * cell[3]! + w * cell[6]!;
            const y = u * cell[1]! + v * cell[4]! + w * cell[7]!;
            const z = u * cell[2]! + v * cell[5]! + w * cell[8]!;
            const r2 = x * x + y * y + z * z;
            if (r2 >= cutoffSquared) continue;
            if (count === capacity) {
              capacity *= 2;
              first = grow(first, capacity);
              second = grow(second, capacity);
              vectors = grow(vectors, 3 * capacity);
              distances = grow(distances, capacity);
            }
            first[count] = i;
            second[count] = j;
            vectors[3 * count] = x;
            vectors[3 * count + 1] = y;
            vectors[3 * count + 2] = z;
            distances[count++] = Math.sqrt(r2);
          }
        }
      }
    }
  }
  return {
    count,
    first: first.slice(0, count),
    second: second.slice(0, count),
    vectors: vectors.slice(0, 3 * count),
    distances: distances.slice(0, count),
  };
}

function grow<T extends Int32Array | Float64Array>(array: T, length: number): T {
  const bigger = new (array.constructor as new (length: number) => T)(length);
  bigger.set(array as never);
  return bigger;
}

/**
 * The cell with vectors of length `cutoff` put in place of missing lattice vectors along non-periodic directions, perpendicular to
 * the others.
 */
function boxFor(structure: Structure, cutoff: number): Float64Array {
  const cell = structure.cell.slice();
  const rows = [0, 1, 2].map((d) => Math.hypot(cell[3 * d]!, cell[3 * d + 1]!, cell[3 * d + 2]!));
  for (let d = 0; d < 3; d++) {
    if (rows[d]! > 0) continue;
    if (structure.pbc[d]) throw new InputError(`lattice vector ${d + 1} is zero, but the structure is periodic along it`);
    const row = (k: number): Float64Array => cell.subarray(3 * (k % 3), 3 * (k % 3) + 3);
    const a = row(d + 1);
    const b = row(d + 2);
    let normal = cross(a, b);
    if (Math.hypot(...normal) === 0) {
      // at most one other vector is there yet: turn away from it, towards the axis that it follows least
      const other = Math.hypot(...a) > 0 ? a : b;
      const least = [0, 1, 2].reduce((best, x) => (Math.abs(other[x]!) < Math.abs(other[best]!) ? x : best), d);
      const axis = [0, 1, 2].map((x) => (x === least ? 1 : 0));
      normal = Math.hypot(...other) > 0 ? cross(other, axis) : axis;
    }
    const length = Math.hypot(...normal);
    for (let x = 0; x < 3; x++) cell[3 * d + x] = (normal[x]! / length) * cutoff;
  }
  return cell;
}

function cross(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  return [a[1]! * b[2]! - a[2]! * b[1]!, a[2]! * b[0]! - a[0]! * b[2]!, a[0]! * b[1]! - a[1]! * b[0]!];
}
