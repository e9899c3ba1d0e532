import { resolve } from 'node:path';
import { conventionalCell, crystalOfSize, PHASES } from '../learning/crystals.js';
import { RULE_NAMES, RULES } from '../learning/rules/index.js';
import { indicesOf } from '../learning/sources/surfaces.js';
import { elementOf } from '../structures/elements.js';
import { caught, checkSettings, fileProblem } from './checks.js';
import { type LearnSettings, learnSchema } from './learn-schema.js';
import { type LoadedSettings, loadSettingsOf } from './load.js';
import type { Problem, SettingPath } from './source.js';
import { didYouMean } from './suggest.js';

/**
 * Reads the settings of `eqpot learn` and checks what can be checked before anything is started.
 * @throws InputError that lists every problem with file, line and column, as `loadSettings`
 */
export function loadLearnSettings(path: string): LoadedSettings<LearnSettings> {
  return loadSettingsOf(
    { schema: learnSchema, check, least: "at least 'element: Cu' (of an alloy 'elements: [Ni, Mo]') and 'label: { engine: ... }'" },
    path,
  );
}

function check(settings: LearnSettings, directory: string): Problem[] {
  return [
    ...checkElements(settings),
    ...checkSettings(settings, directory),
    ...checkFiles(settings.test, ['test'], directory),
    ...checkFiles(settings.start.files, ['start', 'files'], directory),
    ...checkCrystals(settings),
    ...checkPlanes(settings),
    ...checkRanges(settings),
    ...checkRule(settings),
  ];
}

/** Forms that cannot have any number of elements. */
const MOST_ELEMENTS: Partial<Record<LearnSettings['form'], number>> = { equation: 1, 's-meam': 2 };

function checkElements({ form, element, elements, nearest }: LearnSettings): Problem[] {
  if ((element === undefined) === (elements === undefined))
    return [
      {
        message: element === undefined ? 'neither element nor elements is given' : 'element and elements are both given',
        hint: "such as 'element: Cu', or for an alloy 'elements: [Ni, Mo]'",
        at: { path: [elements === undefined ? 'element' : 'elements'] },
      },
    ];
  const problems: Problem[] = (elements ?? []).flatMap((symbol, index): Problem[] => {
    const at: Problem['at'] = { path: ['elements', index] };
    if (elements!.indexOf(symbol) < index) return [{ message: `${symbol} is listed twice`, hint: 'leave one out', at }];
    return caught(() => elementOf(symbol), at.path);
  });
  const most = MOST_ELEMENTS[form] ?? Infinity;
  if (elements && elements.length > most)
    problems.push({
      message: `form ${form} has ${most === 1 ? 'one element' : `at most ${most} elements`}`,
      hint: "forms for any number: 'form: alloy', 'form: zjw04'; for two 'form: s-meam'",
      at: { path: ['elements'] },
    });
  if (elements && nearest !== undefined)
    problems.push({
      message: 'nearest is one distance, and the elements of an alloy have one each',
      hint: 'leave it out',
      at: { path: ['nearest'] },
    });
  return problems;
}

/** The committee is the front of a search. */
function checkRule({ form, select: { rule } }: LearnSettings): Problem[] {
  if (form === 'equation' || !RULES[rule].committee) return [];
  return [
    {
      message: `the rule ${rule} compares the equations of a front, and form ${form} has none`,
      hint: `rules for it: ${RULE_NAMES.filter((name) => !RULES[name].committee).join(', ')}`,
      at: { path: ['select', 'rule'] },
    },
  ];
}

function checkFiles(files: readonly string[], path: SettingPath, directory: string): Problem[] {
  return files.flatMap((file, index) => {
    const problem = fileProblem(file, resolve(directory, file));
    return problem ? [{ ...problem, at: { path: [...path, index] } }] : [];
  });
}

/** Every crystal has to be known, and every size to be one of its cells. */
function checkCrystals({ start, sample }: LearnSettings): Problem[] {
  const problems: Problem[] = start.crystals.flatMap(({ phase, atoms }, index) => {
    const path: SettingPath = ['start', 'crystals', index];
    return unknownPhase(phase, [...path, 'phase']) ?? wrongSize([phase], atoms, [...path, 'atoms']);
  });
  for (const [name, source] of Object.entries(sample)) {
    if (!source) continue;
    const path: SettingPath = ['sample', name];
    const unknown = source.phases.flatMap((phase, index) => unknownPhase(phase, [...path, 'phases', index]) ?? []);
    problems.push(...unknown);
    // random positions need no crystal
    if (unknown.length > 0 || !('atoms' in source) || source.phases.length === 0) continue;
    source.atoms.forEach((atoms, index) => {
      problems.push(...wrongSize(source.phases, atoms, [...path, 'atoms', index]));
    });
  }
  return problems;
}

function unknownPhase(phase: string, path: SettingPath): Problem[] | undefined {
  if (PHASES.includes(phase)) return undefined;
  return [
    { message: `there is no crystal called "${phase}"${didYouMean(phase, PHASES)}`, hint: `known are ${PHASES.join(', ')}`, at: { path } },
  ];
}

/** A size that none of the crystals has a cell of. */
function wrongSize(phases: readonly string[], atoms: number, path: SettingPath): Problem[] {
  if (phases.some((phase) => crystalOfSize(conventionalCell(phase, 'Cu', 2.5), atoms))) return [];
  return [{ message: `no cell of ${phases.join(', ')} has ${atoms} atoms`, hint: 'give a multiple of the primitive cell', at: { path } }];
}

function checkPlanes({ sample }: LearnSettings): Problem[] {
  return (sample.surfaces?.planes ?? []).flatMap((plane, index) =>
    indicesOf(plane).some((x) => x !== 0)
      ? []
      : [
          {
            message: `${plane} is no plane`,
            hint: 'expected Miller indices such as "111"',
            at: { path: ['sample', 'surfaces', 'planes', index] },
          },
        ],
  );
}

function checkRanges({ sample, start }: LearnSettings): Problem[] {
  const problems: Problem[] = [];
  const volume = sample.nested?.volume;
  if (volume && volume[0] > volume[1])
    problems.push({
      message: `sample.nested.volume: ${volume[0]} is above ${volume[1]}`,
      hint: 'expected the smallest and the largest volume',
      at: { path: ['sample', 'nested', 'volume'] },
    });
  const structures = start.crystals.reduce((sum, { count }) => sum + count, start.dilute.length);
  if (start.files.length === 0 && start.crystals.length > 0 && structures < 3)
    problems.push({
      message: `the loop starts with ${structures} structures, and an equation needs at least 3`,
      hint: "raise 'count'",
      at: { path: ['start', 'crystals'] },
    });
  return problems;
}
