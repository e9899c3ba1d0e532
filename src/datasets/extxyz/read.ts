import { InputError } from '../../errors.js';
import type { Frame } from '../../structures/structure.js';
import { checkCell } from '../cell-check.js';
import { isElement, symbolHint, symbolOf } from '../elements.js';
import type { LabelKeys, ReadContext, ReadResult } from '../format.js';
import { numberFrom, parseNumber } from '../numbers.js';
import { WarningTally } from '../warnings.js';
import { type CommentEntry, numbersOf, parseComment, periodicityOf } from './comment.js';
import { readLabels } from './labels.js';
import { type ColumnPlan, planColumns } from './properties.js';

/**
 * Reads every frame of an extended (or plain) XYZ file.
 * @throws InputError with file and 1-based line: wrong atom count or column count, early end, numbers that are not finite, unknown
 * elements, a periodic frame without a cell, a cell without volume, a key given twice
 */
export function readExtxyz(text: string, context: ReadContext): ReadResult {
  return new Reader(text, context).read();
}

class Reader {
  private at: number;
  /** 1-based line that `at` is the start of */
  private line = 1;
  private readonly frames: Frame[] = [];
  private readonly warnings: WarningTally;
  private readonly frameKeys = new Set<string>();
  private readonly atomKeys = new Set<string>();
  private readonly found: Partial<Record<keyof LabelKeys, number>> = {};

  constructor(
    private readonly text: string,
    private readonly context: ReadContext,
  ) {
    this.at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
    this.warnings = new WarningTally(context.file);
  }

  read(): ReadResult {
    while (this.skipBlankLines()) this.frames.push(this.readFrame());
    if (this.frames.length > 0 && !this.text.endsWith('\n'))
      this.warnings.add('the file does not end with a line break: if it was cut, its last number may be too', this.line);
    return {
      frames: this.frames,
      warnings: this.warnings.list(),
      inventory: { frameKeys: [...this.frameKeys], atomKeys: [...this.atomKeys], found: this.found },
    };
  }

  /** end of the line that starts at `at` */
  private lineEnd(): number {
    const end = this.text.indexOf('\n', this.at);
    return end < 0 ? this.text.length : end;
  }

  private takeLine(): string {
    const end = this.lineEnd();
    const line = this.text.slice(this.at, end);
    this.at = end + 1;
    this.line++;
    return line;
  }

  private skipBlankLines(): boolean {
    while (this.at < this.text.length) {
      const end = this.lineEnd();
      for (let i = this.at; i < end; i++) if (this.text.charCodeAt(i) > 32) return true;
      this.at = end + 1;
      this.line++;
    }
    return false;
  }

  private remainingLines(): number {
    let count = 0;
    for (let at = this.at; at < this.text.length; count++) {
      const end = this.text.indexOf('\n', at);
      at = end < 0 ? this.text.length : end + 1;
    }
    return count;
  }

  private readFrame(): Frame {
    const file = this.context.file;
    const firstLine = this.line;
    const countText = this.takeLine().trim();
    const n = /^\d+$/.test(countText) ? Number(countText) : Number.NaN;
    if (!(n >= 1 && n <= 1e8))
      throw new InputError(
        `expected the number of atoms of frame ${this.frames.length + 1}, found "${countText.slice(0, 60)}"`,
        { file, line: firstLine },
        { hint: 'a positive integer alone on its line; is the atom count of the frame before it right?' },
      );
    if (this.at >= this.text.length) throw this.endedEarly(n, 0, firstLine);
    const place = { file, line: this.line };
    const comment = this.readComment(place);
    const cell = readCell(comment, place);
    const periodic = comment.get('pbc');
    const pbc = periodic ? periodicityOf(periodic, place) : ([cell !== undefined, cell !== undefined, cell !== undefined] as const);
    if (!cell && pbc.includes(true))
      throw new InputError('the frame is periodic but has no Lattice', place, {
        hint: 'expected Lattice="ax ay az bx by bz cx cy cz" in Å, or pbc="F F F"',
      });
    const box = cell ?? new Float64Array(9);
    if (cell) checkCell(box, pbc, place);
    const labels = readLabels(comment, this.context, box, place, this.warnings);
    const plan = planColumns(comment.get('Properties'), this.context.labels?.forces, place, this.warnings);
    if (this.context.labels?.forces !== undefined && plan.forcesKey !== undefined) labels.found.push('forces');
    for (const label of labels.found) this.found[label] = (this.found[label] ?? 0) + 1;
    for (const entry of comment.values()) if (!entry.flag) this.frameKeys.add(entry.key);
    for (const name of plan.names) this.atomKeys.add(name);

    // an absurd atom count must not reserve memory: an atom line has at least 8 characters, line break included
    if (8 * n > this.text.length - this.at + 1) {
      const left = this.remainingLines();
      if (left < n) {
        this.line += left;
        throw this.endedEarly(n, left, firstLine);
      }
    }
    const frame: Frame = {
      cell: box,
      pbc: [...pbc],
      species: new Array<string>(n),
      positions: new Float64Array(3 * n),
      configType: labels.configType,
      source: labels.source,
      origin: { file, index: this.frames.length, line: firstLine },
    };
    if (labels.energy !== undefined) frame.energy = labels.energy;
    if (plan.hasForces) frame.forces = new Float64Array(3 * n);
    if (labels.stress) frame.stress = labels.stress;
    if (labels.labelOrigin) frame.labelOrigin = labels.labelOrigin;
    let extra = false;
    for (let i = 0; i < n; i++) {
      if (this.at >= this.text.length) throw this.endedEarly(n, i, firstLine);
      extra = this.readAtom(frame, i, plan) || extra;
    }
    if (extra) this.warnings.add('columns after species x y z are not read, because the comment line has no Properties', place.line);
    return frame;
  }

