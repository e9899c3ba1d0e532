import { InputError } from '../../errors.js';
import type { Frame } from '../../structures/structure.js';
import { checkCell } from '../cell-check.js';
import { isElement, symbolHint, symbolOf } from '../elements.js';
import type { ReadContext, ReadResult } from '../format.js';
import { numberFrom } from '../numbers.js';
import { EV_PER_HARTREE } from '../units.js';
import { WarningTally } from '../warnings.js';

const PERIODICITY: Record<string, [boolean, boolean, boolean]> = {
  CRYSTAL: [true, true, true],
  SLAB: [true, true, false],
  POLYMER: [true, false, false],
  MOLECULE: [false, false, false],
};
const ENERGY = /^#.*\btotal\s+energy\s*[=:]\s*(\S+)\s*([A-Za-z]*)/i;

/**
 * Reads every structure of an XSF or AXSF file.
 * @throws InputError with file and line: unknown section, cut section, wrong column count, numbers that are not finite, unknown
 * elements, fewer structures than ANIMSTEPS says
 */
export function readXsf(text: string, context: ReadContext): ReadResult {
  return new Reader(text, context.file).read();
}

class Reader {
  private readonly lines: string[];
  private at = 0;
  private readonly frames: Frame[] = [];
  private readonly warnings: WarningTally;
  private pbc: [boolean, boolean, boolean] | undefined;
  private cell: Float64Array | undefined;
  private energy: number | undefined;
  private steps: number | undefined;

  constructor(
    text: string,
    private readonly file: string,
  ) {
    this.lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
    this.warnings = new WarningTally(file);
  }

  read(): ReadResult {
    for (let words = this.nextWords(); words; words = this.nextWords()) this.readSection(words);
    if (this.frames.length === 0) throw this.error('the file ends without a structure', 'expected a section PRIMCOORD or ATOMS');
    if (this.steps !== undefined && this.frames.length !== this.steps)
      throw this.error(
        `the file ends after ${this.frames.length} structures, but ANIMSTEPS says ${this.steps}`,
        'the file was cut, or ANIMSTEPS is wrong',
      );
    return { frames: this.frames, warnings: this.warnings.list() };
  }

  /** words of the next line that is neither blank nor a comment; energies are taken from comments on the way */
  private nextWords(): string[] | undefined {
    for (; this.at < this.lines.length; this.at++) {
      const line = this.lines[this.at]!.trim();
      if (line === '') continue;
      if (line.startsWith('#')) {
        this.readComment(line);
        continue;
      }
      this.at++;
      return line.split(/\s+/);
    }
    return undefined;
  }

  private readComment(line: string): void {
    const match = ENERGY.exec(line);
    if (!match) return;
    const unit = match[2]!.toLowerCase();
    if (unit !== 'ev' && unit !== '')
      throw this.error(`the total energy is in "${match[2]}"`, 'expected "# total energy = VALUE eV"', this.at + 1);
    this.energy = this.number(match[1]!, this.at + 1);
  }

  private readSection(words: string[]): void {
    const keyword = words[0]!.toUpperCase();
    if (keyword === 'ANIMSTEPS') this.steps = this.count(words[1], 'ANIMSTEPS needs the number of structures');
    else if (PERIODICITY[keyword]) this.pbc = PERIODICITY[keyword];
    else if (keyword === 'DIM-GROUP') this.readDimension();
    else if (keyword === 'PRIMVEC') this.cell = this.readVectors('PRIMVEC');
    else if (keyword === 'CONVVEC' || keyword === 'RECIP-PRIMVEC' || keyword === 'RECIP-CONVVEC') this.readVectors(keyword);
    else if (keyword === 'PRIMCOORD') this.addFrame(this.readCounted('PRIMCOORD'), this.pbc ?? [true, true, true]);
    else if (keyword === 'CONVCOORD') this.readCounted('CONVCOORD');
    else if (keyword === 'ATOMS') this.addFrame(this.readUncounted(), [false, false, false]);
    else if (keyword.startsWith('BEGIN_')) this.skipTo(`END_${keyword.slice(6)}`);
    else throw this.error(`"${words[0]!.slice(0, 40)}" is not a section of XSF`, 'expected CRYSTAL, PRIMVEC, PRIMCOORD, ATOMS, ...');
  }

  private readDimension(): void {
    const words = this.nextWords();
    const dimension = this.count(words?.[0], 'DIM-GROUP needs a line with the dimension and the group', 0);
    this.pbc = [dimension > 0, dimension > 1, dimension > 2];
  }

