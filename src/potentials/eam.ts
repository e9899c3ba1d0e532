import type { Structure } from '../structures/structure.js';

/** A function of one variable with its derivative. `evaluate` returns the value and stores the derivative in `out[0]` when given. */
export interface ScalarFunction {
  /** value at x; the first derivative is written to `derivative[0]` */
  evaluate(x: number, derivative: Float64Array): number;
}

/**
 * An embedded-atom potential (also Finnis-Sinclair, where the density at a site depends on both elements):
 * E = sum_i F_i(sum_j rho_{b(j) at a(i)}(r_ij)) + sum_{i<j} phi_ab(r_ij).
 */
export interface EamPotential {
  /** chemical symbols */
  readonly elements: readonly string[];
  /** Å; pair and density are zero from here on */
  readonly cutoff: number;
  /** pair energy phi of elements a and b (indices into `elements`), eV over Å */
  pair(a: number, b: number): ScalarFunction;
  /** density that an atom of element b brings to the site of element a, over Å */
  density(a: number, b: number): ScalarFunction;
  /** embedding energy of element a, eV over density */
  embedding(a: number): ScalarFunction;
}

/** Energy and derivatives of one structure. */
export interface Evaluation {
  /** total, eV */
  energy: number;
  /** eV, shape (n) */
  atomEnergies: Float64Array;
  /** background density of each atom, shape (n) */
  densities: Float64Array;
  /** eV/Å, shape (n, 3) */
  forces: Float64Array;
  /** eV/Å³, shape (3, 3), positive = tension; undefined without a cell */
  stress: Float64Array | undefined;
}

/** Anything that gives energy, forces and stress of a structure. */
export interface Calculator {
  readonly elements: readonly string[];
  readonly cutoff: number;
  evaluate(structure: Structure): Evaluation;
}
