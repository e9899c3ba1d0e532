import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { writeFileAtomic } from '../engines/files.js';
import { InputError } from '../errors.js';
import { loadModel } from '../load-model.js';
import { readModel } from '../potentials/equation-potential.js';
import { type CardMetrics, modelCard } from '../report/card.js';
import type { Validation } from '../report/validation/validation.js';

export interface CardOptions {
  /** folder of `eqpot validate`, or its validation.json */
  validation?: string;
  /** name of the potential in it; default: its first one */
  name?: string;
  /** Markdown that is put at the end */
  notes?: string;
  /** default: model-card.md in the run directory */
  output?: string;
}

const FORM_NAMES: Readonly<Record<string, string>> = { splines: 'splines', zjw04: 'Zjw04 functions', alloy: 'alloy equations' };

/**
 * Writes the model card of a finished fit.
 * @returns the file
 * @throws InputError for files that are missing or are something else
 */
export function writeCard(run: string, options: CardOptions = {}): string {
  const text = (name: string): string => {
    const file = join(run, name);
    if (!existsSync(resolve(file)))
      throw new InputError(`there is no ${name}`, { file: run }, { hint: 'expected the directory of a finished fit' });
    return readFileSync(resolve(file), 'utf8');
  };
  const { kind } = loadModel(run);
  if (kind !== 'equation')
    throw new InputError(
      `holds a fit of ${FORM_NAMES[kind] ?? kind}, and model cards are of closed equations of one element`,
      { file: run },
      {
        hint: 'its report.html and metrics.json have data, errors and constants; eqpot validate compares its properties',
      },
    );
  const validation = options.validation === undefined ? undefined : readValidation(options.validation, options.name);
  const card = modelCard({
    model: readModel(text('model.json'), join(run, 'model.json')),
    metrics: json<CardMetrics>(text('metrics.json'), join(run, 'metrics.json'), ['fitted', 'audit', 'lammps']),
    equation: text('equation.txt'),
    ...(validation ? { validation } : {}),
    ...(options.notes === undefined ? {} : { notes: readFile(options.notes) }),
  });
  const output = options.output ?? join(run, 'model-card.md');
  writeFileAtomic(resolve(output), card);
  return output;
}

function readValidation(given: string, wanted: string | undefined): { result: Validation; name: string } {
  const file = given.endsWith('.json') ? given : join(given, 'validation.json');
  const result = json<Validation>(readFile(file), file, ['potentials', 'lammps', 'system']);
  const names = Object.keys(result.potentials);
  const name = wanted ?? names[0];
  if (name === undefined || !names.includes(name))
    throw new InputError(`there is no potential ${wanted}`, { file }, { hint: `it has ${names.join(', ')}` });
  return { result, name };
}

function readFile(file: string): string {
  try {
    return readFileSync(resolve(file), 'utf8');
  } catch (cause) {
    throw new InputError(`cannot be read: ${(cause as Error).message}`, { file }, { cause });
  }
}

function json<T>(text: string, file: string, keys: readonly string[]): T {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw new InputError('this is not valid JSON', { file }, { cause });
  }
  for (const key of keys)
    if (typeof parsed !== 'object' || parsed === null || !(key in parsed)) throw new InputError(`"${key}" is missing`, { file });
  return parsed as T;
}
