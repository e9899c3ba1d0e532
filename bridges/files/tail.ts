import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** How much of a file that is already there is read at first, bytes. */
const HISTORY = 262_144;
/** A line that is longer is cut, characters. */
const LONGEST_LINE = 65_536;
/** What an open file and its folder answer when they are not there (ESTALE: not any more, on a network file system). */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ESTALE']);

/**
 * The lines that are added to a file, as of `tail -F`: the file may appear later, shrink, or be replaced by another of its name; it is then
 * read from its start. The file is opened for every look, because only that makes a network file system tell its true length.
 */
export class Tail {
  /** whether the file was there at the last look */
  present = false;
  private offset = 0;
  private inode: number | undefined;
  private rest = '';
  private decoder = new StringDecoder('utf8');
  private readonly buffer = Buffer.alloc(65_536);

  constructor(private readonly path: string) {}

  /**
   * The complete lines since the last look, without line breaks.
   * @throws the error of the system when the file is there and cannot be read
   */
  read(): string[] {
    let handle: number;
    try {
      handle = openSync(this.path, 'r');
    } catch (error) {
      if (!ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      this.present = false;
      // file systems give the number of a removed file to the next one
      if (this.inode !== undefined) this.inode = -1;
      return [];
    }
    try {
      const lines = this.readFrom(handle);
      this.present = true;
      return lines;
    } catch (error) {
      if (!ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
      return [];
    } finally {
      closeSync(handle);
    }
  }

  private readFrom(handle: number): string[] {
    const { size, ino } = fstatSync(handle);
    let cut = false;
    if (this.inode === undefined && size > HISTORY) {
      this.offset = size - HISTORY;
      cut = true;
    } else if (this.inode !== ino || size < this.offset) {
      this.offset = 0;
      this.rest = '';
      this.decoder = new StringDecoder('utf8');
    }
    this.inode = ino;
    const lines: string[] = [];
    while (this.offset < size) {
      const length = readSync(handle, this.buffer, 0, Math.min(this.buffer.length, size - this.offset), this.offset);
      if (length === 0) break;
      this.offset += length;
      const parts = (this.rest + this.decoder.write(this.buffer.subarray(0, length))).split('\n');
      this.rest = parts.pop()!.slice(0, LONGEST_LINE);
      for (const part of parts) lines.push(part.slice(0, LONGEST_LINE).replace(/\r$/, ''));
    }
    // the first of them lacks its beginning
    return cut ? lines.slice(1) : lines;
  }
}
