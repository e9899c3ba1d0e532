import { join } from 'node:path';
import type { LearnSettings } from '../../config/learn-schema.js';
import { version } from '../../config/version.js';
import { writeFileAtomic } from '../../engines/files.js';
import { principalComponents } from '../../math/principal-components.js';
import { EquationPotential } from '../../potentials/equation-potential.js';
import { describeEquation } from '../../report/equation.js';
import type { LearningPoint, LearningReport, LearningRound } from '../../report/learning/data.js';
import { renderLearning } from '../../report/learning/html.js';
import type { JudgedFrame } from './judge.js';
import type { LearnOptions, LearnState, Round } from './learn.js';
import { printOf } from './propose.js';
import type { RunFolder } from './run-folder.js';
import { alloyOf } from './start.js';
import { trainedIn } from './trained.js';

/** Writes `labels.extxyz`, every label with its origin, and the report `learn.html`. */
export function writeOverview(settings: LearnSettings, options: LearnOptions, folder: RunFolder, state: LearnState, labels: string): void {
  writeFileAtomic(join(folder.directory, 'labels.extxyz'), labels);
  writeFileAtomic(join(folder.directory, 'learn.html'), renderLearning(reportOf(settings, options, folder, state)));
}

function reportOf(
  settings: LearnSettings,
  { labeller, command = 'eqpot learn', settingsText }: LearnOptions,
  folder: RunFolder,
  { rounds, judged, reason, final }: LearnState,
): LearningReport {
  const { coordinates, shares } = principalComponents(judged.map(({ frame }) => printOf(settings, frame)));
  const potential = final && trainedIn(folder.directory).potential;
  return {
    title: settings.title,
    element: alloyOf(settings).elements.join('-'),
    counted: settings.form === 'equation' ? 'nodes' : 'parameters',
    before: settings.form === 'equation' ? 'front refined' : 'gone on',
    date: `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    version: version(),
    command,
    settings: settingsText ?? JSON.stringify(settings, null, 2),
    engine: labeller.engine,
    engineSettings: labeller.description,
    rule: settings.select.rule,
    reason,
    rounds: rounds.map((round) => roundOf(round, judged)),
    points: judged.map((one, k) => pointOf(one, coordinates[2 * k]!, coordinates[2 * k + 1]!)),
    shares,
    final:
      final && potential
        ? {
            frames: final.frames,
            error: final.error,
            test: final.testError ?? Number.NaN,
            complexity: final.complexity,
            equation: potential instanceof EquationPotential ? describeEquation(potential.model) : undefined,
          }
        : undefined,
  };
}

function roundOf({ round, before, proposal, training, failures }: Round, judged: readonly JudgedFrame[]): LearningRound {
  const groups: Record<string, number> = {};
  for (const one of judged) if (one.round === round) groups[one.frame.configType] = (groups[one.frame.configType] ?? 0) + 1;
  return {
    round,
    labels: before.labels,
    total: judged.filter((one) => one.round <= round).length,
    before: before.mean,
    largest: before.largest,
    threshold: proposal?.threshold ?? Number.NaN,
    wrong: before.wrong,
    frames: training?.frames ?? Number.NaN,
    trained: training?.error ?? Number.NaN,
    test: training?.testError ?? Number.NaN,
    complexity: training?.complexity ?? Number.NaN,
    full: training?.full ?? false,
    found: proposal?.found ?? {},
    distinct: proposal?.distinct ?? 0,
    groups,
    notes: [...(proposal?.notes ?? []), ...(training?.notes ?? [])],
    failures,
  };
}

function pointOf({ frame, round, predicted, verdict }: JudgedFrame, x: number, y: number): LearningPoint {
  return { x, y, round, energy: frame.energy! / frame.species.length, predicted, verdict, name: frame.source };
}
