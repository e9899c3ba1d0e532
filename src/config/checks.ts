import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { FORMATS } from '../datasets/registry.js';
import { InputError } from '../errors.js';
import { basisFunction } from '../expressions/basis/index.js';
import { loadModel } from '../load-model.js';
import { TAPERS } from '../potentials/cutoffs/index.js';
import { elementOf } from '../structures/elements.js';
import { CURVES } from '../targets/curves/index.js';
import { GIVEN_CRYSTAL_NAMES, knowsGivenCrystal } from '../targets/given-crystal.js';
import { familyOf, TARGET_FAMILIES } from '../targets/index.js';
import { parseDuration } from './duration.js';
import { nameOf } from './issues.js';
import type { Settings } from './schema.js';
import type { Problem, SettingPath } from './source.js';
import { didYouMean, suggest } from './suggest.js';
import { type CrystalTargets, fromFile, targetGroups } from './targets-schema.js';

/** What the schema cannot see: names that another module knows, settings that contradict each other, files that are not there. */
export function checkSettings(settings: Settings, directory: string): Problem[] {
  return [
    ...checkData(settings, directory),
    ...checkElements(settings),
    ...checkNetwork(settings),
    ...checkWindows(settings),
    ...checkTargets(settings, directory),
    ...checkRun(settings, directory),
  ];
}

function checkData({ data }: Settings, directory: string): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, number>();
  data.files.forEach((entry, index) => {
    const plain = typeof entry === 'string';
    const path: SettingPath = plain ? ['data', 'files', index] : ['data', 'files', index, 'path'];
    const given = plain ? entry : entry.path;
    const file = resolve(directory, given);
    const problem = fileProblem(given, file);
    if (problem) problems.push({ ...problem, at: { path } });
    const first = seen.get(file);
    if (first !== undefined)
      problems.push({
        message: `${given} is listed twice (data.files[${first}] and data.files[${index}]); its frames would count twice`,
        hint: "to make a file count more, give it a 'weight'",
        at: { path },
      });
    else seen.set(file, index);
    const names = FORMATS.map((format) => format.name);
    if (!plain && entry.format !== undefined && !names.includes(entry.format))
      problems.push({
        message: `unknown data format "${entry.format}"${didYouMean(entry.format, names)}`,
        hint: `formats: ${names.join(', ')}; without 'format' it is recognised`,
        at: { path: ['data', 'files', index, 'format'] },
      });
  });
  if (data.use && !data.use.includes('energy'))
    problems.push({
      message: 'data.use has to contain energy',
      hint: 'an equation is fitted to energies, and to forces and stress besides',
      at: { path: ['data', 'use'] },
    });
  return [...problems, ...duplicates(data.use, ['data', 'use'])];
}

function checkWindows({ loss: { windows } }: Settings): Problem[] {
  if (!windows) return [];
  return windows.flatMap(({ up_to: end }, k): Problem[] => {
    const last = k === windows.length - 1;
    const before = k > 0 ? windows[k - 1]!.up_to : 0;
    if (last ? end === undefined : end !== undefined && end > (before ?? Infinity)) return [];
    return [
      {
        message: last ? 'the last window of energy has an upper end' : 'windows of energy do not grow',
        hint: 'write for example: windows: [{ up_to: 0.13, weight: 2 }, { up_to: 0.73, weight: 1 }, { weight: 0.5 }]',
        at: { path: ['loss', 'windows', k] },
      },
    ];
  });
}

/** Values that are lengths or frequencies. */
const ABOVE_ZERO = /^(lattice_constant|phonon)/;

/** Groups of settings that some forms alone look at. */
const FORMS_OF: Readonly<Record<string, readonly Settings['form'][]>> = {
  network: ['equation', 'alloy'],
  search: ['equation'],
  refine: ['equation'],
  alloy: ['alloy'],
  splines: ['s-meam'],
  zjw04: ['zjw04'],
};

/** Groups that a person wrote and that the form does not look at. @param given the settings as they were written */
export function foreignGroups(given: unknown, settings: unknown): Problem[] {
  const { form } = settings as { form?: Settings['form'] };
  return Object.entries(FORMS_OF).flatMap(([name, forms]) =>
    form === undefined || forms.includes(form) || !Object.hasOwn(given as object, name)
      ? []
      : [
          {
            message: `'${name}' is for ${forms.map((one) => `form: ${one}`).join(' and ')}, and this fit has form: ${form}`,
            hint: `leave it out, or set 'form: ${forms[0]}'`,
            at: { path: [name], key: true },
          },
        ],
  );
}

