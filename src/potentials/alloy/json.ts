import { InputError } from '../../errors.js';
import type { Expression } from '../../expressions/expression.js';
import { parseExpression } from '../../expressions/parse.js';
import { printText } from '../../expressions/print.js';
import { elementOf } from '../../structures/elements.js';
import type { Core } from '../core.js';
import { CUTOFF_STYLES, type CutoffStyle, TAPERS } from '../cutoffs/index.js';
import type { SeenRange } from '../seen-range.js';
import { type AlloyModel, pairNames } from './model.js';

const FORMAT = 'eqpot-model';
/** What `form` says in a `model.json` of equations of several elements. */
export const ALLOY = 'alloy';

/** The content of `model.json`. */
export function writeAlloy(model: AlloyModel): string {
  const { pair, density, embedding, ...rest } = model;
  const { elements } = model;
  const named = (names: readonly string[], list: readonly Expression[], variable: string) =>
    Object.fromEntries(names.map((name, k) => [name, printText(list[k]!, variable)]));
  const equations = {
    pair: named(
      pairNames(elements).map(({ name }) => name),
      pair,
      'r',
    ),
    density: named(elements, density, 'r'),
    embedding: named(elements, embedding, 'rho'),
  };
  const head = { format: FORMAT, version: 1, form: ALLOY, units: { length: 'angstrom', energy: 'eV' } };
  return `${JSON.stringify({ ...head, equations, ...rest }, null, 2)}\n`;
}

/**
 * Reads the content of `model.json`.
 * @throws InputError that names the file and what is wrong
 */
export function readAlloy(text: string, file: string): AlloyModel {
  const json = JSON.parse(text) as Record<string, unknown>;
  const wrong = (what: string): InputError => new InputError(`${what} in this model file`, { file });
  if (json['format'] !== FORMAT || json['form'] !== ALLOY) throw wrong(`"format" is not "${FORMAT}", or "form" is not "${ALLOY}"`);
  if (json['version'] !== 1) throw wrong(`version ${String(json['version'])} is not known (this eqpot reads 1)`);
  const elements = json['elements'] as string[];
  if (!Array.isArray(elements) || elements.length === 0) throw wrong('"elements" is not a list of chemical symbols');
  for (const symbol of elements) elementOf(symbol);
  const equations = (json['equations'] ?? {}) as Record<string, Record<string, unknown> | undefined>;
  const equation = (kind: string, name: string, variable: string): Expression => {
    const source = equations[kind]?.[name];
    if (typeof source !== 'string') throw wrong(`equations.${kind}.${name} is missing`);
    try {
      return parseExpression(source, variable);
    } catch (cause) {
      throw new InputError(`equations.${kind}.${name}: ${(cause as Error).message}`, { file }, { cause });
    }
  };
  const number = (name: string): number => {
    const value = json[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(`"${name}" must be a number`);
    return value;
  };
  const cutoffStyle = json['cutoffStyle'] as CutoffStyle;
  if (!CUTOFF_STYLES.includes(cutoffStyle)) throw wrong(`"cutoffStyle" must be one of ${CUTOFF_STYLES.join(', ')}`);
  const [cutoff, taperWidth] = [number('cutoff'), number('taperWidth')];
  if (!(cutoff > 0)) throw wrong('"cutoff" must be larger than 0');
  if (cutoffStyle !== 'shift' && TAPERS[cutoffStyle].defaultWidth(cutoff) > 0 && !(taperWidth > 0))
    throw wrong(`"taperWidth" must be larger than 0 for a ${cutoffStyle} cutoff`);
  const core = (json['core'] ?? { kind: 'none' }) as Core;
  if (core.kind !== 'none' && !((core.kind === 'zbl' || core.kind === 'line') && core.inner > 0 && core.outer > core.inner))
    throw wrong('"core" must be of kind "none", or "zbl" or "line" with 0 < inner < outer');
  return {
    title: String(json['title'] ?? ''),
    elements,
    pair: pairNames(elements).map(({ name }) => equation('pair', name, 'r')),
    density: elements.map((name) => equation('density', name, 'r')),
    embedding: elements.map((name) => equation('embedding', name, 'rho')),
    cutoff,
    cutoffStyle,
    taperWidth,
    densityFloor: number('densityFloor'),
    core,
    referenceEnergies: (json['referenceEnergies'] ?? {}) as Record<string, number>,
    citation: String(json['citation'] ?? ''),
    ...(json['range'] ? { range: json['range'] as SeenRange } : {}),
  };
}
