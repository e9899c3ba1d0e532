import { InputError } from '../errors.js';
import type { Element } from '../structures/elements.js';
import type { EamPotential, ScalarFunction } from './eam.js';
import { LammpsSpline } from './lammps-spline.js';
import { interpolated, type TableGrid, type TableValues } from './tables.js';

/** `eam` is the single-element funcfl format; the others are setfl, `adp` with two more tables for each pair of elements. */
export type TabulatedFormat = 'eam' | 'eam/alloy' | 'eam/fs' | 'adp';

/** A potential read from a LAMMPS file; its functions are interpolated as LAMMPS interpolates them. One of `adp` is an `AdpPotential`. */
export interface TabulatedEam extends EamPotential {
  readonly format: TabulatedFormat;
  /** the comment lines that open the file */
  readonly comments: readonly string[];
  /** what the file states about its elements */
  readonly headers: readonly Element[];
  /** of `values` */
  readonly grid: TableGrid;
  /** what LAMMPS interpolates */
  readonly values: TableValues;
}

/** Whether a potential was read from a table file. */
export function isTabulated(potential: EamPotential): potential is TabulatedEam {
  return 'format' in potential && 'values' in potential;
}

/** r phi of a funcfl file is this times Z Z, eV Å: LAMMPS rounds Hartree times Bohr to 27.2 x 0.529 (pair_eam.cpp, file2array). */
const FUNCFL_ENERGY_LENGTH = 27.2 * 0.529;

/**
 * Reads a LAMMPS EAM file: `pair_style eam` (funcfl), `eam/alloy` or `eam/fs` (setfl), or `adp`.
 * The format is taken from `options.format`, else from the ending of the file name, else from the number of values.
 * @throws InputError with the line, for anything that LAMMPS would refuse or silently misread
 */
export function readTabulatedEam(text: string, options: { file?: string; format?: TabulatedFormat } = {}): TabulatedEam {
  const file = options.file;
  const lines = text.split(/\r?\n/);
  const format = options.format ?? formatOf(file, lines);
  return format === 'eam' ? readFuncfl(lines, file) : readSetfl(lines, file, format);
}

function formatOf(file: string | undefined, lines: string[]): TabulatedFormat | undefined {
  if (file && /\.alloy$|\.setfl$/.test(file)) return 'eam/alloy';
  if (file && /\.fs$/.test(file)) return 'eam/fs';
  if (file && /\.(eam|funcfl)$/.test(file)) return 'eam';
  if (file && /\.adp$/.test(file)) return 'adp';
  // a funcfl file has its grid (five numbers) in line 3, a setfl file in line 5
  return isGrid(lines[4]) ? undefined : 'eam';
}

function isGrid(line: string | undefined): boolean {
  const words = (line ?? '').trim().split(/\s+/);
  return words.length === 5 && words.every((word) => Number.isFinite(numberOf(word))) && Number(words[0]) > 4 && Number(words[2]) > 4;
}

function numberOf(word: string): number {
  // Fortran writes exponents with D
  return word === '' ? Number.NaN : Number(word.replace(/[dD]/, 'e'));
}

/** Reads whole lines and runs of numbers, and knows where it is. */
class Cursor {
  /** 0-based index of the next line */
  at = 0;
  constructor(
    private readonly lines: string[],
    private readonly file: string | undefined,
  ) {}

  fail(message: string, hint?: string): never {
    const place = this.file === undefined ? { line: this.at } : { file: this.file, line: this.at };
    throw new InputError(message, place, hint === undefined ? {} : { hint });
  }

  words(what: string): string[] {
    if (this.at >= this.lines.length) this.fail(`the file ends where ${what} was expected`);
    return this.lines[this.at++]!.trim().split(/\s+/);
  }

