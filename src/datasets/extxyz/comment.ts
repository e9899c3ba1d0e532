import { type ErrorPlace, InputError } from '../../errors.js';
import { numberFrom } from '../numbers.js';

/** One entry of an extended-XYZ comment line. */
export interface CommentEntry {
  key: string;
  /** the value without its quotes, escapes resolved; brackets of arrays are kept */
  value: string;
  /** a bare word without `=` */
  flag: boolean;
  /** 1-based column of the key */
  column: number;
}

/** Keys that are known in any capitals. */
const CAPITALS: Record<string, string> = { lattice: 'Lattice', properties: 'Properties', pbc: 'pbc' };

/**
 * Splits a comment line into key=value entries: bare, "quoted" or 'quoted' values with \" \\ \n escapes, [new] and {old} style
 * arrays, bare flags, spaces around `=` (grammar of libAtoms/extxyz).
 * @throws InputError with the column: unbalanced quote or bracket, missing key, key given twice
 */
export function parseComment(line: string, place: ErrorPlace): Map<string, CommentEntry> {
  const entries = new Map<string, CommentEntry>();
  const fail = (message: string, at: number, hint: string) => {
    throw new InputError(message, { ...place, column: at + 1 }, { hint });
  };
  const isSpace = (i: number) => line.charCodeAt(i) <= 32;
  let i = 0;

  const quoted = (): string => {
    const quote = line[i];
    const start = i++;
    let out = '';
    for (; i < line.length && line[i] !== quote; i++) {
      if (line[i] === '\\' && i + 1 < line.length) {
        const next = line[i + 1]!;
        if (next === 'n') out += '\n';
        else if (next === quote || next === '\\') out += next;
        else out += `\\${next}`;
        i++;
      } else out += line[i];
    }
    if (i >= line.length) fail('this quote is never closed', start, `expected a closing ${quote} on the same line`);
    i++;
    if (i < line.length && !isSpace(i) && line[i] !== '=')
      fail('text goes on right after a closing quote', i, 'separate entries by a space, write quotes inside a value as \\"');
    return out;
  };

  const bracketed = (): string => {
    const start = i;
    const open: string[] = [];
    for (; i < line.length; i++) {
      const c = line[i]!;
      if (c === '[' || c === '{') open.push(c === '[' ? ']' : '}');
      else if (c === ']' || c === '}') {
        if (open.pop() !== c) fail(`this ${c} closes nothing`, i, 'check the brackets of the array');
        if (open.length === 0) {
          i++;
          return line.slice(start, i);
        }
      }
    }
    return fail('this bracket is never closed', start, 'expected a closing bracket on the same line') as never;
  };

  for (;;) {
    while (i < line.length && isSpace(i)) i++;
    if (i >= line.length) return entries;
    const start = i;
    let key: string;
    if (line[i] === '"' || line[i] === "'") key = quoted();
    else {
      while (i < line.length && !isSpace(i) && line[i] !== '=') i++;
      key = line.slice(start, i);
    }
    if (key === '') fail('there is no key before this "="', start, 'expected key=value');
    const afterKey = i;
    while (i < line.length && isSpace(i)) i++;
    if (line[i] !== '=') {
      i = afterKey;
      // words of a sentence are flags too, and may come twice
      if (!entries.has(key)) entries.set(key, { key, value: 'T', flag: true, column: start + 1 });
      continue;
    }
    const equals = i++;
    while (i < line.length && isSpace(i)) i++;
    let value = '';
    const first = line[i];
    if (first === '"' || first === "'") value = quoted();
    else if (first === '[' || first === '{') value = bracketed();
    else {
      const from = i;
      while (i < line.length && !isSpace(i)) i++;
      value = line.slice(from, i);
      // `key= next=3`: the value was left out
      if (from > equals + 1 && value.includes('=')) {
        value = '';
        i = equals + 1;
      }
    }
    key = CAPITALS[key.toLowerCase()] ?? key;
    if (entries.get(key)?.flag === false)
      fail(`the key "${key}" is given twice`, start, `first given in column ${entries.get(key)!.column}; keep one of them`);
    entries.set(key, { key, value, flag: false, column: start + 1 });
  }
}

/**
 * The numbers of a value, whatever its brackets and commas.
 * @throws InputError when something in it is not a finite number
 */
export function numbersOf(entry: CommentEntry, place: ErrorPlace): Float64Array {
  const tokens = entry.value
    .replace(/[[\]{},]/g, ' ')
    .split(/\s+/)
    .filter(Boolean);
  return Float64Array.from(tokens, (token) => {
    const value = numberFrom(token);
    if (Number.isNaN(value))
      throw new InputError(
        `"${token}" in ${entry.key} is not a finite number`,
        { ...place, column: entry.column },
        {
          hint: 'remove the frame, or the key, if the value is not known',
        },
      );
    return value;
  });
}

/**
 * One or three logical values: T, F, true, false, 1, 0 in any capitals.
 * @throws InputError
 */
export function periodicityOf(entry: CommentEntry, place: ErrorPlace): [boolean, boolean, boolean] {
  const tokens = entry.value
    .replace(/[[\]{},]/g, ' ')
    .split(/\s+/)
    .filter(Boolean);
  const values = tokens.map((token) => (/^(t|true|1)$/i.test(token) ? true : /^(f|false|0)$/i.test(token) ? false : undefined));
  if ((values.length !== 3 && values.length !== 1) || values.includes(undefined))
    throw new InputError(
      `pbc="${entry.value}" is not understood`,
      { ...place, column: entry.column },
      { hint: 'expected three of T and F, such as pbc="T T F"' },
    );
  return [values[0]!, values[values.length === 3 ? 1 : 0]!, values[values.length === 3 ? 2 : 0]!];
}
