import { InputError } from '../../errors.js';
import { allElements, elementOf } from '../../structures/elements.js';

/** A kind of LAMMPS potential file that its name tells. */
export interface PairFile {
  /** end of the file's name, without the dot */
  ending: string;
  /** arguments of pair_style */
  style: string;
  /** arguments of pair_coeff */
  coefficients(file: string, elements: readonly string[]): string;
  /** chemical symbols in the file. @throws InputError */
  elements(text: string, path: string): string[];
}

const mapped = (file: string, elements: readonly string[]) => `* * ${file} ${elements.join(' ')}`;

const setfl = (style: string): Omit<PairFile, 'ending'> => ({
  style,
  coefficients: mapped,
  elements(text, path) {
    const words = text.split(/\r?\n/)[3]?.trim().split(/\s+/) ?? [];
    const count = Number(words[0]);
    if (!(count >= 1) || words.length < count + 1)
      throw new InputError(
        'expected the number of elements and their symbols',
        { file: path, line: 4 },
        { hint: `this is no file of ${style}` },
      );
    return known(words.slice(1, count + 1), path);
  },
});

/** Files of Stillinger-Weber or Tersoff kind: entries that begin with three symbols, comments after #. */
const entries = (style: string): Omit<PairFile, 'ending'> => ({
  style,
  coefficients: mapped,
  elements(text, path) {
    const words = text
      .split(/\r?\n/)
      .flatMap((line) => line.replace(/#.*/, '').split(/\s+/))
      .filter((word) => /^[A-Z][a-z]?$/.test(word));
    return known([...new Set(words)], path);
  },
});

/** By their endings; the first that fits is taken. A new kind is an entry here. */
export const PAIR_FILES: readonly PairFile[] = [
  { ending: 'eam.alloy', ...setfl('eam/alloy') },
  { ending: 'eam.fs', ...setfl('eam/fs') },
  { ending: 'adp', ...setfl('adp') },
  {
    ending: 'eam',
    style: 'eam',
    coefficients: (file) => `* * ${file}`,
    elements(text, path) {
      const z = Number(text.split(/\r?\n/)[1]?.trim().split(/\s+/)[0]);
      const symbol = Number.isInteger(z) ? byNumber(z) : undefined;
      if (!symbol)
        throw new InputError('expected an atomic number', { file: path, line: 2 }, { hint: 'this is no funcfl file of pair_style eam' });
      return [symbol];
    },
  },
  {
    ending: 'meam.spline',
    style: 'meam/spline',
    coefficients: mapped,
    elements(text, path) {
      const header = text.split(/\r?\n/)[1]?.trim().split(/\s+/) ?? [];
      if (header[0] === 'meam/spline') return known(header.slice(2, 2 + Number(header[1])), path);
      return fromFileName(path);
    },
  },
  { ending: 'meam.sw.spline', style: 'meam/sw/spline', coefficients: mapped, elements: (_, path) => fromFileName(path) },
  { ending: 'sw', ...entries('sw') },
  { ending: 'tersoff', ...entries('tersoff') },
  { ending: 'tersoff.mod', ...entries('tersoff/mod') },
  { ending: 'tersoff.zbl', ...entries('tersoff/zbl') },
  { ending: 'vashishta', ...entries('vashishta') },
  { ending: 'edip', ...entries('edip') },
];

/** The kind of a potential file by its name; undefined where the name does not tell. */
export function pairFileOf(path: string): PairFile | undefined {
  return PAIR_FILES.find(({ ending }) => path.toLowerCase().endsWith(`.${ending}`));
}

function known(symbols: readonly string[], path: string): string[] {
  if (symbols.length === 0)
    throw new InputError('names no chemical elements', { file: path }, { hint: 'use --pair-style, --pair-coeff and --elements' });
  try {
    for (const symbol of symbols) elementOf(symbol);
  } catch (cause) {
    throw new InputError((cause as Error).message, { file: path }, { hint: 'use --pair-style, --pair-coeff and --elements', cause });
  }
  return [...symbols];
}

/** Files of this kind do not hold the element; their names usually begin with it. */
function fromFileName(path: string): string[] {
  const symbol = path
    .split('/')
    .at(-1)!
    .match(/^([A-Z][a-z]?)(?![a-z])/)?.[1];
  if (symbol === undefined)
    throw new InputError(
      'neither the file nor its name tells the element',
      { file: path },
      { hint: 'use --pair-style, --pair-coeff and --elements' },
    );
  return known([symbol], path);
}

function byNumber(z: number): string | undefined {
  return allElements().find((element) => element.z === z)?.symbol;
}
