import type { Structure } from '../../structures/structure.js';

/** Which structures a model is fitted to, and their energies. */
export interface JudgeTask {
  /** eV/atom, shape (structures) */
  energies: Float64Array;
  /** 1 for structures to fit, shape (structures) */
  use: Uint8Array;
  /** number of the energy zero of each structure, shape (structures) */
  zeroOf?: Int32Array;
}

export interface JudgeFit {
  /** energies of all structures, eV/atom */
  energies: Float64Array;
  /** robust noise scale at the energy of each fitted structure, eV/atom */
  sigma: Float64Array;
  /** energy zeros and the standard deviations of their differences from the first, eV/atom */
  zeros: Float64Array;
  zeroErrors: Float64Array;
}

/**
 * A model that is flexible enough to follow right energies and robust enough not to follow wrong ones. The audit is told what
 * structures mean only through it; the fitting layer supplies it (src/audit.ts).
 */
export interface EnergyModel<Fit extends JudgeFit = JudgeFit> {
  fit(task: JudgeTask, start?: Fit): Fit;
  /** energies of the fitted structures, each from a fit without its fold, eV/atom */
  crossValidate(task: JudgeTask, full: Fit, fold: ArrayLike<number>, progress?: (done: number, of: number) => void): Float64Array;
  /** forces (eV/Å, shape (n, 3)) and stress (eV/Å³, tension positive) of a fit */
  calculator(fit: Fit): (structure: Structure) => { forces: Float64Array; stress: Float64Array | undefined };
}

/** Builds a model of structures of one element. Distances in Å. */
export type ModelFactory = (
  structures: readonly Structure[],
  range: { shortest: number; cutoff: number },
  progress: (done: number, of: number) => void,
) => EnergyModel;
