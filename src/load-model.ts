import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError } from './errors.js';
import { ALLOY, readAlloy } from './potentials/alloy/json.js';
import { AlloyPotential } from './potentials/alloy/model.js';
import { BUILTIN_NAMES, builtinModel } from './potentials/builtin.js';
import { type Committee, readCommittee } from './potentials/committee-file.js';
import { EquationPotential, readModel } from './potentials/equation-potential.js';
import { readMeamSpline } from './potentials/meam-spline-file.js';
import type { Potential } from './potentials/potential.js';
import { type SMeamModel, SMeamPotential } from './potentials/s-meam.js';
import { readSMeam, S_MEAM } from './potentials/s-meam-json.js';
import { readTabulatedEam } from './potentials/tabulated-eam.js';
import { readZjw04, ZJW04 } from './potentials/zjw04/json.js';
import { zjw04Potential } from './potentials/zjw04/model.js';

/** A potential and where it came from. */
export interface LoadedModel {
  name: string;
  kind: 'built-in' | 'equation' | 'splines' | 'zjw04' | 'tabulated';
  potential: Potential;
  /** eV/atom; empty when the model does not say */
  referenceEnergies: Readonly<Record<string, number>>;
  /** why a run's model is not to be trusted, one sentence each; absent where nothing is known */
  warnings?: string[];
}

/**
 * A model by name or path: a built-in name, a run or model directory (its model.json), a model.json itself, or a LAMMPS file of
 * `pair_style eam`, `eam/alloy`, `eam/fs`, `adp` or `meam/spline`. A file or folder called like a built-in model goes first. `RUN#3` is the third
 * member of the committee of a run.
 * @param directory folder that a relative path starts from; default the current one
 * @throws InputError that lists what was expected
 */
export function loadModel(nameOrPath: string, directory = '.'): LoadedModel {
  const at = resolve(directory, nameOrPath);
  if (nameOrPath.trim() === '' || !existsSync(at)) {
    const member = /^(.+)#(\d+)$/.exec(nameOrPath);
    if (member) return memberOf(member[1]!, Number(member[2]), directory);
    if (BUILTIN_NAMES.includes(nameOrPath)) return fromEquation(new EquationPotential(builtinModel(nameOrPath)), nameOrPath, 'built-in');
    throw new InputError(
      'there is no such model',
      { file: nameOrPath },
      {
        hint: `expected a run directory, a model.json, an .eam.fs, .eam.alloy, .eam, .adp or .meam.spline file, or one of the built-in ${BUILTIN_NAMES.join(', ')}`,
      },
    );
  }
  const path = statSync(at).isDirectory() ? modelIn(nameOrPath, directory) : nameOrPath;
  const text = readText(path, directory);
  if (/\.json$/i.test(path)) {
    const loaded = fromJson(text, path, nameOrPath);
    const warnings = path === nameOrPath ? [] : warningsOf(nameOrPath, directory);
    return warnings.length > 0 ? { ...loaded, warnings } : loaded;
  }
  if (/\.meam\.spline$/i.test(path)) return fromSplines(readMeamSpline(text, path), basename(path));
  return { name: basename(path), kind: 'tabulated', potential: readTabulatedEam(text, { file: path }), referenceEnergies: {} };
}

/**
 * The committee of a run (its committee.json), or that of a file; undefined where a run or model has none.
 * @throws InputError for a file that is none
 */
export function loadCommittee(nameOrPath: string, directory = '.'): Committee | undefined {
  const at = resolve(directory, nameOrPath);
  if (!existsSync(at)) return undefined;
  const path = statSync(at).isDirectory()
    ? join(nameOrPath, COMMITTEE)
    : basename(at) === 'model.json'
      ? join(dirname(nameOrPath), COMMITTEE)
      : nameOrPath;
  if (!/\.json$/i.test(path) || !existsSync(resolve(directory, path))) return undefined;
  return readCommittee(readText(path, directory), path);
}

const COMMITTEE = 'committee.json';

function memberOf(name: string, number: number, directory: string): LoadedModel {
  const committee = loadCommittee(name, directory);
  const place = { file: `${name}#${number}` };
  if (!committee)
    throw new InputError(`${name} has no committee`, place, { hint: 'name the directory of a fit with `uncertainty.committee` above 1' });
  const member = committee.members[number - 1];
  if (!member)
    throw new InputError('there is no such member', place, { hint: `the committee has members 1 to ${committee.members.length}` });
  return fromEquation(new EquationPotential(member.model), `${name}#${number}`, 'equation');
}

function modelIn(folder: string, directory: string): string {
  const path = join(folder, 'model.json');
  if (existsSync(resolve(directory, path))) return path;
  throw new InputError(
    'the directory has no model.json',
    { file: folder },
    { hint: 'name the directory of a finished `eqpot fit`, or a potential file' },
  );
}

/** What a run says against its own result. */
function warningsOf(run: string, directory: string): string[] {
  const file = resolve(directory, run, 'metrics.json');
  if (!existsSync(file)) return [];
  let metrics: { lammps?: { passed?: boolean }; notSound?: unknown[] };
  try {
    metrics = JSON.parse(readFileSync(file, 'utf8')) as typeof metrics;
  } catch {
    return [`${join(run, 'metrics.json')} cannot be read, so it is not known whether LAMMPS agreed with the equation`];
  }
  return [
    ...(metrics.lammps?.passed === false ? [`LAMMPS did not agree with the equation of ${run}: its files are not to be used`] : []),
    ...((metrics.notSound?.length ?? 0) > 0 ? [`the potential of ${run} is not sound at short distances (see its report)`] : []),
  ];
}

function readText(path: string, directory: string): string {
  try {
    return readFileSync(resolve(directory, path), 'utf8');
  } catch (cause) {
    throw new InputError(`cannot be read: ${(cause as Error).message}`, { file: path }, { cause });
  }
}

function fromJson(text: string, path: string, name: string): LoadedModel {
  switch (formOf(text)) {
    case S_MEAM:
      return fromSplines(readSMeam(text, path), name);
    case ALLOY: {
      const potential = new AlloyPotential(readAlloy(text, path));
      return { name, kind: 'equation', potential, referenceEnergies: potential.referenceEnergies };
    }
    case ZJW04: {
      const potential = zjw04Potential(readZjw04(text, path));
      return { name, kind: 'zjw04', potential, referenceEnergies: potential.referenceEnergies };
    }
    default:
      return fromEquation(new EquationPotential(readModel(text, path)), name, 'equation');
  }
}

/** What a `model.json` says of its form; undefined for equations, and for what is no JSON. */
function formOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { form?: unknown } | null)?.form;
  } catch {
    return undefined;
  }
}

function fromEquation(potential: EquationPotential, name: string, kind: 'built-in' | 'equation'): LoadedModel {
  return { name, kind, potential, referenceEnergies: potential.referenceEnergies };
}

function fromSplines(model: SMeamModel, name: string): LoadedModel {
  return { name, kind: 'splines', potential: new SMeamPotential(model), referenceEnergies: model.referenceEnergies };
}
