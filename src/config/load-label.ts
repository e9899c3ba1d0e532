import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Document, isMap, parseDocument } from 'yaml';
import { InputError } from '../errors.js';
import { problemsOf } from './issues.js';
import { LABEL_SCHEMAS, type LabelSettings } from './label-schema.js';
import { SettingsSource } from './source.js';
import { didYouMean } from './suggest.js';

export interface LoadedLabelSettings {
  settings: LabelSettings;
  /** folder that relative paths in the settings start from */
  directory: string;
}

/** How the settings of a labelling engine are given: a file, changes to it, or both. */
export interface LabelChoice {
  /** YAML with the settings alone, or with a `label` part */
  file?: string;
  /** name of the engine, where no file tells it */
  engine?: string;
  /** `key=value` with a value in YAML, the key with dots for groups */
  changes?: readonly string[];
}

/**
 * Settings of a labelling engine, checked.
 * @throws InputError that lists every problem with its place
 */
export function loadLabelSettings({ file, engine, changes = [] }: LabelChoice): LoadedLabelSettings {
  const text = file === undefined ? '' : read(file);
  const changed = text === '' ? new Document({}) : parseDocument(text);
  if (engine === undefined && changes.length === 0) return check(new SettingsSource(file ?? 'the command line', text), file);
  const part = isMap(changed.get('label')) ? ['label'] : [];
  if (text !== '') {
    const syntax = new SettingsSource(file!, text);
    const problems = syntax.syntaxProblems();
    if (problems.length > 0) throw syntax.error(problems);
  }
  if (engine !== undefined) changed.setIn([...part, 'engine'], engine);
  for (const change of changes) {
    const [, key, value] = /^([\w.]+)=(.*)$/s.exec(change) ?? [];
    if (key === undefined)
      throw new InputError(`--set "${change}" has no "="`, {}, { hint: 'expected KEY=VALUE, such as --set model=sr2' });
    changed.setIn([...part, ...key.split('.')], parseDocument(value!).contents);
  }
  // the places in messages are those of the settings with the changes
  return check(new SettingsSource(file === undefined ? 'the command line' : `${file} with the changes`, String(changed)), file);
}

function check(source: SettingsSource, file: string | undefined): LoadedLabelSettings {
  const syntax = source.syntaxProblems();
  if (syntax.length > 0) throw source.error(syntax);
  const whole = source.value() as Record<string, unknown> | null;
  const inPart = typeof whole?.label === 'object' && whole.label !== null;
  const value = (inPart ? whole!.label : whole) as Record<string, unknown> | null;
  const prefix = inPart ? ['label'] : [];
  const names = Object.keys(LABEL_SCHEMAS);
  const given = value?.engine;
  if (given === undefined && file === undefined)
    throw new InputError('no engine is named', undefined, { hint: `give -c LABEL.yaml, or --engine with one of ${names.join(', ')}` });
  if (typeof given !== 'string' || !names.includes(given)) {
    const message = given === undefined ? 'no engine is named' : `there is no engine '${given}'${didYouMean(String(given), names)}`;
    throw source.error([{ message, hint: `engines: ${names.join(', ')}`, at: { path: [...prefix, 'engine'] } }]);
  }
  const schema = LABEL_SCHEMAS[given as keyof typeof LABEL_SCHEMAS];
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const problems = problemsOf(parsed.error.issues, schema, value);
    throw source.error(problems.map((p) => ('path' in p.at ? { ...p, at: { ...p.at, path: [...prefix, ...p.at.path] } } : p)));
  }
  return { settings: parsed.data, directory: file === undefined ? process.cwd() : dirname(resolve(file)) };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new InputError(`cannot be read: ${(cause as Error).message}`, { file }, { cause });
  }
}
