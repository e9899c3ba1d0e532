import type { Settings } from '../config/schema.js';
import { InputError } from '../errors.js';
import { ELEMENT_PARAMETERS, Zjw04Form } from '../potentials/zjw04/form.js';
import { Zjw04Potential } from '../potentials/zjw04/model.js';
import { publishedZjw04 } from '../potentials/zjw04/published.js';
import type { Place } from './check-data.js';
import { formerModel } from './former-model.js';

/** Dipole and quadrupole functions of a start: weak, over the first shells. Lengths in cutoffs, rates in 1/Å. */
const ANGULAR = { d1: 0.1, d2: 0.5, d3: 0.05, q1: 0.1, q2: 0.5, q3: 0.05, r0: 0.75, h: 0.45 };

/** Parameters that are densities. */
const DENSITIES: ReadonlySet<string> = new Set(['fe', 'rho_e', 'rho_s']);

/** What a fit starts from. */
export interface Zjw04Start {
  /** in the order of the form */
  parameters: Float64Array;
  /** whether former fits have all of them */
  whole: boolean;
}

/**
 * The parameters that a fit starts from: those of former fits where they have them (the last one named counts), else the published constants and
 * weak angular functions; of unlike elements the means of the two.
 * @throws InputError for a former fit that is none, is of another form or of other elements
 */
export function startParameters(form: Zjw04Form, settings: Settings, directory: string, place: Place): Zjw04Start {
  const { elements, cutoff } = form.settings;
  const former = formerParameters(elements, settings, directory, place);
  const published = new Map(elements.map((element) => [element, publishedZjw04(element)]));
  const scale = settings.zjw04.rho_e / published.get(elements[0]!)![ELEMENT_PARAMETERS.indexOf('rho_e')]!;
  const own = (element: string, name: string): number => {
    const before = former.get(key(element, name));
    if (before !== undefined) return before;
    if (!(name in ANGULAR)) {
      const value = published.get(element)![ELEMENT_PARAMETERS.indexOf(name as (typeof ELEMENT_PARAMETERS)[number])]!;
      return DENSITIES.has(name) ? scale * value : value;
    }
    return ANGULAR[name as keyof typeof ANGULAR] * (name === 'r0' || name === 'h' ? cutoff : 1);
  };
  const parameters = Float64Array.from(form.parameters, ({ of, name }) => {
    const both = of.split('-');
    return former.get(key(of, name)) ?? both.reduce((sum, element) => sum + own(element, name), 0) / both.length;
  });
  return { parameters, whole: form.parameters.every(({ of, name }) => former.has(key(of, name))) };
}

/** A parameter whatever the order of the two elements. */
function key(of: string, name: string): string {
  return `${of.split('-').sort().join('-')} ${name}`;
}

function formerParameters(elements: readonly string[], { zjw04 }: Settings, directory: string, place: Place): Map<string, number> {
  const found = new Map<string, number>();
  const list = zjw04.start === undefined ? [] : [zjw04.start].flat();
  list.forEach((name, index) => {
    const at = place(['zjw04', 'start', ...(Array.isArray(zjw04.start) ? [index] : [])]);
    const { potential } = formerModel('zjw04.start', name, directory, at);
    if (!(potential instanceof Zjw04Potential))
      throw new InputError(`zjw04.start names ${name}, a model of another form`, at, {
        hint: "expected the run directory or the model.json of a fit with 'form: zjw04'",
      });
    const { model } = potential;
    if (!model.elements.some((element) => elements.includes(element)))
      throw new InputError(
        `zjw04.start names ${name}, a model of ${model.elements.join(', ')}, but the data holds ${elements.join(', ')}`,
        at,
        {
          hint: 'leave it out',
        },
      );
    new Zjw04Form(model).parameters.forEach(({ of, name: parameter }, q) => {
      found.set(key(of, parameter), model.parameters[q]!);
    });
  });
  return found;
}
