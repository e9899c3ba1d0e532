import { type SplineTerms, splineForm } from '../../../src/fitting/splines/form.js';
import type { SplineProblem } from '../../../src/fitting/splines/objective.js';
import { frameUnit } from '../../../src/fitting/unit.js';
import { RandomStream } from '../../../src/math/random.js';
import { type SMeamModel, SMeamPotential } from '../../../src/potentials/s-meam.js';
import type { Frame } from '../../../src/structures/structure.js';
import { smallStructure } from '../../potentials/splines.js';

/** Frames with all labels, by a given potential and reference energies. */
export function labelledFrames(model: SMeamModel, count: number, atoms: number, seed: number): Frame[] {
  const random = RandomStream.fromSeed(seed);
  const potential = new SMeamPotential(model);
  return Array.from({ length: count }, (_, index) => {
    const structure = smallStructure(model.elements, atoms, random);
    const { energy, forces, stress } = potential.evaluate(structure);
    const reference = structure.species.reduce((sum, symbol) => sum + (model.referenceEnergies[symbol] ?? 0), 0);
    return {
      ...structure,
      energy: energy + reference,
      forces,
      stress: stress!,
      configType: 'made',
      source: '',
      origin: { file: 'made', index },
    };
  });
}

export const LOSS = {
  nearWindow: 0.15,
  nearWeight: 2.5,
  forces: 0.1,
  stress: 1,
  configTypes: {},
  negativePair: false,
  negativeDensity: false,
  penalty: 1e18,
  referenceEnergy: undefined,
};

/** A problem over some frames with few knots. */
export function problemOf(frames: readonly Frame[], elements: readonly string[], terms: SplineTerms, cutoff = 4.5): SplineProblem {
  const knots = { phi: 6, rho: 5, u: 4, f: 5, g: 5 };
  return {
    form: splineForm({ terms, elements, shortest: 1.6, cutoff, reach: cutoff - 0.3, knots, domain: [-1, 1] }),
    frames,
    units: frames.map(frameUnit),
    ownWeights: new Float64Array(frames.length).fill(1),
    loss: LOSS,
    references: undefined,
    smoothness: 1e-6,
  };
}