function checkTargets({ targets, form }: Settings, directory: string): Problem[] {
  if (targets && form === 's-meam')
    return [
      {
        message: 'targets pull equations and functions with parameters, not splines',
        hint: 'leave them out, or weigh frames by data.files or loss.config_types',
        at: { path: ['targets'], key: true },
      },
    ];
  return targetGroups(targets).flatMap(({ group, path }) => checkGroup(group, path, directory));
}

function checkGroup(targets: CrystalTargets, prefix: SettingPath, directory: string): Problem[] {
  const at = (...path: SettingPath): Problem['at'] => ({ path: [...prefix, ...path] });
  const noTolerance = (name: string, value: number, tolerance: number | string, ...path: SettingPath): Problem[] =>
    typeof tolerance === 'number' || Math.abs(value) * Number.parseFloat(tolerance) > 0
      ? []
      : [
          {
            message: `a share of 0 is no tolerance for ${name}`,
            hint: 'give a tolerance above zero in its unit',
            at: at(...path),
          },
        ];
  const { crystal, element } = targets;
  const given = fromFile(crystal);
  const knows = (name: string): boolean => (given ? knowsGivenCrystal(name) : familyOf(name) !== undefined);
  const problems: Problem[] = element === undefined ? [] : caught(() => elementOf(element), [...prefix, 'element']);
  for (const [name, entry] of Object.entries(targets.properties)) {
    const { value, tolerance } = typeof entry === 'number' ? { value: entry, tolerance: '2 %' } : entry;
    if (!knows(name))
      problems.push({
        message: `a fit cannot be pulled towards '${name}'${given ? ' of a crystal from a file' : ''}${knows(name.toLowerCase()) ? `; did you mean '${name.toLowerCase()}'?` : ''}`,
        hint: `expected one of ${given ? GIVEN_CRYSTAL_NAMES : TARGET_FAMILIES.map(({ names }) => names).join(', ')}`,
        at: at('properties', name),
      });
    else if (ABOVE_ZERO.test(name) && !(value > 0)) problems.push({ message: `${name} is not above zero`, at: at('properties', name) });
    else problems.push(...noTolerance(name, value, tolerance, 'properties', name));
  }
  targets.structures.forEach(({ name, file, value, tolerance }, k) => {
    problems.push(...noTolerance(name, value, tolerance, 'structures', k));
    const missing = fileProblem(file, resolve(directory, file));
    if (missing) problems.push({ ...missing, at: at('structures', k, 'file') });
  });
  if (given) {
    const missing = fileProblem(given, resolve(directory, given));
    if (missing) problems.push({ message: `targets.crystal is neither fcc nor bcc, and ${missing.message}`, at: at('crystal') });
    for (const name of ['lattice_constant', 'rose', ...Object.keys(CURVES)])
      if (targets[name as keyof CrystalTargets])
        problems.push({ message: `${name} is known for fcc and bcc, not for a crystal from a file`, at: { ...at(name), key: true } });
  } else if (targets.lattice_constant === undefined && targets.properties['lattice_constant'] === undefined)
    problems.push({
      message: 'targets has no lattice constant',
      hint: "the structures are built with it: give 'targets.lattice_constant', or the property of that name",
      at: at(),
    });
  return problems;
}

export function fileProblem(given: string, file: string): { message: string; hint?: string } | undefined {
  if (given.trim() === '') return { message: 'the name of the data file is empty' };
  try {
    const status = statSync(file);
    if (status.isDirectory()) return { message: `${given} is a folder, not a data file`, hint: 'name the files in it one by one' };
    if (status.isFile() && status.size === 0) return { message: `${given} is empty`, hint: 'expected DFT data' };
    accessSync(file, constants.R_OK);
    return undefined;
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return { message: `${given} cannot be read: ${(error as Error).message}` };
    const near = suggest(basename(file), siblings(dirname(file)));
    return {
      message: `there is no data file ${given}${near ? `; did you mean '${near}'?` : ''}`,
      hint: `looked for ${file}; paths are relative to the settings file`,
    };
  }
}

