import { InputError } from '../../errors.js';

/** One element of the outer JSON list. */
export interface JsonRecord {
  value: unknown;
  /** 1-based line of its first character */
  line: number;
}

/**
 * The elements of a JSON list, parsed one by one so that each knows its line. A single object counts as a list of one.
 * @throws InputError with file and line for text that is not JSON
 */
export function jsonRecords(text: string, file: string): JsonRecord[] {
  let i = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let line = 1;
  const fail = (message: string, at: number): never => {
    throw new InputError(message, { file, line: at }, { hint: 'expected a JSON list of records with "structure" and "outputs"' });
  };
  const skipSpace = () => {
    for (; i < text.length && text.charCodeAt(i) <= 32; i++) if (text.charCodeAt(i) === 10) line++;
  };
  const element = (): JsonRecord => {
    const start = i;
    const startLine = line;
    let depth = 0;
    for (let inString = false; i < text.length; i++) {
      const c = text.charCodeAt(i);
      if (c === 10) line++;
      if (inString) {
        if (c === 92) i++;
        else if (c === 34) inString = false;
      } else if (c === 34) inString = true;
      else if (c === 123 || c === 91) depth++;
      else if (c === 125 || c === 93) {
        if (--depth < 0) break;
        if (depth === 0) {
          i++;
          break;
        }
      } else if (c === 44 && depth === 0) break;
    }
    if (depth > 0) fail(`the file ends inside the record that starts in line ${startLine}`, line);
    const slice = text.slice(start, i);
    try {
      return { value: JSON.parse(slice), line: startLine };
    } catch (cause) {
      const position = /position (\d+)/.exec(String(cause))?.[1];
      const before = slice.slice(0, position === undefined ? 0 : Number(position));
      throw new InputError(
        `not valid JSON: ${(cause as Error).message.replace(/ in JSON at position.*$/, '')}`,
        { file, line: startLine + (before.match(/\n/g)?.length ?? 0) },
        { hint: 'NaN and Infinity are not JSON; a file that was cut has to be completed', cause },
      );
    }
  };

  skipSpace();
  if (text[i] !== '[') {
    const only = element();
    skipSpace();
    if (i < text.length) fail('text follows after the JSON value', line);
    return [only];
  }
  i++;
  const records: JsonRecord[] = [];
  skipSpace();
  if (text[i] === ']') return records;
  for (;;) {
    skipSpace();
    records.push(element());
    skipSpace();
    if (text[i] === ']') break;
    if (i >= text.length) fail(`the file ends after ${records.length} records, before the closing ]`, line);
    if (text[i] !== ',') fail('expected a comma or ] between records', line);
    i++;
  }
  i++;
  skipSpace();
  if (i < text.length) fail('text follows after the JSON list', line);
  return records;
}
