import { type NeighbourList, neighbourPairs } from '../structures/neighbours.js';
import type { Structure } from '../structures/structure.js';
import type { EamPotential } from './eam.js';
import { evaluateEam } from './evaluate-eam.js';
import { splined } from './splined.js';

/** A potential of a committee: all of them were fitted to resamples of one data set. A `LoadedModel` is one. */
export interface CommitteeMember {
  potential: EamPotential;
  /** energy of the free atom on the scale of the data, eV/atom; absent elements count as zero */
  referenceEnergies: Readonly<Record<string, number>>;
}

/** Factors that bring the spread of a committee to the size of its errors; 1 leaves the plain spread. */
export interface SpreadScale {
  energy: number;
  forces: number;
}

/** How much the members of a committee differ about a structure: one standard deviation (with n - 1). */
export interface CommitteeSpread {
  /** of the total energy on the scale of the data, eV */
  energy: number;
  /** of the force on each atom: root mean square length of the deviation from the mean force, eV/Å, shape (n) */
  forces: Float64Array;
}

/** Gives the spread of a structure. */
export type SpreadMeasure = (structure: Structure) => CommitteeSpread;

/**
 * The spread of a committee about structures; make it once, then use it for any number of structures. No I/O.
 * @param members at least two
 * @param scale as it stands in `committee.json`: without it the spread of a bootstrap is far smaller than the errors
 * @throws InputError (on use) for an element that a member does not have
 */
export function committeeSpread(members: readonly CommitteeMember[], scale: SpreadScale = { energy: 1, forces: 1 }): SpreadMeasure {
  const fast = members.map(({ potential, referenceEnergies }) => ({ potential: splined(potential), referenceEnergies }));
  return (structure) => {
    const n = structure.species.length;
    const lists = new Map<number, NeighbourList>();
    const pairsFor = (cutoff: number): NeighbourList => {
      const known = lists.get(cutoff) ?? neighbourPairs(structure, cutoff);
      lists.set(cutoff, known);
      return known;
    };
    // running means and sums of squares (Welford), in which large common parts do not cancel
    let mean = 0;
    let square = 0;
    const meanForce = new Float64Array(3 * n);
    const squareForce = new Float64Array(n);
    fast.forEach(({ potential, referenceEnergies }, m) => {
      const { energy, forces } = evaluateEam(potential, structure, pairsFor(potential.cutoff));
      const total = structure.species.reduce((sum, symbol) => sum + (referenceEnergies[symbol] ?? 0), energy);
      const before = total - mean;
      mean += before / (m + 1);
      square += before * (total - mean);
      for (let k = 0; k < 3 * n; k++) {
        const off = forces[k]! - meanForce[k]!;
        meanForce[k]! += off / (m + 1);
        squareForce[Math.floor(k / 3)]! += off * (forces[k]! - meanForce[k]!);
      }
    });
    const root = (sum: number): number => Math.sqrt(Math.max(0, sum) / (fast.length - 1));
    return { energy: scale.energy * root(square), forces: squareForce.map((sum) => scale.forces * root(sum)) };
  };
}