function siblings(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function checkElements({ element, reference_energy: reference }: Settings): Problem[] {
  const symbols: [string, SettingPath, boolean][] = [];
  if (element !== undefined) symbols.push([element, ['element'], false]);
  if (typeof reference === 'object')
    for (const symbol of Object.keys(reference)) symbols.push([symbol, ['reference_energy', symbol], true]);
  return symbols.flatMap(([symbol, path, key]) => caught(() => elementOf(symbol), path, key));
}

function checkNetwork({ network }: Settings): Problem[] {
  const problems: Problem[] = [];
  const { taper_width: width, length_unit: unit, cutoff_style: style } = network;
  const cutoffs = listOf(network.cutoff);
  const smallest = Math.min(...cutoffs);
  if (width !== undefined && (style === 'shift' || TAPERS[style].defaultWidth(smallest) === 0))
    problems.push({
      message: `network.taper_width is given, but ${style === 'shift' ? "cutoff_style 'shift' has no taper" : `the taper '${style}' acts over the whole range and has no width`}`,
      hint: 'leave one of the two out',
      at: { path: ['network', 'taper_width'] },
    });
  if (width !== undefined && width >= smallest)
    problems.push({
      message: `network.taper_width (${width} Å) reaches past the whole range: the cutoff is ${smallest} Å`,
      hint: 'usual widths are 0.5 to 2 Å',
      at: { path: ['network', 'taper_width'] },
    });
  if (unit !== undefined && unit >= smallest)
    problems.push({
      message: `network.length_unit (${unit} Å) is not below the cutoff (${smallest} Å)`,
      hint: 'it is meant to be near the nearest distance of the crystal',
      at: { path: ['network', 'length_unit'] },
    });
  problems.push(...duplicates(cutoffs.map(String), ['network', 'cutoff']));
  for (const [name, variable] of [
    ['pair', 'r'],
    ['density', 'r'],
    ['embedding', 'rho'],
  ] as const) {
    const shapes = listOf(network[name]);
    shapes.forEach(({ basis, outer }, k) => {
      const path = ['network', name, ...(Array.isArray(network[name]) ? [k] : [])];
      basis.forEach((term, index) => {
        problems.push(...caught(() => basisFunction(term, variable), [...path, 'basis', index]));
      });
      // functions with an inner parameter may stand several times: sums of exponentials
      const fixed = (text: string): boolean => {
        try {
          return !basisFunction(text, variable).inner;
        } catch {
          return false;
        }
      };
      problems.push(...duplicates(basis, [...path, 'basis'], fixed), ...duplicates(outer, [...path, 'outer']));
    });
  }
  return problems;
}

function listOf<T>(given: T | T[]): T[] {
  return Array.isArray(given) ? given : [given];
}

function checkRun({ max_time: time, lammps, report }: Settings, directory: string): Problem[] {
  const problems = time === undefined ? [] : caught(() => parseDuration(time), ['max_time']);
  (report.windows ?? []).forEach((edge, index, edges) => {
    if (index > 0 && edge <= edges[index - 1]!)
      problems.push({
        message: `report.windows: ${edge} follows ${edges[index - 1]}`,
        hint: 'the edges have to ascend',
        at: { path: ['report', 'windows', index] },
      });
  });
  report.compare.forEach((name, index) => {
    problems.push(...caught(() => loadModel(name, directory), ['report', 'compare', index]));
  });
  const names = ['embedded', 'native'];
  const guess = names.includes(lammps) || /[/\s]/.test(lammps) ? undefined : suggest(lammps, names);
  if (guess)
    problems.push({
      message: `lammps: "${lammps}" is no engine; did you mean '${guess}'?`,
      hint: 'embedded, native, or a command',
      at: { path: ['lammps'] },
    });
  return problems;
}

function duplicates(list: readonly string[] | undefined, path: SettingPath, counts: (entry: string) => boolean = () => true): Problem[] {
  return (list ?? []).flatMap((entry, index) =>
    counts(entry) && list!.indexOf(entry) < index
      ? [{ message: `${nameOf(path)}: "${entry}" is listed twice`, at: { path: [...path, index] } }]
      : [],
  );
}

/** The message of another module's InputError, at this setting. */
export function caught(check: () => unknown, path: SettingPath, key = false): Problem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { hint } = error;
    const message = hint && error.message.endsWith(hint) ? error.message.slice(0, -hint.length).trimEnd() : error.message;
    return [{ message: `${nameOf(path)}: ${message}`, hint, at: { path, key } }];
  }
}