  private readComment(place: { file: string; line: number }): Map<string, CommentEntry> {
    const line = this.takeLine();
    try {
      return parseComment(line, place);
    } catch (error) {
      // a sentence with an apostrophe above plain XYZ is no error, a broken extended-XYZ line is
      if (/\b(lattice|properties)["']?\s*=/i.test(line)) throw error;
      this.warnings.add('the comment line is not of the key=value form and is not read', place.line);
      return new Map();
    }
  }

  /** Reads one atom line; true where plain XYZ has more columns than are read. */
  private readAtom(frame: Frame, i: number, plan: ColumnPlan): boolean {
    const { text } = this;
    const end = this.lineEnd();
    const { target, count } = plan;
    let p = this.at;
    let column = 0;
    for (; ; column++) {
      while (p < end && text.charCodeAt(p) <= 32) p++;
      if (p >= end) break;
      const start = p;
      while (p < end && text.charCodeAt(p) > 32) p++;
      if (column >= count) {
        if (plan.exact) throw this.wrongColumns(column + 1, plan);
        this.next(end);
        return true;
      }
      const use = target[column]!;
      if (use >= 2) {
        const value = parseNumber(text, start, p);
        if (Number.isNaN(value)) throw this.badNumber(start, p);
        if (use < 5) frame.positions[3 * i + use - 2] = value;
        else frame.forces![3 * i + use - 5] = value;
      } else if (use === 0) {
        const before = i > 0 ? frame.species[i - 1]! : '';
        frame.species[i] = p - start === before.length && text.startsWith(before, start) ? before : this.symbol(start, p);
      } else if (use === 1) frame.species[i] = this.atomicNumber(start, p);
    }
    if (column < count) throw this.wrongColumns(column, plan);
    this.next(end);
    return false;
  }

  private next(end: number): void {
    this.at = end + 1;
    this.line++;
  }

  private symbol(start: number, end: number): string {
    const token = this.text.slice(start, end);
    if (isElement(token)) return token;
    if (/^\d+$/.test(token)) return this.atomicNumber(start, end);
    throw new InputError(
      `"${token.slice(0, 40)}" is not the symbol of an element`,
      { file: this.context.file, line: this.line },
      { hint: symbolHint(token) },
    );
  }

  private atomicNumber(start: number, end: number): string {
    const token = this.text.slice(start, end);
    const symbol = symbolOf(numberFrom(token));
    if (symbol) return symbol;
    throw new InputError(
      `"${token.slice(0, 40)}" is not an atomic number`,
      { file: this.context.file, line: this.line },
      { hint: 'expected an integer such as 29 for Cu' },
    );
  }

  private badNumber(start: number, end: number): InputError {
    return new InputError(
      `"${this.text.slice(start, Math.min(end, start + 40))}" is not a finite number`,
      { file: this.context.file, line: this.line, column: start - this.at + 1 },
      { hint: 'positions (Å) and forces (eV/Å) must be finite decimal numbers; leave out frames that were not computed' },
    );
  }

  private wrongColumns(found: number, plan: ColumnPlan): InputError {
    const fewer = found < plan.count;
    return new InputError(
      `this atom line has ${fewer ? found : 'more than'}${fewer ? ' of' : ''} ${plan.count} columns (${plan.names.join(', ')})`,
      { file: this.context.file, line: this.line },
      {
        hint: fewer
          ? 'the atom count of the frame may be too large, or the line is cut'
          : 'the columns must be those that Properties lists in the comment line',
      },
    );
  }

  private endedEarly(n: number, read: number, firstLine: number): InputError {
    return new InputError(
      `the file ends in frame ${this.frames.length + 1} (from line ${firstLine}), after ${read} of its ${n} atoms`,
      { file: this.context.file, line: Math.max(firstLine, this.line - 1) },
      { hint: 'the file was cut, or the atom count is wrong; remove the incomplete frame' },
    );
  }
}

/** Lattice vectors as rows, Å; three numbers are an orthogonal box. */
function readCell(comment: Map<string, CommentEntry>, place: { file: string; line: number }): Float64Array | undefined {
  const entry = comment.get('Lattice');
  if (!entry) return undefined;
  const values = numbersOf(entry, place);
  if (values.length === 9) return values;
  if (values.length === 3) return Float64Array.of(values[0]!, 0, 0, 0, values[1]!, 0, 0, 0, values[2]!);
  throw new InputError(
    `Lattice has ${values.length} numbers`,
    { ...place, column: entry.column },
    {
      hint: 'expected nine, the lattice vectors one after another in Å',
    },
  );
}