  private readVectors(section: string): Float64Array {
    const out = new Float64Array(9);
    for (let d = 0; d < 3; d++) {
      const words = this.nextWords();
      if (words?.length !== 3) throw this.error(`${section} needs three lines of three numbers`, 'the lattice vectors as rows, in Å');
      for (let x = 0; x < 3; x++) out[3 * d + x] = this.number(words[x]!, this.at);
    }
    return out;
  }

  private readCounted(section: string): { line: number; rows: string[][]; first: number } {
    const line = this.at;
    const words = this.nextWords();
    const n = this.count(words?.[0], `${section} needs a line with the number of atoms`);
    const first = this.at + 1;
    const rows: string[][] = [];
    for (let i = 0; i < n; i++) {
      const row = this.at < this.lines.length ? this.lines[this.at]!.trim() : '';
      if (row === '' || row.startsWith('#'))
        throw this.error(`${section} ends after ${i} of its ${n} atoms`, 'the file was cut, or the number of atoms is wrong', this.at + 1);
      rows.push(row.split(/\s+/));
      this.at++;
    }
    return { line, rows, first };
  }

  private readUncounted(): { line: number; rows: string[][]; first: number } {
    const line = this.at;
    const rows: string[][] = [];
    for (; this.at < this.lines.length; this.at++) {
      const row = this.lines[this.at]!.trim();
      if (row === '' || row.startsWith('#') || /^[A-Z][A-Z_-]{2,}/.test(row)) break;
      rows.push(row.split(/\s+/));
    }
    if (rows.length === 0) throw this.error('ATOMS has no atoms', 'expected lines "element x y z"');
    return { line, rows, first: line + 1 };
  }

  private skipTo(end: string): void {
    const start = this.at;
    while (this.at < this.lines.length) if (this.lines[this.at++]!.trim().toUpperCase() === end) return;
    throw this.error(`no ${end} follows`, 'the file was cut', start);
  }

  private addFrame(section: { line: number; rows: string[][]; first: number }, pbc: [boolean, boolean, boolean]): void {
    const { rows, first, line } = section;
    const place = { file: this.file, line };
    const periodic = pbc.includes(true);
    if (periodic && !this.cell)
      throw new InputError('PRIMCOORD comes without PRIMVEC', place, { hint: 'expected PRIMVEC with the three lattice vectors before it' });
    const cell = periodic ? this.cell!.slice() : new Float64Array(9);
    checkCell(cell, pbc, place);
    const width = rows[0]!.length;
    const positions = new Float64Array(3 * rows.length);
    const forces = new Float64Array(3 * rows.length);
    const species = rows.map((row, i) => {
      if ((row.length !== 4 && row.length !== 7) || row.length !== width)
        throw this.error(
          `this atom line has ${row.length} columns`,
          'expected element x y z, or element x y z fx fy fz, the same in all lines',
          first + i,
        );
      for (let d = 0; d < 3; d++) {
        positions[3 * i + d] = this.number(row[1 + d]!, first + i);
        if (width === 7) forces[3 * i + d] = this.number(row[4 + d]!, first + i);
      }
      return this.element(row[0]!, first + i);
    });
    const frame: Frame = {
      cell,
      pbc: [...pbc],
      species,
      positions,
      configType: 'default',
      source: '',
      origin: { file: this.file, index: this.frames.length, line },
    };
    if (width === 7) this.addForces(frame, forces, line);
    if (this.energy !== undefined) frame.energy = this.energy;
    this.energy = undefined;
    this.frames.push(frame);
  }

  private addForces(frame: Frame, forces: Float64Array, line: number): void {
    if (forces.every((x) => x === 0)) {
      this.warnings.add('all forces are exactly zero: taken as placeholders, not as labels', line);
      return;
    }
    const aenet = this.energy !== undefined;
    frame.forces = aenet ? forces : forces.map((x) => x * EV_PER_HARTREE);
    if (!aenet) this.warnings.add("forces are taken as hartree/Å (XCrySDen's unit), because no comment gives a total energy in eV", line);
  }

  private element(token: string, line: number): string {
    const symbol = /^\d+$/.test(token) ? symbolOf(Number(token)) : token;
    if (symbol === undefined || !isElement(symbol)) throw this.error(`"${token}" is not an element`, symbolHint(token), line);
    return symbol;
  }

  private number(token: string, line: number): number {
    const value = numberFrom(token);
    if (Number.isNaN(value)) throw this.error(`"${token}" is not a finite number`, 'expected a decimal number', line);
    return value;
  }

  private count(token: string | undefined, message: string, least = 1): number {
    if (token === undefined || !/^\d+$/.test(token) || Number(token) < least) throw this.error(message, 'expected an integer');
    return Number(token);
  }

  private error(message: string, hint: string, line = this.at): InputError {
    return new InputError(message, { file: this.file, line: Math.max(1, Math.min(line, this.lines.length)) }, { hint });
  }
}
