import type { MomentTable } from './moments.js';

/** A property that is a sum of energies of structures, with the value that it should have. */
export interface Target {
  /** as `eqpot validate` calls it */
  name: string;
  unit: string;
  /** added to the sum, in `unit` */
  offset: number;
  /** energies per atom, counted from free atoms, eV/atom, times `coefficient`, in `unit` per eV/atom */
  terms: { structure: number; coefficient: number }[];
  value: number;
  /** within it nothing pulls; beyond, it is the scale of the deviation */
  tolerance: number;
  /** eV/atom of loss for a deviation of one tolerance beyond the tolerance, about */
  weight: number;
  /** true where structures that have to relax are as they were built */
  provisional?: boolean;
}

/** Targets with the moments of their structures, which have the radial nodes of the data. */
export interface TargetSet {
  list: Target[];
  moments: MomentTable;
  /** a little below the shortest distance of the data and of the structures, Å; the radial nodes begin below it */
  shortest: number;
}

/** A target's value. @param energies per atom, counted from free atoms, eV, shape (structures) */
export function targetValue(target: Target, energies: ArrayLike<number>): number {
  let value = target.offset;
  for (const { structure, coefficient } of target.terms) value += coefficient * energies[structure]!;
  return value;
}

/** What a value of a target adds to the loss, eV/atom: a square within one tolerance beyond the tolerance, a line further out. */
export function pullLoss(target: Target, value: number): number {
  const { excess, weight } = pullOf(target, value);
  return weight * (Math.sqrt(excess * excess + 1) - 1);
}

/** How far a value is outside the tolerance, with its sign, in tolerances, and the weight of that. */
export function pullOf(target: Target, value: number): { excess: number; weight: number } {
  const deviation = (value - target.value) / target.tolerance;
  const excess = deviation > 1 ? deviation - 1 : deviation < -1 ? deviation + 1 : 0;
  return { excess, weight: target.weight };
}
