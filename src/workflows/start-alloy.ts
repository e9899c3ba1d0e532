import type { Settings } from '../config/schema.js';
import { InputError } from '../errors.js';
import type { AlloyForm, AlloyFunction } from '../fitting/alloy/form.js';
import { type FormerEquations, setEquations } from '../fitting/alloy/from-equations.js';
import type { AlloyStart } from '../fitting/alloy/objective.js';
import { type AlloyModel, AlloyPotential, pairNames } from '../potentials/alloy/model.js';
import { type EquationModel, EquationPotential } from '../potentials/equation-potential.js';
import type { Place } from './check-data.js';
import { formerModel } from './former-model.js';

/**
 * What former fits say of the functions of a form; the last one named counts. Undefined where the settings name none.
 * @throws InputError at the setting for a model of another form, of other elements, or with terms that the networks do not have
 */
export function startOf(form: AlloyForm, { alloy }: Settings, directory: string, place: Place): AlloyStart | undefined {
  if (alloy.start === undefined) return undefined;
  const parameters = new Float64Array(form.size);
  const known = new Uint8Array(form.size);
  [alloy.start].flat().forEach((name, index) => {
    const at = place(['alloy', 'start', ...(Array.isArray(alloy.start) ? [index] : [])]);
    const { potential } = formerModel('alloy.start', name, directory, at);
    if (!(potential instanceof EquationPotential || potential instanceof AlloyPotential))
      throw new InputError(`alloy.start names ${name}, which is no closed equation`, at, {
        hint: "expected the run directory or the model.json of a fit with 'form: equation' or 'form: alloy'",
      });
    if (!potential.elements.some((element) => form.settings.elements.includes(element)))
      throw new InputError(
        `alloy.start names ${name}, a model of ${potential.elements.join(', ')}, but the data holds ${form.settings.elements.join(', ')}`,
        at,
        { hint: 'leave it out' },
      );
    try {
      const former = potential instanceof AlloyPotential ? ofAlloy(potential.model) : ofElement(potential.model);
      for (const q of setEquations(form, parameters, former)) known[q] = 1;
    } catch (cause) {
      if (!(cause instanceof InputError)) throw cause;
      throw new InputError(`alloy.start: ${name}: ${cause.message}`, at, { cause, hint: cause.hint });
    }
  });
  return { parameters, known };
}

function ofElement({ element, densityFloor, ...model }: EquationModel): FormerEquations {
  return { densityFloor, equation: ({ kind, of }) => (of.split('-').every((one) => one === element) ? model[kind] : undefined) };
}

function ofAlloy({ elements, densityFloor, ...model }: AlloyModel): FormerEquations {
  const pairs = pairNames(elements).map(({ name }) => name);
  return {
    densityFloor,
    equation({ kind, of }: AlloyFunction) {
      const names = kind === 'pair' ? pairs : elements;
      return model[kind].find((_, k) => names[k] === of || names[k] === of.split('-').reverse().join('-'));
    },
  };
}
