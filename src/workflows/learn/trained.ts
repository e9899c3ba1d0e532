import { loadModel } from '../../load-model.js';
import type { Core } from '../../potentials/core.js';
import { evaluatorOf, type Potential } from '../../potentials/potential.js';
import type { Structure } from '../../structures/structure.js';

/** The potential that a training left. */
export interface Trained {
  potential: Potential;
  /** Å; from here on the fitted functions hold alone, below the core takes part; 0 without a core */
  coreReach: number;
  /** energy of free atoms on the scale of the labels, eV/atom: the mean over these */
  reference(species: readonly string[]): number;
  /** energy on the scale of the labels, eV/atom */
  energy(structure: Structure): number;
}

/** @param folder of a training @throws InputError where there is none */
export function trainedIn(folder: string): Trained {
  const { potential, referenceEnergies } = loadModel(folder);
  const core = coreOf(potential);
  const evaluate = evaluatorOf(potential);
  const reference = (species: readonly string[]): number =>
    species.reduce((sum, symbol) => sum + (referenceEnergies[symbol] ?? 0), 0) / species.length;
  return {
    potential,
    coreReach: core.kind === 'none' ? 0 : core.outer,
    reference,
    energy: (structure) => evaluate(structure).energy / structure.species.length + reference(structure.species),
  };
}

/** Models of all fitted forms say what happens below the data. */
function coreOf(potential: Potential): Core {
  return (potential as { model?: { core?: Core } }).model?.core ?? { kind: 'none' };
}
