import { loadModel } from '../../load-model.js';
import { EquationPotential } from '../../potentials/equation-potential.js';
import { evaluateEam } from '../../potentials/evaluate-eam.js';
import { splined } from '../../potentials/splined.js';
import type { Structure } from '../../structures/structure.js';

/** The potential that a training left. */
export interface Trained {
  potential: EquationPotential;
  /** energy of the free atom on the scale of the labels, eV/atom */
  reference: number;
  /** energy on the scale of the labels, eV/atom */
  energy(structure: Structure): number;
}

/** @param folder of a training @throws InputError where there is none */
export function trainedIn(folder: string): Trained {
  const { potential, referenceEnergies } = loadModel(folder);
  if (!(potential instanceof EquationPotential)) throw new Error('the model of a fit is an equation');
  const reference = referenceEnergies[potential.model.element] ?? 0;
  const fast = splined(potential);
  return { potential, reference, energy: (structure) => evaluateEam(fast, structure).energy / structure.species.length + reference };
}
