import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { InputError } from '../errors.js';
import { writeExtxyz } from './extxyz/write.js';
import { type DataSet, type ReadOptions, readFrames } from './read.js';

export interface ConvertOptions extends ReadOptions {
  /** puts a file in place as a whole; the caller's, because this layer writes nothing itself */
  write: (path: string, content: string | Uint8Array) => void;
}

/**
 * Reads data files of any known format and writes all their frames into one extended-XYZ file (packed where the name ends in .gz).
 * @returns what was read, for the summary
 * @throws InputError as `readFrames`, and when the output is one of the inputs
 */
export function convertFrames(inputs: readonly string[], output: string, options: ConvertOptions): DataSet {
  const { write, ...reading } = options;
  const same = inputs.find((path) => physical(path) === physical(output));
  if (same !== undefined)
    throw new InputError(
      'the output is one of the inputs',
      { file: same },
      { hint: 'conversion drops what is not a label; give it another name' },
    );
  const set = readFrames(inputs, reading);
  const text = writeExtxyz(set.frames);
  write(output, output.endsWith('.gz') ? gzipSync(text) : text);
  return set;
}

/** the path without symbolic links, where it exists */
function physical(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return resolve(path);
  }
}
