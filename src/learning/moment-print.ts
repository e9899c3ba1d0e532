import { neighbourPairs } from '../structures/neighbours.js';
import type { Structure } from '../structures/structure.js';

/** Overlapping windows of distance. */
const WINDOWS = 14;

/**
 * What an embedded-atom potential can see of a structure, in few numbers: for each of 14 windows of distance the smooth number of
 * neighbours in it (far ones count less), its mean over the atoms and its standard deviation; for alloys the same for each pair of
 * elements, averaged over all atoms. The same for a structure in another orientation, with other lattice vectors, in another order, or
 * repeated, so structures of different size can be compared. Shape (elements, elements, 28).
 * @param cutoff Å
 * @param elements chemical symbols of an alloy; default: all atoms count as one
 */
export function momentPrint(structure: Structure, cutoff: number, elements: readonly string[] = []): Float64Array {
  const kinds = Math.max(1, elements.length);
  const kindOf = structure.species.map((symbol) => (kinds === 1 ? 0 : elements.indexOf(symbol)));
  const n = structure.species.length;
  const { count, first, second, distances } = neighbourPairs(structure, cutoff);
  // neighbours of each kind around each atom
  const sums = new Float64Array(n * kinds * WINDOWS);
  const width = cutoff / WINDOWS;
  for (let p = 0; p < count; p++) {
    const r = distances[p]!;
    const far = (1 - r / cutoff) ** 2;
    const ofFirst = (first[p]! * kinds + kindOf[second[p]!]!) * WINDOWS;
    const ofSecond = (second[p]! * kinds + kindOf[first[p]!]!) * WINDOWS;
    // a Gaussian is as good as zero three windows away
    const middle = Math.floor(r / width);
    for (let k = Math.max(0, middle - 3); k <= Math.min(WINDOWS - 1, middle + 3); k++) {
      const value = far * Math.exp(-((r / width - k - 0.5) ** 2));
      sums[ofFirst + k]! += value;
      sums[ofSecond + k]! += value;
    }
  }
  const print = new Float64Array(kinds * kinds * 2 * WINDOWS);
  for (let a = 0; a < kinds; a++)
    for (let b = 0; b < kinds; b++)
      for (let k = 0; k < WINDOWS; k++) {
        const at = (a * kinds + b) * 2 * WINDOWS + k;
        const share = (i: number): number => (kindOf[i] === a ? sums[(i * kinds + b) * WINDOWS + k]! : 0);
        let mean = 0;
        for (let i = 0; i < n; i++) mean += share(i) / n;
        let square = 0;
        for (let i = 0; i < n; i++) square += (share(i) - mean) ** 2 / n;
        print[at] = mean;
        print[at + WINDOWS] = Math.sqrt(square);
      }
  return print;
}

/** Root mean square difference of two prints. A rattle of 0.01 Å of a copper crystal gives about 0.01, a strain of 1 % about 0.02. */
export function printDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k]! - b[k]!) ** 2;
  return Math.sqrt(sum / a.length);
}

/** Distance to the nearest of some prints; infinity without any. */
export function distanceToNearest(print: Float64Array, others: readonly Float64Array[]): number {
  return others.reduce((least, other) => Math.min(least, printDistance(print, other)), Infinity);
}
