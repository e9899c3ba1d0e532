import type { LoadedModel } from './load-model.js';
import { isAdp } from './potentials/adp.js';
import { type CommitteeSpread, committeeSpread } from './potentials/committee.js';
import type { Committee } from './potentials/committee-file.js';
import { EquationPotential } from './potentials/equation-potential.js';
import { type Extrapolation, type ExtrapolationMeasure, extrapolationMeasure } from './potentials/extrapolation.js';
import type { Potential } from './potentials/potential.js';
import { Zjw04Potential } from './potentials/zjw04/model.js';
import type { Structure } from './structures/structure.js';

/** What is known of the trust that a prediction deserves. */
export interface FrameUncertainty {
  /** of the committee, scaled to the errors of held-out frames; undefined without a committee */
  spread?: CommitteeSpread;
  /** undefined for models that do not say what they were fitted to */
  extrapolation?: Extrapolation;
}

/**
 * Spread of the committee and extrapolation of structures.
 * @param committee such as `loadCommittee` gives
 * @throws InputError for an element that the model does not have
 */
export function frameUncertainties(
  { potential }: Pick<LoadedModel, 'potential'>,
  committee: Committee | undefined,
  structures: readonly Structure[],
  onProgress?: (fraction: number) => void,
): FrameUncertainty[] {
  const measure = rangedMeasure(potential);
  const spreadOf = committee && spreadMeasure(committee);
  return structures.map((structure, k) => {
    if (k % 8 === 0) onProgress?.(k / structures.length);
    return { ...(spreadOf && { spread: spreadOf(structure) }), ...(measure && { extrapolation: measure(structure) }) };
  });
}

/** The spread of the members of a committee, scaled as its file says. */
export function spreadMeasure({ members, scale }: Committee): ReturnType<typeof committeeSpread> {
  return committeeSpread(
    members.map(({ model }) => ({ potential: new EquationPotential(model), referenceEnergies: model.referenceEnergies })),
    scale,
  );
}

/** The measure of a potential of one element that says what it was fitted to; what its functions see is a distance and a density. */
export function rangedMeasure(potential: Potential): ExtrapolationMeasure | undefined {
  if (!(potential instanceof EquationPotential || potential instanceof Zjw04Potential)) return undefined;
  const { range } = potential.model;
  return range && potential.elements.length === 1 && !isAdp(potential) ? extrapolationMeasure(potential, range) : undefined;
}
