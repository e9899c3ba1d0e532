import { InputError } from '../../errors.js';
import { elementOf } from '../../structures/elements.js';
import type { Core } from '../core.js';
import type { SeenRange } from '../seen-range.js';
import { Zjw04Form } from './form.js';
import type { Zjw04Model } from './model.js';

const FORMAT = 'eqpot-model';
/** What `form` says in a `model.json` of this form. */
export const ZJW04 = 'zjw04';

/** The content of `model.json` of a Zjw04 potential. */
export function writeZjw04(model: Zjw04Model): string {
  const { parameters, ...rest } = model;
  const named: Record<string, Record<string, number>> = {};
  new Zjw04Form(model).parameters.forEach(({ of, name }, q) => {
    named[of] = { ...named[of], [name]: parameters[q]! };
  });
  const head = { format: FORMAT, version: 1, form: ZJW04, units: { length: 'angstrom', energy: 'eV' } };
  return `${JSON.stringify({ ...head, ...rest, parameters: named }, null, 1)}\n`;
}

/**
 * Reads the content of `model.json`.
 * @throws InputError that names the file and what is wrong
 */
export function readZjw04(text: string, file: string): Zjw04Model {
  const json = JSON.parse(text) as Record<string, unknown>;
  const wrong = (what: string): InputError => new InputError(`${what} in this model file`, { file });
  if (json['format'] !== FORMAT || json['form'] !== ZJW04) throw wrong(`"format" is not "${FORMAT}", or "form" is not "${ZJW04}"`);
  if (json['version'] !== 1) throw wrong(`version ${String(json['version'])} is not known (this eqpot reads 1)`);
  const elements = json['elements'] as string[];
  if (!Array.isArray(elements) || elements.length === 0) throw wrong('"elements" is not a list of chemical symbols');
  for (const symbol of elements) elementOf(symbol);
  const { kind, cross, cutoff, taperWidth } = json;
  if (kind !== 'eam' && kind !== 'adp') throw wrong('"kind" is neither eam nor adp');
  if (cross !== 'mixed' && cross !== 'free') throw wrong('"cross" is neither mixed nor free');
  const [end, width] = [Number(cutoff), Number(taperWidth)];
  if (!(end > 0 && width > 0 && width < end)) throw wrong('"cutoff" and "taperWidth" must be lengths with 0 < taperWidth < cutoff');
  const form = new Zjw04Form({ elements, kind, cross, cutoff: end, taperWidth: width });
  const named = (json['parameters'] ?? {}) as Record<string, Record<string, unknown> | undefined>;
  const parameters = Float64Array.from(form.parameters, ({ of, name }, q) => {
    const value = named[of]?.[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(`parameters.${of}.${name} must be a number`);
    if (form.positive[q] && !(value > 0)) throw wrong(`parameters.${of}.${name} must be larger than 0`);
    return value;
  });
  const core = (json['core'] ?? { kind: 'none' }) as Core;
  if (core.kind !== 'none' && !((core.kind === 'zbl' || core.kind === 'line') && core.inner > 0 && core.outer > core.inner))
    throw wrong('"core" must be of kind "none", or "zbl" or "line" with 0 < inner < outer');
  return {
    ...form.settings,
    title: String(json['title'] ?? ''),
    parameters,
    core,
    referenceEnergies: (json['referenceEnergies'] ?? {}) as Record<string, number>,
    citation: String(json['citation'] ?? ''),
    ...(json['range'] ? { range: json['range'] as SeenRange } : {}),
  };
}
