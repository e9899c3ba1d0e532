import type { Structure } from '../structures/structure.js';

/** The crystal whose properties are wanted, with the lattice constant that is wanted. */
export interface TargetCrystal {
  kind: 'fcc' | 'bcc';
  element: string;
  /** Å */
  a: number;
  /** conventional cell */
  cell: Structure;
  /** amu */
  mass: number;
  /** GPa, for the conversion of a pressure to a change of the lattice constant */
  bulkModulus: number;
  /** of the fit, Å */
  cutoff: number;
  /** of the differences that elastic constants are */
  strain?: number;
}

/** How a structure follows the potential: not at all, its atoms, atoms and volume, or atoms and the lengths of the (orthogonal or hexagonal) cell. */
export type Relaxation = 'none' | 'atoms' | 'volume' | 'lengths';

/** Atoms of a crystal in thermal motion: one of several configurations of a run with the potential at this temperature, K, at fixed volume. */
export interface ThermalMotion {
  temperature: number;
  /** which of them */
  snapshot: number;
  of: number;
  /** isotropic scale of the configuration, which is that of a run at scale 1 */
  scale: number;
}

/** A structure whose energy enters. */
export interface Geometry {
  structure: Structure;
  relax: Relaxation | ThermalMotion;
  /** forces below this end a relaxation, eV/Å; 0.005 when absent */
  force?: number;
  /** added to the value for each eV of its total energy, counted from free atoms */
  perEnergy: number;
}

/** A property as a sum of energies. */
export interface Functional {
  unit: string;
  offset: number;
  geometries: Geometry[];
}

/** Properties of one kind. A new kind is a file with one of these and a line in index.ts. */
export interface TargetFamily {
  /** names that it gives, as `eqpot validate` calls them; `hkl` stands for indices */
  names: string;
  knows(name: string): boolean;
  /** @param value that is wanted, in its unit @returns undefined where the crystal has no such property */
  build(name: string, crystal: TargetCrystal, value: number): Functional | undefined;
}
