import { appendFileSync, existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { LearnSettings } from '../../config/learn-schema.js';
import { type Settings, settingsSchema } from '../../config/schema.js';
import { writeExtxyz } from '../../datasets/extxyz/write.js';
import { readFrames } from '../../datasets/read.js';
import { writeFileAtomic } from '../../engines/files.js';
import type { LammpsEngine } from '../../engines/lammps/engine.js';
import type { Progress } from '../../engines/progress.js';
import type { StopToken } from '../../engines/stop.js';
import { VerificationError } from '../../errors.js';
import { evaluate } from '../../evaluate.js';
import { loadModel } from '../../load-model.js';
import type { EquationModel } from '../../potentials/equation-potential.js';
import { neighbourPairs } from '../../structures/neighbours.js';
import type { Frame } from '../../structures/structure.js';
import { type Before, LEARNED_FORMS } from './forms.js';
import type { TrainingRecord } from './run-folder.js';
import { trainedIn } from './trained.js';

/** Training set of a round, beside its fit. */
const TRAINING_FILE = 'training.extxyz';
/** The part of it whose energies are far up. */
const FAR_FILE = 'training-far.extxyz';
/** What the fit of a round says. */
const LOG_FILE = 'fit.log';

/** Frames to be trained on. */
export interface TrainingSet {
  near: readonly Frame[];
  /** with a low weight */
  far: readonly Frame[];
}

export interface TrainOptions {
  /** folder that relative paths in the settings start from */
  base: string;
  /** folder of the round, absolute */
  folder: string;
  round: number;
  /** folder of the training before */
  before: string | undefined;
  /** make the search as the settings say */
  full: boolean;
  /** the fit proper: with cross-validation, and an error where the potential is not sound */
  final: boolean;
  /** labelled frames that are never trained on */
  test: readonly Frame[];
  command: string;
  settingsText: string | undefined;
  truth: EquationModel | undefined;
  lammps: LammpsEngine;
  progress: Progress;
  stop: StopToken;
}

/** Trains on frames. A potential that is not sound yet is no error here: what it does wrong is what the next round looks for. */
export async function train(settings: LearnSettings, frames: TrainingSet, options: TrainOptions): Promise<TrainingRecord> {
  const { folder, full, progress, stop, command } = options;
  writeFileAtomic(join(folder, TRAINING_FILE), writeExtxyz(frames.near));
  if (frames.far.length > 0) writeFileAtomic(join(folder, FAR_FILE), writeExtxyz(frames.far));
  const form = LEARNED_FORMS[settings.form];
  const before: Before = { folder: options.before, full };
  const plain = form.settings(fitSettings(settings, options.base, folder, frames.far.length > 0), settings.train, before);
  const round: Settings = {
    ...plain,
    // other restarts in every round
    seed: settings.seed + options.round,
    data: { ...plain.data, test_fraction: 0, ...(options.final ? {} : { folds: 0 }) },
    ...(options.final ? {} : { uncertainty: { committee: 0, front: 0 } }),
  };
  const notes: string[] = [];
  const note = (text: string): void => {
    notes.push(text);
    progress.line(`note: ${text}`);
  };
  try {
    await form.fit(
      round,
      {
        directory: options.base,
        runDirectory: folder,
        command,
        engine: options.lammps,
        resume: true,
        progress: options.final ? progress : withLog(progress, join(folder, LOG_FILE)),
        stop,
        ...(options.settingsText === undefined ? {} : { settingsText: options.settingsText }),
        ...(options.truth ? { truth: options.truth } : {}),
      },
      before,
    );
  } catch (error) {
    if (options.final || !(error instanceof VerificationError) || !existsSync(join(folder, 'model.json'))) throw error;
    note(error.message.split('\n')[0]!);
  }
  const model = loadModel(folder);
  const all = [
    ...frames.near,
    ...(settings.data.files.length > 0 ? readFrames(settings.data.files, { directory: options.base }).frames : []),
  ];
  // far frames are trained on as well, but an error of theirs says little
  const errorOn = (some: readonly Frame[]): number => evaluate(model, some).report.energy!.mae;
  const { coreReach } = trainedIn(folder);
  const own = coreReach === 0 ? all : all.filter((frame) => neighbourPairs(frame, coreReach).count === 0);
  if (own.length < all.length)
    note(`the core takes over in ${all.length - own.length} of ${all.length} structures; their errors do not count as training error`);
  const testError = options.test.length > 0 ? evaluate(model, options.test).report.energy?.mae : undefined;
  return {
    full,
    frames: all.length + frames.far.length,
    error: errorOn(all),
    ownError: errorOn(own.length > 0 ? own : all),
    ...(testError === undefined ? {} : { testError }),
    complexity: form.complexity(folder),
    notes,
  };
}

/** The settings of the fit alone, with the labels of the loop as data. */
function fitSettings(settings: LearnSettings, base: string, folder: string, far: boolean): Settings {
  const own = Object.fromEntries(Object.entries(settings).filter(([name]) => name in settingsSchema.shape)) as Settings;
  const at = (name: string): string => relative(base, join(folder, name));
  return {
    ...own,
    data: {
      ...settings.data,
      files: [
        at(TRAINING_FILE),
        ...(far ? [{ path: at(FAR_FILE), weight: settings.select.far_weight, every: 1 }] : []),
        ...settings.data.files,
      ],
    },
  };
}

/** The progress of a round's fit: what it says goes to a file of its own. */
function withLog(progress: Progress, file: string): Progress {
  return {
    phase: (name, detail) => progress.phase(name, detail),
    update: (fraction, message) => progress.update(fraction, message),
    line: (text) => appendFileSync(file, `${text}\n`),
    done() {},
  };
}
