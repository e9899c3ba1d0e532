import { InputError } from '../../errors.js';
import { determinant, multiplyRows, type Structure, volume } from '../../structures/structure.js';
import { isElement, symbolHint } from '../elements.js';
import type { ReadContext, ReadResult } from '../format.js';

/** The one structure of a POSCAR or CONTCAR as a frame without labels. */
export function readPoscarFrame(text: string, { file }: ReadContext): ReadResult {
  const frame = { ...readPoscar(text, file), configType: 'default', source: '', origin: { file, index: 0, line: 1 } };
  return { frames: [frame], warnings: [] };
}

/**
 * Reads a POSCAR or CONTCAR of VASP 5 (with a line of chemical symbols).
 * @param file name for messages
 * @throws InputError with the line of what is wrong
 */
function readPoscar(text: string, file: string): Structure {
  const lines = text.split(/\r?\n/);
  const fail = (line: number, message: string, hint?: string) =>
    new InputError(message, { file, line: line + 1 }, hint === undefined ? {} : { hint });
  const words = (line: number) => (lines[line] ?? '').trim().split(/\s+/).filter(Boolean);
  const numbers = (line: number, count: number): number[] => {
    const values = words(line).slice(0, count).map(Number);
    if (values.length < count || values.some((value) => !Number.isFinite(value)))
      throw fail(line, `expected ${count} numbers, found '${(lines[line] ?? '').trim()}'`);
    return values;
  };
  const given = numbers(1, 1)[0]!;
  let cell = Float64Array.from([2, 3, 4].flatMap((line) => numbers(line, 3)));
  if (!(Math.abs(determinant(cell)) > 1e-9)) throw fail(2, 'the lattice vectors have no volume');
  // a negative scale is the volume of the cell
  const scale = given < 0 ? Math.cbrt(-given / volume(cell)) : given;
  if (!(scale > 0)) throw fail(1, 'the scale of the lattice is zero');
  cell = cell.map((x) => x * scale);
  const symbols = words(5).map((symbol) => symbol.replace(/[_/].*$/, ''));
  if (symbols.length === 0 || symbols.some((symbol) => /^\d/.test(symbol)))
    throw fail(5, 'expected chemical symbols', 'add a line with the symbols before the numbers of atoms, as VASP 5 and later write it');
  const unknown = symbols.find((symbol) => !isElement(symbol));
  if (unknown !== undefined) throw fail(5, `"${unknown}" is not the symbol of an element`, symbolHint(unknown));
  const counts = numbers(6, symbols.length);
  if (counts.some((count) => !Number.isInteger(count) || count < 1)) throw fail(6, 'expected whole numbers of atoms');
  const species = symbols.flatMap((symbol, k) => Array.from({ length: counts[k]! }, () => symbol));
  const selective = /^\s*s/i.test(lines[7] ?? '');
  const mode = selective ? 8 : 7;
  const cartesian = /^\s*[ck]/i.test(lines[mode] ?? '');
  if (!cartesian && !/^\s*d/i.test(lines[mode] ?? ''))
    throw fail(mode, `expected Direct or Cartesian, found '${(lines[mode] ?? '').trim()}'`);
  const rows = Float64Array.from(species.flatMap((_, i) => numbers(mode + 1 + i, 3)));
  return { cell, pbc: [true, true, true], species, positions: cartesian ? rows.map((x) => x * scale) : multiplyRows(rows, cell) };
}
