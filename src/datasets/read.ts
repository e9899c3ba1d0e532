import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { EqpotError, type ErrorPlace, InputError } from '../errors.js';
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

/** A data file with what is said of it alone. */
export interface DataEntry {
  /** stands in messages, summaries and frames as it is given */
  path: string;
  /** name of the format; default: that of the options, else recognised */
  format?: string | undefined;
  /** group of its frames for which the data names none */
  configType?: string | undefined;
}

export interface ReadOptions extends Omit<ReadContext, 'file'> {
  /** name of the format of all files; default: recognised file by file */
  format?: string;
  /** group of the frames for which the data names none; default 'default' */
  configType?: string;
  /** folder that relative paths start from; default the current one. Messages and frames keep the paths as they were given */
  directory?: string;
  /** where a label key was asked for, for messages; default: the data files */
  labelPlace?: (label: keyof LabelKeys) => ErrorPlace;
}

/** V8 holds no longer text. */
const LARGEST = 0x1fffffe8;

/**
 * Opens and reads data files. Files that end in .gz are unpacked. Label keys are those of the formats that have keys; files of
 * other formats are read as they are.
 * @throws InputError for a missing, empty or unreadable file, an unknown format, anything a reader finds wrong, a data set without
 * frames, and for a label key that `options.labels` names and no frame has
 */
export function readFrames(paths: readonly (string | DataEntry)[], options: ReadOptions = {}): DataSet {
  if (paths.length === 0) throw new InputError('no data files are given', {}, { hint: 'name at least one file' });
  const { format: wanted, configType: usualType, directory, labelPlace, ...context } = options;
  const set: DataSet = { frames: [], files: [], warnings: [] };
  const inventories: LabelInventory[] = [];
  let framesWithKeys = 0;
  const hashes = new Map<string, string>();
  for (const entry of paths) {
    const given: DataEntry = typeof entry === 'string' ? { path: entry } : entry;
    const { path, format: own = wanted, configType = usualType } = given;
    const fixed = own === undefined ? undefined : formatByName(own);
    const stored = load(path, directory);
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
    if (result.inventory) {
      inventories.push(result.inventory);
      framesWithKeys += result.frames.length;
    }
  }
  checkLabels(options, inventories, framesWithKeys, set);
  return set;
}

function load(path: string, directory: string | undefined): Buffer {
  const file = directory === undefined ? path : resolve(directory, path);
  try {
    if (statSync(file).isDirectory())
      throw new InputError(
        'is a folder, not a data file',
        { file: path },
        { hint: 'name the files in it, for example with a shell pattern' },
      );
    const bytes = readFileSync(file);
    if (bytes.length === 0) throw new InputError('the file is empty', { file: path });
    return bytes;
  } catch (cause) {
    if (cause instanceof EqpotError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new InputError(
        'there is no such file',
        { file: path },
        { hint: directory === undefined ? 'paths are relative to the current folder' : `looked for ${file}`, cause },
      );
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
function checkLabels(options: ReadOptions, inventories: readonly LabelInventory[], framesWithKeys: number, set: DataSet): void {
  const { labels = {}, labelPlace } = options;
  for (const label of Object.keys(labels) as (keyof LabelKeys)[]) {
    const key = labels[label];
    if (key === undefined) continue;
    const files = set.files.map((f) => f.path).join(', ');
    if (inventories.length === 0)
      throw new InputError(
        `labels.${label} names the key "${key}", but files of the format ${[...new Set(set.files.map((f) => f.format))].join(', ')} have no keys`,
        labelPlace?.(label) ?? { file: files },
        { hint: 'leave the setting out' },
      );
    const count = inventories.reduce((sum, inventory) => sum + (inventory.found[label] ?? 0), 0);
    if (count > 0) {
      if (count < framesWithKeys)
        set.warnings.push(
          `the key "${key}" (labels.${label}) is in ${count} of ${framesWithKeys} frames only` +
            (framesWithKeys < set.frames.length ? ', those of formats without keys not counted' : ''),
        );
      continue;
    }
    const list = (names: Iterable<string>) => [...new Set(names)].join(', ') || 'none';
    throw new InputError(
      `no frame${labelPlace ? ` of ${files}` : ''} has the key "${key}" that labels.${label} names`,
      labelPlace?.(label) ?? { file: files },
      {
        hint: `keys of frames: ${list(inventories.flatMap((i) => i.frameKeys))}; columns of atoms: ${list(inventories.flatMap((i) => i.atomKeys))}`,
      },
    );
  }
}
