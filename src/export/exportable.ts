import { InputError } from '../errors.js';
import type { EamPotential } from '../potentials/eam.js';
import { type Element, elementOf } from '../structures/elements.js';

/** A model as the exporters want it. */
export interface ExportModel {
  /** the exact functions, valid for r from 0 to the cutoff and for densities from 0 up */
  potential: EamPotential;
  /** one line: what it is */
  title: string;
  /** how to cite it, one line */
  citation: string;
  /** day of the export, yyyy-mm-dd */
  date: string;
  /** who made it, for the header; default 'eqpot' */
  contributor?: string;
  /** shortest distance in the data, Å */
  rMin: number;
  /** largest background density in the data */
  rhoMax: number;
  /** atomic numbers and masses in the order of `potential.elements`; default the table in structures/elements.ts */
  elements?: readonly Element[];
}

/** What the exporters may be asked for. */
export interface ExportOptions {
  /** largest error of the tables, eV/atom; default 1e-6 */
  accuracy?: number;
  /** most points of the tables over distance; default 20000 */
  maxDistancePoints?: number;
  /** most points of the tables over density; default 200000 */
  maxDensityPoints?: number;
}

/** Elements of a model with mass and atomic number. @throws InputError for an unknown symbol */
export function headerElements(model: ExportModel): readonly Element[] {
  if (model.elements && model.elements.length !== model.potential.elements.length)
    throw new InputError(`the model has ${model.potential.elements.length} elements, but data on ${model.elements.length}`);
  return model.elements ?? model.potential.elements.map(elementOf);
}

/** One line of a LAMMPS file: ASCII, no line breaks or line continuations, shorter than LAMMPS's 1024 characters. */
export function oneLine(text: string): string {
  const plain = text
    .replaceAll('Å', 'Angstrom')
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '');
  return plain
    .replace(/[\u2010-\u2015]/g, '-')
    .replace(/\s+/g, ' ')
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/"{3,}/g, '"')
    .slice(0, 900)
    .replace(/[\s&]+$/, '')
    .trim();
}

/** A number in the fewest digits (at most 17) that read back as the same double. @throws InputError when it is not finite */
export function digits(value: number, what: () => string): string {
  if (!Number.isFinite(value)) throw new InputError(`${what()} is ${value}; a table can only hold finite values`);
  return String(value);
}
