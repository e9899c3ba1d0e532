import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EqpotError, InputError } from '../errors.js';
import type { Frame } from '../structures/structure.js';
import type { Format, LabelInventory, LabelKeys, ReadContext } from './format.js';
import { detectFormat, FORMATS, formatByName } from './registry.js';

/** One file of a data set. */
export interface DataFile {
  /** as the user gave it */
  path: string;
  /** name of the format */
  format: string;
  /** of the file as it is stored, hexadecimal */
  sha256: string;
  /** size of the file as it is stored */
  bytes: number;
  /** number of frames */
  frames: number;
}

export interface DataSet {
  /** all frames, in the order of the paths and of each file */
  frames: Frame[];
  files: DataFile[];
  warnings: string[];
}

export interface ReadOptions extends Omit<ReadContext, 'file'> {
  /** name of the format of all files; default: recognised file by file */
  format?: string;
  /** group of the frames for which the data names none; default 'default' */
  configType?: string;
}

/** V8 holds no longer text. */
const LARGEST = 0x1fffffe8;

/**
 * Opens and reads data files. Files that end in .gz are unpacked.
 * @throws InputError for a missing, empty or unreadable file, an unknown format, anything a reader finds wrong, a data set without
 * frames, and for a label key that `options.labels` names and no frame has
 */
export function readFrames(paths: readonly string[], options: ReadOptions = {}): DataSet {
  if (paths.length === 0) throw new InputError('no data files are given', {}, { hint: 'name at least one file' });
  const { format: wanted, configType, ...context } = options;
  const fixed = wanted === undefined ? undefined : formatByName(wanted);
  const set: DataSet = { frames: [], files: [], warnings: [] };
  const inventories: LabelInventory[] = [];
  const hashes = new Map<string, string>();
  for (const path of paths) {
    const stored = load(path);
    const text = unpack(path, stored);
    const format = fixed ?? recognise(path, text);
    const result = format.read(text, { ...context, file: path });
    if (result.frames.length === 0) throw new InputError('the file holds no frames', { file: path });
    const sha256 = createHash('sha256').update(stored).digest('hex');
    const twin = hashes.get(sha256);
    if (twin !== undefined) set.warnings.push(`${path}: has the same content as ${twin}; its frames count twice`);
    hashes.set(sha256, path);
    for (const frame of result.frames) {
      if (configType !== undefined && frame.configType === 'default') frame.configType = configType;
      set.frames.push(frame);
    }
    set.files.push({ path, format: format.name, sha256, bytes: stored.length, frames: result.frames.length });
    set.warnings.push(...result.warnings);
    if (result.inventory) inventories.push(result.inventory);
  }
  checkLabels(options.labels ?? {}, inventories, set);
  return set;
}

function load(path: string): Buffer {
  try {
    if (statSync(path).isDirectory())
      throw new InputError(
        'is a folder, not a data file',
        { file: path },
        { hint: 'name the files in it, for example with a shell pattern' },
      );
    const bytes = readFileSync(path);
    if (bytes.length === 0) throw new InputError('the file is empty', { file: path });
    return bytes;
  } catch (cause) {
    if (cause instanceof EqpotError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new InputError('there is no such file', { file: path }, { hint: 'paths are relative to the current folder', cause });
    throw new InputError(`cannot be read: ${(cause as Error).message}`, { file: path }, { cause });
  }
}

function unpack(path: string, stored: Buffer): string {
  let bytes = stored;
  if (stored[0] === 0x1f && stored[1] === 0x8b)
    try {
      bytes = gunzipSync(stored, { maxOutputLength: LARGEST });
    } catch (cause) {
      throw new InputError(
        `cannot be unpacked: ${(cause as Error).message}`,
        { file: path },
        { hint: 'expected a whole gzip file', cause },
      );
    }
  if (bytes.length > LARGEST)
    throw new InputError(`has ${(bytes.length / 1e6).toFixed(0)} MB`, { file: path }, { hint: 'split it into files below 500 MB' });
  if (bytes.length === 0) throw new InputError('the file is empty', { file: path });
  return bytes.toString('utf8');
}

function recognise(path: string, text: string): Format {
  const format = detectFormat(basename(path).replace(/\.gz$/i, ''), text.slice(0, 4096));
  if (format) return format;
  throw new InputError(
    'the format of the file is not recognised',
    { file: path },
    { hint: `say which it is: ${FORMATS.map((f) => f.name).join(', ')}` },
  );
}

/** A key that the user named must be somewhere; where it is missing in part of the frames, the summary counts. */
function checkLabels(labels: LabelKeys, inventories: readonly LabelInventory[], set: DataSet): void {
  for (const label of Object.keys(labels) as (keyof LabelKeys)[]) {
    const key = labels[label];
    if (key === undefined) continue;
    if (inventories.length === 0)
      throw new InputError(
        `labels.${label} names the key "${key}", but files of the format ${[...new Set(set.files.map((f) => f.format))].join(', ')} have no keys`,
        { file: set.files[0]!.path },
        { hint: 'leave the setting out' },
      );
    const count = inventories.reduce((sum, inventory) => sum + (inventory.found[label] ?? 0), 0);
    if (count > 0) {
      if (count < set.frames.length)
        set.warnings.push(`the key "${key}" (labels.${label}) is in ${count} of ${set.frames.length} frames only`);
      continue;
    }
    const list = (names: Iterable<string>) => [...new Set(names)].join(', ') || 'none';
    throw new InputError(
      `no frame has the key "${key}" that labels.${label} names`,
      { file: set.files.map((f) => f.path).join(', ') },
      {
        hint: `keys of frames: ${list(inventories.flatMap((i) => i.frameKeys))}; columns of atoms: ${list(inventories.flatMap((i) => i.atomKeys))}`,
      },
    );
  }
}
