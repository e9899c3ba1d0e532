import { fingerprint, fingerprintDistance } from './fingerprint.js';
import type { Member } from './nested-ensemble.js';

export interface SelectOptions {
  /** number of configurations wanted; fewer come back when there are not as many different ones */
  count: number;
  /** highest energy, eV/atom */
  highest: number;
  /** fingerprint distance below which two configurations are one; default 0.05, a rattle of a few 0.001 Å */
  same?: number;
  /** fingerprints that count as taken already */
  taken?: readonly Float64Array[];
}

/**
 * Chooses configurations spread over energy, evenly in the square root of the excess over the lowest one, so that the ground
 * state's neighbourhood is covered more densely than the far ones; duplicates are left out.
 */
export function selectByEnergy<M extends Member>(members: readonly M[], options: SelectOptions): M[] {
  const perAtom = (member: Member) => member.energy / member.structure.species.length;
  const pool = members.filter((member) => perAtom(member) <= options.highest).sort((a, b) => perAtom(a) - perAtom(b));
  if (pool.length === 0) return [];
  const lowest = perAtom(pool[0]!);
  const excess = pool.map((member) => Math.sqrt(perAtom(member) - lowest));
  const same = options.same ?? 0.05;
  const known = [...(options.taken ?? [])];
  const state = new Int8Array(pool.length);
  const chosen: number[] = [];
  /** takes a configuration unless it is a duplicate; each is looked at once */
  const take = (k: number): boolean => {
    state[k] = 1;
    const print = fingerprint(pool[k]!.structure);
    if (known.some((other) => fingerprintDistance(other, print) < same)) return false;
    known.push(print);
    chosen.push(k);
    return true;
  };
  const highest = excess.at(-1)!;
  for (let t = 0; t < options.count; t++) {
    const target = options.count > 1 ? (highest * t) / (options.count - 1) : 0;
    for (let k = nearest(excess, state, target); k >= 0; k = nearest(excess, state, target)) if (take(k)) break;
  }
  return chosen.sort((a, b) => a - b).map((k) => pool[k]!);
}

/** Index of the untouched value closest to the target in a growing list; -1 when all were touched. */
function nearest(values: readonly number[], touched: Int8Array, target: number): number {
  let best = -1;
  for (let k = 0; k < values.length; k++) {
    if (touched[k]) continue;
    if (best >= 0 && values[k]! > target && values[k]! - target >= Math.abs(values[best]! - target)) break;
    if (best < 0 || Math.abs(values[k]! - target) < Math.abs(values[best]! - target)) best = k;
  }
  return best;
}
