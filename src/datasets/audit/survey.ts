import { elementOf } from '../../structures/elements.js';
import { neighbourPairs } from '../../structures/neighbours.js';
import type { Structure } from '../../structures/structure.js';

/** What the checks need to know of the geometry of one frame. */
export interface Survey {
  /** shortest distance, Å; Infinity when no two atoms are within the reach of the survey */
  nearest: number;
  /** median over the atoms of the distance to their nearest neighbour, Å */
  typical: number;
  /**
   * Means and standard deviations over the atoms of smooth sums over the neighbours: equal for structures that are the same up to
   * translation, rotation, numbering and repetition.
   */
  fingerprint: Float64Array;
  /** number of different environments, up to a relative rounding of 1e-4 */
  environments: number;
  /** relative spread of the number of neighbours, weighted by distance, over the atoms */
  spread: number;
}

const FUNCTIONS = 10;

/** @param reach Å; neighbours further than this are not looked at */
export function survey(structure: Structure, reach: number): Survey {
  const n = structure.species.length;
  const list = neighbourPairs(structure, reach);
  const nearestOf = new Float64Array(n).fill(Number.POSITIVE_INFINITY);
  const sums = new Float64Array(n * FUNCTIONS);
  // several elements: neighbours count by their atomic number, sites are weighted by theirs
  const several = new Set(structure.species).size > 1;
  const charge = Float64Array.from(structure.species, (symbol) => (several ? elementOf(symbol).z / 30 : 1));
  for (let p = 0; p < list.count; p++) {
    const i = list.first[p]!;
    const j = list.second[p]!;
    const r = list.distances[p]!;
    if (r < nearestOf[i]!) nearestOf[i] = r;
    if (r < nearestOf[j]!) nearestOf[j] = r;
    const x = 1 - (r / reach) ** 2;
    const factor = x * x * x;
    // cos(k a) by recurrence
    const c = Math.cos((Math.PI * r) / reach);
    let before = c;
    let now = 1;
    for (let k = 0; k < FUNCTIONS; k++) {
      sums[i * FUNCTIONS + k]! += factor * now * charge[j]!;
      sums[j * FUNCTIONS + k]! += factor * now * charge[i]!;
      const next = 2 * c * now - before;
      before = now;
      now = next;
    }
  }
  const fingerprint = new Float64Array(2 * FUNCTIONS + 1);
  let weight = 0;
  for (let i = 0; i < n; i++) {
    weight += charge[i]!;
    for (let k = 0; k < FUNCTIONS; k++) fingerprint[k]! += charge[i]! * sums[i * FUNCTIONS + k]!;
  }
  for (let k = 0; k < FUNCTIONS; k++) fingerprint[k]! /= weight;
  for (let i = 0; i < n; i++)
    for (let k = 0; k < FUNCTIONS; k++)
      fingerprint[FUNCTIONS + k]! += (charge[i]! * (sums[i * FUNCTIONS + k]! - fingerprint[k]!) ** 2) / weight;
  for (let k = FUNCTIONS; k < 2 * FUNCTIONS; k++) fingerprint[k] = Math.sqrt(fingerprint[k]!);
  fingerprint[2 * FUNCTIONS] = weight / n;
  const mean = fingerprint[0]!;
  nearestOf.sort();
  return {
    nearest: n > 0 ? nearestOf[0]! : Number.POSITIVE_INFINITY,
    typical: n > 0 ? nearestOf[n >> 1]! : Number.POSITIVE_INFINITY,
    fingerprint,
    environments: countEnvironments(sums, n),
    spread: mean > 0 ? fingerprint[FUNCTIONS]! / mean : 0,
  };
}

/** Number of groups of atoms whose sums agree to a relative 1e-4; compared in sorted order, so that no rounding boundary splits one. */
function countEnvironments(sums: Float64Array, n: number): number {
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => sums[a * FUNCTIONS]! - sums[b * FUNCTIONS]!);
  const heads: number[] = [];
  for (const i of order) {
    const tolerance = 1e-4 * (1 + sums[i * FUNCTIONS]!);
    let known = false;
    for (let h = heads.length - 1; h >= 0 && !known; h--) {
      if (sums[i * FUNCTIONS]! - sums[heads[h]! * FUNCTIONS]! > tolerance) break;
      known = true;
      for (let k = 1; k < FUNCTIONS && known; k++)
        known = Math.abs(sums[i * FUNCTIONS + k]! - sums[heads[h]! * FUNCTIONS + k]!) <= tolerance;
    }
    if (!known) heads.push(i);
  }
  return heads.length;
}
