import { InputError } from '../errors.js';
import type { SplineKnots } from '../math/cubic-spline.js';
import { elementOf } from '../structures/elements.js';
import { type OverlaidCore, S_MEAM_KINDS, type SMeamFunctions, type SMeamModel } from './s-meam.js';

const FORMAT = 'eqpot-model';
/** What `form` says in a `model.json` of this form. */
export const S_MEAM = 's-meam';

/** The content of `model.json` of a spline potential. */
export function writeSMeam(model: SMeamModel): string {
  const { functions, ...rest } = model;
  const lists = S_MEAM_KINDS.map((kind) => [kind, functions[kind].map((knots) => ({ ...knots, values: [...knots.values] }))]);
  const head = { format: FORMAT, version: 1, form: S_MEAM, units: { length: 'angstrom', energy: 'eV' } };
  return `${JSON.stringify({ ...head, ...rest, functions: Object.fromEntries(lists) }, null, 1)}\n`;
}

/**
 * Reads the content of `model.json`.
 * @throws InputError that names the file and what is wrong
 */
export function readSMeam(text: string, file: string): SMeamModel {
  const json = JSON.parse(text) as Record<string, unknown>;
  const wrong = (what: string): InputError => new InputError(`${what} in this model file`, { file });
  if (json['format'] !== FORMAT || json['form'] !== S_MEAM) throw wrong(`"format" is not "${FORMAT}", or "form" is not "${S_MEAM}"`);
  if (json['version'] !== 1) throw wrong(`version ${String(json['version'])} is not known (this eqpot reads 1)`);
  const elements = json['elements'] as string[];
  if (!Array.isArray(elements) || elements.length === 0) throw wrong('"elements" is not a list of chemical symbols');
  for (const symbol of elements) elementOf(symbol);
  const pairs = (elements.length * (elements.length + 1)) / 2;
  const given = (json['functions'] ?? {}) as Record<string, unknown>;
  const functions = Object.fromEntries(
    S_MEAM_KINDS.map((kind) => {
      const list = given[kind];
      const full = kind === 'phi' || kind === 'g' ? pairs : elements.length;
      if (!Array.isArray(list) || (list.length !== full && (kind === 'phi' || list.length !== 0)))
        throw wrong(`functions.${kind} needs ${full} functions${kind === 'phi' ? '' : ' or none'}`);
      return [kind, list.map((one, k) => knotsOf(one, () => wrong(`functions.${kind}[${k}] is no spline of at least two knots`)))];
    }),
  ) as unknown as SMeamFunctions<SplineKnots>;
  if ((functions.f.length === 0) !== (functions.g.length === 0)) throw wrong('f is given without g, or g without f,');
  const core = (json['core'] ?? { kind: 'none' }) as OverlaidCore;
  if (core.kind !== 'none' && !(core.kind === 'zbl' && core.inner > 0 && core.outer > core.inner))
    throw wrong('"core" must be none, or zbl with 0 < inner < outer');
  return {
    title: String(json['title'] ?? ''),
    elements,
    functions,
    core,
    referenceEnergies: (json['referenceEnergies'] ?? {}) as Record<string, number>,
    citation: String(json['citation'] ?? ''),
    ...(json['range'] ? { range: json['range'] as NonNullable<SMeamModel['range']> } : {}),
  };
}

function knotsOf(value: unknown, error: () => InputError): SplineKnots {
  const { first, last, values, slopes } = (value ?? {}) as Record<string, unknown>;
  const finite = (list: unknown, least: number): list is number[] =>
    Array.isArray(list) && list.length >= least && list.every((x) => Number.isFinite(x));
  if (!finite([first, last], 2) || !((first as number) < (last as number)) || !finite(values, 2) || !finite(slopes, 2)) throw error();
  return { first: first as number, last: last as number, values: Float64Array.from(values), slopes: [slopes[0]!, slopes[1]!] };
}
