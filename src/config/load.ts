import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, extname, resolve } from 'node:path';
import { stringify } from 'yaml';
import type { z } from 'zod';
import { type ErrorPlace, InputError } from '../errors.js';
import { checkSettings, foreignGroups } from './checks.js';
import { nameOf, problemsOf } from './issues.js';
import { type Settings, type SettingsInput, settingsSchema } from './schema.js';
import { type Problem, type SettingPath, SettingsSource } from './source.js';

/** Settings as read from a file, checked, with all defaults in place: those of a fit, or of what else has a settings file. */
export interface LoadedSettings<Of = Settings> {
  settings: Of;
  /** absolute folder of the file; relative paths in the settings start here */
  directory: string;
  /** path of the file as the user gave it */
  file: string;
  /** the file as it was read */
  text: string;
  /** of the file, hexadecimal */
  sha256: string;
  /**
   * where a setting stands, for errors that show only later (an element that the data lacks, ...): its value, or with `key` its name;
   * where it is absent, what would hold it
   */
  place(path: SettingPath, key?: boolean): ErrorPlace;
}

/** What a settings file is checked against. */
export interface SettingsKind<Of> {
  schema: z.ZodType<Of>;
  /** what the schema cannot see */
  check(settings: Of, directory: string): Problem[];
  /** what an empty file is told to hold */
  least: string;
}

const FIT: SettingsKind<Settings> = { schema: settingsSchema, check: checkSettings, least: "at least 'data: { files: [...] }'" };

/** No settings file is as large as this; a data file given by mistake is. Bytes. */
const LARGEST = 1_000_000;

/**
 * Reads a settings file (YAML 1.2, so JSON as well) and checks everything that can be checked without reading the data.
 * @throws InputError that lists every problem with file, line and column: YAML syntax, unknown and missing settings, wrong
 * types, values out of range, unknown names, contradictions, and data files that are not there
 */
export function loadSettings(path: string): LoadedSettings {
  return loadSettingsOf(FIT, path);
}

/** The same for any kind of settings. */
export function loadSettingsOf<Of>(kind: SettingsKind<Of>, path: string): LoadedSettings<Of> {
  const bytes = read(path);
  const text = decode(path, bytes);
  const directory = dirname(resolve(path));
  return { ...parseSettingsOf(kind, text, path, directory), sha256: createHash('sha256').update(bytes).digest('hex') };
}

/**
 * The same for settings that are already in memory.
 * @param file name for messages
 * @param directory where relative paths start
 */
export function parseSettings(text: string, file: string, directory: string): Omit<LoadedSettings, 'sha256'> {
  return parseSettingsOf(FIT, text, file, directory);
}

function parseSettingsOf<Of>(kind: SettingsKind<Of>, text: string, file: string, directory: string): Omit<LoadedSettings<Of>, 'sha256'> {
  const source = new SettingsSource(file, text);
  const syntax = source.syntaxProblems();
  if (syntax.length > 0) throw source.error(syntax);
  const value = source.value();
  if (value === null || value === undefined)
    throw new InputError('the settings file is empty', { file }, { hint: `expected ${kind.least}; see docs/settings.md` });
  const parsed = kind.schema.safeParse(value);
  if (!parsed.success) {
    const problems = problemsOf(parsed.error.issues, kind.schema, value);
    throw source.error([...problems, ...furtherProblems(kind, value, problems, directory)]);
  }
  const problems = [...foreignGroups(value, parsed.data), ...kind.check(parsed.data, directory)];
  if (problems.length > 0) throw source.error(problems);
  return { settings: parsed.data, directory, file, text, place: (path, key) => source.place(path, key) };
}

/**
 * The same for settings that a program wrote as an object.
 * @param directory where relative paths start
 * @throws InputError as `loadSettings`; its lines are those of the object written as YAML
 */
export function checkedSettings(settings: SettingsInput, directory: string): Omit<LoadedSettings, 'sha256'> {
  const found = settings === null || settings === undefined ? 'nothing' : Array.isArray(settings) ? 'a list' : typeof settings;
  if (found !== 'object')
    throw new InputError(`expected settings, found ${found}`, {}, { hint: "give an object such as { data: { files: ['cu.extxyz'] } }" });
  return parseSettings(stringify(settings, { aliasDuplicateObjects: false, lineWidth: 0 }), 'settings', resolve(directory));
}

/** What else is wrong besides `known`, so that one look at the message is enough: the rest is checked without the wrong parts. */
function furtherProblems<Of>(kind: SettingsKind<Of>, value: unknown, known: readonly Problem[], directory: string): Problem[] {
  const paths = known.flatMap(({ at }) => ('path' in at ? [at.path] : []));
  const rest = structuredClone(value);
  for (const path of paths) {
    const holder = path.slice(0, -1).reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step], rest);
    // an entry of a list leaves a hole behind, so that the others keep their places
    if (Array.isArray(holder)) holder[Number(path.at(-1))] = '';
    else if (typeof holder === 'object' && holder !== null) delete (holder as Record<PropertyKey, unknown>)[path.at(-1)!];
  }
  const parsed = kind.schema.safeParse(rest);
  if (!parsed.success) return [];
  const reported = new Set(paths.map(nameOf));
  return kind.check(parsed.data, directory).filter(({ at }) => !('path' in at && reported.has(nameOf(at.path))));
}

/**
 * Absolute run directory: the one on the command line (relative to the current folder), else the one of the settings
 * (relative to their file), else `runs/` and the name of the settings file, beside it.
 */
export function runDirectory(
  loaded: { settings: Pick<Settings, 'directory'> } & Pick<LoadedSettings, 'directory' | 'file'>,
  onCommandLine?: string,
): string {
  if (onCommandLine !== undefined) return resolve(onCommandLine);
  const { settings, directory, file } = loaded;
  return resolve(directory, settings.directory ?? `runs/${basename(file, extname(file))}`);
}

function read(path: string): Buffer {
  try {
    const bytes = readFileSync(path);
    if (bytes.length > LARGEST)
      throw new InputError(
        `has ${(bytes.length / 1e6).toFixed(1)} MB: this is no settings file`,
        { file: path },
        { hint: 'expected a YAML file; data files are named in it, under data.files' },
      );
    return bytes;
  } catch (cause) {
    if (cause instanceof InputError) throw cause;
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new InputError('there is no such settings file', { file: path }, { hint: `the current folder is ${process.cwd()}`, cause });
    if (code === 'EISDIR')
      throw new InputError('is a folder, not a settings file', { file: path }, { hint: 'name the YAML file in it', cause });
    throw new InputError(`cannot be read: ${(cause as Error).message}`, { file: path }, { cause });
  }
}

function decode(path: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new InputError('is not UTF-8 text', { file: path }, { hint: 'save it as UTF-8', cause });
  }
}
