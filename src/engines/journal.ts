import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { InputError } from '../errors.js';
import { writeFileAtomic } from './files.js';

/** A line that was written in part when its process or machine died. */
export interface TornLine {
  /** 1-based */
  line: number;
  /** how many bytes of it were there */
  bytes: number;
}

/** What a journal holds. */
export interface JournalContent<T> {
  /** in the order of writing */
  records: T[];
  torn: TornLine | undefined;
}

interface Parsed<T> extends JournalContent<T> {
  /** bytes up to the end of the last whole line */
  length: number;
}

/**
 * A file of JSON lines that grows at its end and is on the disk line by line: what `append` has returned from survives the end of the
 * process and of the machine. Every line ends with a checksum of itself (CRC-32 of the line without it), so that a line of which only a
 * part was written is recognised; it is cut when the journal is opened. One process at a time may have a journal open (see `lock.ts`).
 */
export class Journal<T extends object> {
  private constructor(
    private readonly path: string,
    private readonly handle: number,
    private length: number,
    readonly content: JournalContent<T>,
  ) {}

  /**
   * Opens a journal, or begins one.
   * @param kind stands in its first line
   * @throws InputError with the line when it is damaged elsewhere than at its end, or is of another kind
   */
  static open<T extends object>(path: string, kind: string): Journal<T> {
    let parsed: Parsed<T> | undefined = load(path, kind);
    if (parsed === undefined) {
      writeFileAtomic(path, lineOf({ journal: kind }));
      parsed = load(path, kind)!;
    }
    const handle = openSync(path, 'r+');
    if (parsed.torn) {
      ftruncateSync(handle, parsed.length);
      fsyncSync(handle);
    }
    return new Journal(path, handle, parsed.length, { records: parsed.records, torn: parsed.torn });
  }

  /**
   * What a journal holds, without opening it for writing; no records where there is none.
   * @throws InputError as `open`
   */
  static read<T extends object>(path: string, kind: string): JournalContent<T> {
    return load<T>(path, kind) ?? { records: [], torn: undefined };
  }

  /**
   * Writes a record; it is on the disk when this returns. After an error the journal is as before.
   * @throws InputError when the disk is full, the file was removed or somebody else wrote to it
   */
  append(record: T): void {
    const line = Buffer.from(lineOf(record));
    const { size, nlink } = fstatSync(this.handle);
    if (nlink === 0) throw this.failure('was removed while it was in use');
    if (size !== this.length) throw this.failure('was changed by somebody else while it was in use');
    try {
      for (let at = 0; at < line.length; ) at += writeSync(this.handle, line, at, line.length - at, this.length + at);
      fsyncSync(this.handle);
    } catch (cause) {
      try {
        ftruncateSync(this.handle, this.length);
      } catch {
        // the part of the line is cut when the journal is opened next
      }
      throw this.failure(`cannot be written: ${(cause as Error).message}`, cause);
    }
    this.length += line.length;
  }

  close(): void {
    closeSync(this.handle);
  }

  private failure(message: string, cause?: unknown): InputError {
    return new InputError(
      message,
      { file: this.path },
      { hint: 'what was recorded before is safe; run the same command again when this is put right', cause },
    );
  }
}

function load<T extends object>(path: string, kind: string): Parsed<T> | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const records: T[] = [];
  let length = 0;
  let bad: TornLine | undefined;
  let line = 0;
  for (let at = 0; at < bytes.length; ) {
    const newline = bytes.indexOf(10, at);
    const end = newline < 0 ? bytes.length : newline + 1;
    line++;
    const record = newline < 0 ? undefined : parseLine(bytes.toString('utf8', at, newline));
    if (record === undefined) bad ??= { line, bytes: bytes.length - at };
    else if (bad)
      throw new InputError(
        'this line is damaged',
        { file: path, line: bad.line },
        { hint: 'restore the file from a copy, or delete the line: what it recorded is then done again' },
      );
    else {
      if (line === 1) checkKind(record, kind, path);
      else records.push(record as T);
      length = end;
    }
    at = end;
  }
  if (line > 0 && length === 0) throw new InputError(`is no ${kind}`, { file: path, line: 1 }, { hint: 'move it out of the way' });
  return line === 0 ? undefined : { records, torn: bad, length };
}

function checkKind(header: object, kind: string, path: string): void {
  const found = (header as { journal?: unknown }).journal;
  if (found !== kind)
    throw new InputError(
      `is ${typeof found === 'string' ? `a "${found}"` : 'no journal'}, not a "${kind}"`,
      { file: path, line: 1 },
      { hint: 'it may be of another version of eqpot' },
    );
}

function lineOf(record: object): string {
  const text = JSON.stringify(record).slice(0, -1);
  return `${text},"crc":"${checksum(text)}"}\n`;
}

function parseLine(line: string): object | undefined {
  const match = /,"crc":"([0-9a-f]{8})"\}$/.exec(line);
  if (!match) return undefined;
  const text = line.slice(0, match.index);
  if (checksum(text) !== match[1]) return undefined;
  return JSON.parse(`${text}}`) as object;
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0');
}
