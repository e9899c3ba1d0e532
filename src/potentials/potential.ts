import type { Structure } from '../structures/structure.js';
import type { Calculator, EamPotential, Evaluation } from './eam.js';
import { evaluateEam } from './evaluate-eam.js';
import { splined } from './splined.js';

/** Anything with energies: functions of the embedded-atom method, or a form that evaluates structures itself. */
export type Potential = EamPotential | Calculator;

/** True for functions of the embedded-atom method, which tables can hold, with angular terms (`isAdp`) or without; `evaluateEam` takes both. */
export function isEam(potential: Potential): potential is EamPotential {
  return 'embedding' in potential;
}

/** Energies, forces and stresses of many structures; long equations are tabulated finely first, see `splined`. */
export function evaluatorOf(potential: Potential): (structure: Structure) => Evaluation {
  if (!isEam(potential)) return (structure) => potential.evaluate(structure);
  const fast = splined(potential);
  return (structure) => evaluateEam(fast, structure);
}
