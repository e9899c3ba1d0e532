import type { RandomStream } from '../../math/random.js';
import type { Candidate } from '../sources/source.js';

/** A candidate with what a rule may judge it by. */
export interface Judged extends Candidate {
  /** of `momentPrint` */
  print: Float64Array;
  /** predicted, eV/atom */
  energy: number;
  /** how much the potentials of the committee differ, eV/atom; NaN without a committee */
  disagreement: number;
}

/** What a rule works with. */
export interface RuleContext {
  /** largest number of structures */
  budget: number;
  /** prints of the structures that have labels */
  known: readonly Float64Array[];
  /** error that counts as wrong, eV/atom */
  threshold: number;
  /** print distance from which a structure counts as new to `farthest` */
  distance: number;
  random: RandomStream;
}

/** Chooses the candidates that get a label. A new rule is a file with one of these and a line in index.ts. */
export interface Rule {
  /** whether candidates need a disagreement */
  committee: boolean;
  /** whether only those whose label contradicts the prediction are worth training on (the paper's rule) */
  compares: boolean;
  /**
   * What is worth a label, most important first; nothing when there is nothing new.
   * @param pool different from each other and from all that have labels
   */
  choose(pool: readonly Judged[], context: RuleContext): Judged[];
}