  /** `n` numbers over as many lines as they take; a run of values ends with a line's end, as LAMMPS wants it */
  numbers(n: number, what: string): Float64Array {
    const out = new Float64Array(n);
    let count = 0;
    while (count < n) {
      if (this.at >= this.lines.length) this.fail(`the file ends after ${count} of the ${n} values of ${what}`);
      const line = this.lines[this.at++]!.trim();
      if (line === '') continue;
      for (const word of line.split(/\s+/)) {
        const value = numberOf(word);
        if (!Number.isFinite(value)) this.fail(`'${word}' is no finite number (value ${count + 1} of ${n} of ${what})`);
        if (count === n) this.fail(`more than the ${n} values of ${what} that the header announces`, 'check the grid sizes in the header');
        out[count++] = value;
      }
    }
    return out;
  }

  /** true when only blank lines are left */
  get done(): boolean {
    for (let k = this.at; k < this.lines.length; k++) if (this.lines[k]!.trim() !== '') return false;
    return true;
  }

  countNumbers(): number {
    let total = 0;
    for (let k = this.at; k < this.lines.length; k++) {
      const line = this.lines[k]!.trim();
      if (line !== '') total += line.split(/\s+/).length;
    }
    return total;
  }
}

function readGrid(cursor: Cursor): { nrho: number; drho: number; nr: number; dr: number; cutoff: number } {
  const words = cursor.words('the grid (nrho drho nr dr cutoff)');
  const [nrho, drho, nr, dr, cutoff] = words.map(numberOf) as [number, number, number, number, number];
  const counts = Number.isInteger(nrho) && Number.isInteger(nr) && nrho >= 5 && nr >= 5;
  if (words.length !== 5 || !counts || !(drho > 0) || !(dr > 0) || !(cutoff > 0))
    cursor.fail(`expected 'nrho drho nr dr cutoff' with positive values and at least 5 points, found '${words.join(' ')}'`);
  return { nrho, drho, nr, dr, cutoff };
}

function readHeader(cursor: Cursor, symbol: string): Element {
  const words = cursor.words(`the header of ${symbol} (atomic number, mass, lattice constant, lattice)`);
  const [z, mass, a0] = words.map(numberOf) as [number, number, number];
  if (words.length < 2 || !Number.isInteger(z) || !(mass > 0))
    cursor.fail(`expected atomic number, mass, lattice constant and lattice of ${symbol}, found '${words.slice(0, 5).join(' ')}'`);
  return { symbol, z, mass, a0: Number.isFinite(a0) ? a0 : 0, lattice: words[3] ?? 'unknown' };
}

function readSetfl(lines: string[], file: string | undefined, wanted: TabulatedFormat | undefined): TabulatedEam {
  const cursor = new Cursor(lines, file);
  const comments = [0, 1, 2].map(() => cursor.words('a comment line').join(' '));
  const names = cursor.words('the number of elements and their symbols');
  const n = numberOf(names[0] ?? '');
  if (!Number.isInteger(n) || n < 1 || names.length !== n + 1)
    cursor.fail(`expected the number of elements and as many symbols, found '${names.slice(0, 6).join(' ')}'`);
  const elements = names.slice(1);
  const { nrho, drho, nr, dr, cutoff } = readGrid(cursor);
  const pairCount = (n * (n + 1)) / 2;
  const format = wanted ?? likeliestFormat(cursor.countNumbers() - n * (4 + nrho) - nr * pairCount, n, nr);
  const perElement = format === 'eam/fs' ? n : 1;
  const headers: Element[] = [];
  const embedding: Float64Array[] = [];
  const density: Float64Array[][] = [];
  for (const source of elements) {
    headers.push(readHeader(cursor, source));
    embedding.push(cursor.numbers(nrho, `the embedding function of ${source}`));
    const sites = Array.from({ length: perElement }, (_, site) =>
      cursor.numbers(nr, `the density of ${source}${perElement > 1 ? ` at ${elements[site]}` : ''}`),
    );
    // section b of an eam/fs file lists the density that b brings to the site of a
    density.push(elements.map((_, site) => sites[perElement > 1 ? site : 0]!));
  }
  const ofPairs = (what: string) =>
    elements.flatMap((one, a) =>
      elements.slice(0, a + 1).map((other) => cursor.numbers(nr, `the ${what} function of ${one} and ${other}`)),
    );
  const values: TableValues = { embedding, density, pair: ofPairs('pair') };
  if (format === 'adp') values.angular = { dipole: ofPairs('dipole'), quadrupole: ofPairs('quadrupole') };
  if (!cursor.done) {
    cursor.at++;
    cursor.fail(
      `values are left over after the last ${format === 'adp' ? 'quadrupole' : 'pair'} function of this ${format} file`,
      'an eam/fs file holds one density for each pair of elements, eam/alloy and adp files one an element, and adp files a dipole and a quadrupole function for each pair: is the format right?',
    );
  }
  const grid = { nr, dr, nrho, drho };
  return { ...interpolated({ elements, cutoff }, grid, values), format, comments, headers, grid, values };
}

