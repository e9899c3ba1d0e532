import { neighbourPairs } from '../structures/neighbours.js';
import type { Structure } from '../structures/structure.js';

/**
 * What tells structures apart whatever the order of their atoms and the orientation of their cell: three smooth sums over the
 * neighbours of every atom, sorted by element and size. Shape (n, 3).
 * @param cutoff Å
 */
export function fingerprint(structure: Structure, cutoff = 6): Float64Array {
  const n = structure.species.length;
  const list = neighbourPairs(structure, cutoff);
  const sums = new Float64Array(3 * n);
  // the element of the neighbour counts as well: a fixed number between 1 and 2 for each symbol
  const tag = structure.species.map(
    (symbol) => 1 + [...symbol].reduce((hash, letter) => (31 * hash + letter.charCodeAt(0)) % 997, 0) / 997,
  );
  for (let p = 0; p < list.count; p++) {
    const r = list.distances[p]!;
    const x = 1 - r / cutoff;
    const f = x * x;
    const values = [f, (f * 3) / r, f * Math.cos(4 * r)];
    const i = list.first[p]!;
    const j = list.second[p]!;
    for (let k = 0; k < 3; k++) {
      sums[3 * i + k]! += values[k]! * tag[j]!;
      sums[3 * j + k]! += values[k]! * tag[i]!;
    }
  }
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (i, j) => tag[i]! - tag[j]! || sums[3 * i]! - sums[3 * j]! || sums[3 * i + 1]! - sums[3 * j + 1]!,
  );
  return Float64Array.from(order.flatMap((i) => [sums[3 * i]!, sums[3 * i + 1]!, sums[3 * i + 2]!]));
}

/** Root mean square difference of two fingerprints; infinity for structures of different size. A rattle of 0.01 Å gives 0.02 in a
 * perfect copper crystal and 0.1 to 0.4 in disorder. */
export function fingerprintDistance(a: Float64Array, b: Float64Array): number {
  if (a.length !== b.length) return Infinity;
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k]! - b[k]!) ** 2;
  return Math.sqrt(sum / Math.max(1, a.length));
}
