import { InputError } from '../errors.js';
import type { EamPotential, ScalarFunction } from './eam.js';
import { LammpsPairSpline, LammpsSpline } from './lammps-spline.js';

/** `eam` is the single-element funcfl format; the other two are setfl. */
export type TabulatedFormat = 'eam' | 'eam/alloy' | 'eam/fs';

/** What a file states about one of its elements. */
export interface TabulatedElement {
  symbol: string;
  /** atomic number */
  z: number;
  /** amu */
  mass: number;
  /** lattice constant, Å */
  a0: number;
  lattice: string;
}

/** A potential read from a LAMMPS file; its functions are interpolated as LAMMPS interpolates them. */
export interface TabulatedEam extends EamPotential {
  readonly format: TabulatedFormat;
  /** the comment lines that open the file */
  readonly comments: readonly string[];
  readonly headers: readonly TabulatedElement[];
  /** grids: r = i dr (Å), rho = i drho */
  readonly grid: { nr: number; dr: number; nrho: number; drho: number };
}

/** r phi of a funcfl file is this times Z Z, eV Å: LAMMPS rounds Hartree times Bohr to 27.2 x 0.529 (pair_eam.cpp, file2array). */
const FUNCFL_ENERGY_LENGTH = 27.2 * 0.529;

/**
 * Reads a LAMMPS EAM file: `pair_style eam` (funcfl), `eam/alloy` or `eam/fs` (setfl).
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

function readHeader(cursor: Cursor, symbol: string): TabulatedElement {
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
  const words = n * 4 + n * nrho + (nr * n * (n + 1)) / 2;
  const counted = cursor.countNumbers();
  // one density an element, or one for each pair of elements
  const format = wanted ?? (n > 1 && Math.abs(counted - words - n * n * nr) < Math.abs(counted - words - n * nr) ? 'eam/fs' : 'eam/alloy');
  const perElement = format === 'eam/fs' ? n : 1;
  const headers: TabulatedElement[] = [];
  const embedding: LammpsSpline[] = [];
  const density: LammpsSpline[][] = [];
  for (const source of elements) {
    headers.push(readHeader(cursor, source));
    embedding.push(new LammpsSpline(cursor.numbers(nrho, `the embedding function of ${source}`), drho, 'line'));
    density.push(
      Array.from({ length: perElement }, (_, site) => {
        const where = perElement > 1 ? ` at ${elements[site]}` : '';
        return new LammpsSpline(cursor.numbers(nr, `the density of ${source}${where}`), dr, 'hold');
      }),
    );
  }
  const pairs: LammpsPairSpline[] = [];
  for (let a = 0; a < n; a++)
    for (let b = 0; b <= a; b++)
      pairs.push(new LammpsPairSpline(cursor.numbers(nr, `the pair function of ${elements[a]} and ${elements[b]}`), dr));
  if (!cursor.done) {
    cursor.at++;
    cursor.fail(
      `values are left over after the last pair function of this ${format} file`,
      n > 1
        ? 'an eam/fs file holds one density for each pair of elements, an eam/alloy file one an element: is the format right?'
        : undefined,
    );
  }
  return {
    format,
    comments,
    headers,
    elements,
    cutoff,
    grid: { nr, dr, nrho, drho },
    pair: (a, b) => pairs[a >= b ? (a * (a + 1)) / 2 + b : (b * (b + 1)) / 2 + a]!,
    // section b of an eam/fs file lists the density that b brings to the site of a
    density: (a, b) => density[b]![perElement > 1 ? a : 0]!,
    embedding: (a) => embedding[a]!,
  };
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
  const pair = new LammpsPairSpline(
    charge.subarray(0, nr - 1).map((z) => FUNCFL_ENERGY_LENGTH * z * z),
    dr,
  );
  const density = new LammpsSpline(rho.slice(0, nr - 1), dr, 'hold');
  const embedding: ScalarFunction = new FuncflEmbedding(f.slice(0, nrho - 1), drho);
  return {
    format: 'eam',
    comments: [comment],
    headers: [header],
    elements: [symbol],
    cutoff,
    grid: { nr, dr, nrho, drho },
    pair: () => pair,
    density: () => density,
    embedding: () => embedding,
  };
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