/** The setfl format whose number of values comes closest to what a file has besides headers, embedding and pair functions. */
function likeliestFormat(values: number, n: number, nr: number): TabulatedFormat {
  const expected = [
    ['eam/alloy', n],
    ['eam/fs', n * n],
    ['adp', n + n * (n + 1)],
  ] as const;
  const off = (tables: number) => Math.abs(values - tables * nr);
  return expected.reduce((best, one) => (off(one[1]) < off(best[1]) ? one : best))[0];
}

function readFuncfl(lines: string[], file: string | undefined): TabulatedEam {
  const cursor = new Cursor(lines, file);
  const comment = cursor.words('a comment line').join(' ');
  const symbol = symbolOf(comment, file);
  const header = readHeader(cursor, symbol);
  const { nrho, drho, nr, dr, cutoff } = readGrid(cursor);
  const f = cursor.numbers(nrho, 'the embedding function');
  const charge = cursor.numbers(nr, 'the effective charge');
  const rho = cursor.numbers(nr, 'the density');
  if (!cursor.done) {
    cursor.at++;
    cursor.fail('values are left over after the density');
  }
  // LAMMPS puts the tables on a grid of its own that has one point less (pair_eam.cpp, file2array)
  const grid = { nr: nr - 1, dr, nrho: nrho - 1, drho };
  const values: TableValues = {
    embedding: [f.slice(0, nrho - 1)],
    density: [[rho.slice(0, nr - 1)]],
    pair: [charge.subarray(0, nr - 1).map((z) => FUNCFL_ENERGY_LENGTH * z * z)],
  };
  const embedding: ScalarFunction = new FuncflEmbedding(values.embedding[0]!, drho);
  const tables = interpolated({ elements: [symbol], cutoff }, grid, values);
  return { ...tables, embedding: () => embedding, format: 'eam', comments: [comment], headers: [header], grid, values };
}

/** The embedding table of a funcfl file: cut one point short, but continued in a line only past the full table's end. */
class FuncflEmbedding implements ScalarFunction {
  private readonly table: LammpsSpline;
  private readonly end: number;
  constructor(values: Float64Array, spacing: number) {
    this.table = new LammpsSpline(values, spacing, 'hold');
    this.end = values.length * spacing;
  }

  evaluate(rho: number, derivative: Float64Array): number {
    const value = this.table.evaluate(rho, derivative);
    return rho > this.end ? value + derivative[0]! * (rho - this.end) : value;
  }
}

/** Element of a funcfl file: LAMMPS takes it from the input deck, so the file names it only by habit. */
function symbolOf(comment: string, file: string | undefined): string {
  const fromFile = file
    ?.split('/')
    .pop()
    ?.match(/^([A-Z][a-z]?)(?![a-z])/)?.[1];
  return fromFile ?? comment.match(/(?:COMMENT:\s*|^)([A-Z][a-z]?)\b/)?.[1] ?? 'X';
}
