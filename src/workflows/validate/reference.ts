import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { problemsOf } from '../../config/issues.js';
import { type Problem, SettingsSource } from '../../config/source.js';
import { didYouMean } from '../../config/suggest.js';
import { InputError } from '../../errors.js';
import type { Unit } from '../../properties/property.js';
import { isCrystal } from '../../properties/system.js';
import type { ReferenceCurve, ReferenceValue } from '../../report/validation/validation.js';

export type { ReferenceCurve, ReferenceValue } from '../../report/validation/validation.js';

/** What a reference file holds. */
export interface Reference {
  title?: string;
  /** chemical symbol */
  element?: string;
  /** name of a crystal structure, or path of a structure file */
  structure?: string;
  values: ReadonlyMap<string, ReferenceValue>;
  /** points for pictures, by the id of the property */
  curves: Readonly<Record<string, readonly ReferenceCurve[]>>;
  /** path as the user gave it */
  file: string;
  /** of the file */
  sha256: string;
}

const tolerance = z
  .union([
    z.number().nonnegative(),
    z.string().regex(/^\s*\d+(\.\d+)?\s*%\s*$/, 'expected a number in the unit of the value, such as 0.02, a share such as 2 %, or none'),
    z.literal('none'),
  ])
  .describe('largest deviation that passes: a number in the unit of the value, a share such as 2 %, or none');

const entry = z.strictObject({
  value: z.number().describe('the reference value'),
  unit: z.string().optional().describe('unit of value, tolerance and others; default: that of the property'),
  tolerance: tolerance.optional(),
  source: z.string().min(1).describe('where the value is from: a citation'),
  note: z.string().optional().describe('a remark for people'),
  others: z
    .array(z.strictObject({ value: z.number(), source: z.string().min(1) }))
    .optional()
    .describe('further values for comparison, such as another experiment'),
});

const curve = z.strictObject({
  curve: z.string().optional().describe('id of the curve that the points belong to; default: the first of the property'),
  label: z.string().min(1).describe('name in the legend, such as DFT'),
  source: z.string().min(1).describe('where the points are from: a citation'),
  points: z
    .array(z.tuple([z.union([z.number(), z.string().min(1)]), z.number()], z.number()))
    .min(1)
    .describe('[x, y] or [x, y1, y2, ...] in the units of the picture; x may be the name of a position on the axis, such as X'),
  style: z.enum(['line', 'points']).optional().describe('default: points'),
});

const schema = z.strictObject({
  title: z.string().optional().describe('what the values are of'),
  element: z.string().optional().describe('chemical symbol'),
  structure: z.string().optional().describe('fcc, bcc, hcp, diamond, sc or a structure file'),
  default_tolerance: tolerance.optional(),
  properties: z.record(z.string(), entry).describe('reference values by the name of the property'),
  curves: z.record(z.string(), z.array(curve)).optional().describe('points for pictures, by the id of the property'),
});

/** Names that may be used: unit by name where it is certain, and whether an unlisted name may be one. */
export interface KnownNames {
  units: ReadonlyMap<string, Unit>;
  knows(name: string): boolean;
  /** ids of the properties */
  ids: readonly string[];
}

/** Other spellings and multiples: [unit of the property, factor]. */
const UNITS: Readonly<Record<string, readonly [Unit, number]>> = {
  A: ['Å', 1],
  Angstrom: ['Å', 1],
  angstrom: ['Å', 1],
  'A^3': ['Å³', 1],
  A3: ['Å³', 1],
  meV: ['eV', 1e-3],
  'J/m²': ['mJ/m²', 1e3],
  'J/m^2': ['mJ/m²', 1e3],
  'J/m2': ['mJ/m²', 1e3],
  'mJ/m^2': ['mJ/m²', 1],
  'mJ/m2': ['mJ/m²', 1],
  kbar: ['GPa', 0.1],
  Mbar: ['GPa', 100],
  MPa: ['GPa', 1e-3],
  'cm-1': ['THz', 0.0299792458],
  '1/K': ['1e-6/K', 1e6],
};

/**
 * Reads a reference file.
 * @throws InputError that lists every problem with its line: YAML, unknown names (with what was probably meant), units that do not fit
 */
export function readReference(path: string, known: KnownNames): Reference {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new InputError(`the reference file cannot be read: ${(cause as Error).message}`, { file: path }, { cause });
  }
  return parseReference(text, path, known);
}

/** The same for a text. @param file name for messages */
export function parseReference(text: string, file: string, known: KnownNames): Reference {
  const source = new SettingsSource(file, text);
  const syntax = source.syntaxProblems();
  if (syntax.length > 0) throw source.error(syntax);
  const value = source.value();
  if (value === null || value === undefined)
    throw new InputError(
      'the reference file is empty',
      { file },
      { hint: "expected 'properties: { lattice_constant: { value: 3.615, source: ... } }'" },
    );
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw source.error(problemsOf(parsed.error.issues, schema, value));
  const { title, element, structure, default_tolerance, properties, curves } = parsed.data;
  const problems: Problem[] = [];
  const values = new Map<string, ReferenceValue>();
  for (const [name, given] of Object.entries(properties)) {
    if (!known.units.has(name) && !known.knows(name)) {
      problems.push({
        message: `there is no property '${name}'${didYouMean(name, known.units.keys())}`,
        hint: 'eqpot validate --list names all of them',
        at: { path: ['properties', name], key: true },
      });
      continue;
    }
    const own = known.units.get(name);
    const converted = convert(given.unit, own);
    if (converted === undefined) {
      problems.push({ message: `${name} is in ${own || 'no unit'}, not in '${given.unit}'`, at: { path: ['properties', name, 'unit'] } });
      continue;
    }
    const [unit, factor] = converted;
    values.set(name, {
      value: given.value * factor,
      unit,
      tolerance: absolute(given.tolerance ?? default_tolerance, given.value, factor),
      source: given.source,
      others: (given.others ?? []).map((other) => ({ ...other, value: other.value * factor })),
      ...(given.note === undefined ? {} : { note: given.note }),
    });
  }
  for (const id of Object.keys(curves ?? {}))
    if (!known.ids.includes(id))
      problems.push({
        message: `there is no property '${id}'${didYouMean(id, known.ids)}`,
        hint: 'curves stand under the id of a property: eqpot validate --list',
        at: { path: ['curves', id], key: true },
      });
  if (problems.length > 0) throw source.error(problems);
  return {
    ...(title === undefined ? {} : { title }),
    ...(element === undefined ? {} : { element }),
    ...(structure === undefined ? {} : { structure: isCrystal(structure) ? structure : resolve(dirname(file), structure) }),
    values,
    curves: curves ?? {},
    file,
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}

function convert(given: string | undefined, own: Unit | undefined): readonly [Unit, number] | undefined {
  if (given === undefined || given === own) return [own ?? '', 1];
  if (own === undefined) return UNITS[given] ?? [given as Unit, 1];
  if (given === 'meV/atom' && own === 'eV/atom') return [own, 1e-3];
  if (given === 'eV/atom' && own === 'meV/atom') return [own, 1e3];
  if ((given === 'eV' && own === 'eV/atom') || (given === 'eV/atom' && own === 'eV')) return [own, 1];
  const known = UNITS[given];
  return known?.[0] === own ? known : undefined;
}

function absolute(tolerance: number | string | undefined, value: number, factor: number): number | undefined {
  if (tolerance === undefined || tolerance === 'none') return undefined;
  if (typeof tolerance === 'number') return tolerance * Math.abs(factor);
  return (Math.abs(value * factor) * Number.parseFloat(tolerance)) / 100;
}
