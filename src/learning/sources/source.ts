import type { RandomStream } from '../../math/random.js';
import type { Potential } from '../../potentials/potential.js';
import type { Structure } from '../../structures/structure.js';
import type { Alloy } from '../alloy.js';

/** A structure that might be worth a label. */
export interface Candidate {
  structure: Structure;
  /** group of the frame that it may become */
  configType: string;
  /** how it was made, for people */
  source: string;
}

/** Molecular dynamics with the present potential: handed in, because it needs a program. */
export type Dynamics = (
  start: Structure,
  options: { temperature: number; steps: number; snapshots: number; seed: number },
) => Promise<Structure[]>;

/** What a source works with. */
export interface SamplingContext {
  alloy: Alloy;
  /** the present potential; energies count from the free atom */
  potential: Potential;
  /** lowest energy of the training set at the composition of these atoms, on the scale of the potential, eV/atom */
  lowest(species: readonly string[]): number;
  random: RandomStream;
  dynamics: Dynamics;
  stop(): boolean;
  /** something that a person should know, such as a hole that the potential has */
  note(text: string): void;
}

/**
 * Makes structures. Everything random comes from the stream, so the same potential and stream give the same structures. A new source
 * is a file with a function of this kind and a line in index.ts.
 */
export type Source<Options> = (options: Options, context: SamplingContext) => Candidate[] | Promise<Candidate[]>;
