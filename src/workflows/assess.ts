import { frameName } from '../audit.js';
import type { Settings } from '../config/schema.js';
import { type EvaluatedModel, type EvaluationReport, evaluate, loadModel, predictionsCsv } from '../evaluate.js';
import { complexity } from '../expressions/complexity.js';
import { plainLoss } from '../fitting/loss.js';
import {
  defaultWindows,
  type ErrorSummary,
  errorSummary,
  type Prediction,
  type WindowSummary,
  windowSummaries,
} from '../fitting/metrics.js';
import { pullLoss, targetValue } from '../fitting/targets.js';
import { type EquationModel, EquationPotential } from '../potentials/equation-potential.js';
import { evaluateEam } from '../potentials/evaluate-eam.js';
import { splined } from '../potentials/splined.js';
import type { ReportComponents, ReportEnergyPoint } from '../report/report-data.js';
import type { Frame } from '../structures/structure.js';
import type { FinishedEquation } from './finish.js';
import type { PreparedFit } from './prepare.js';

/** How good the finished equation is, by the exact functions (with cutoff and core), not by the moments that it was fitted with. */
export interface Assessment {
  fitted: EvaluationReport;
  /** on the frames held out of everything */
  test: EvaluationReport | undefined;
  /** on the frames held out of each fold, the terms refitted on the others */
  crossValidation: (ErrorSummary & { windows: WindowSummary[] }) | undefined;
  /** other models on the fitted frames, their reference energy fitted to them */
  comparisons: { name: string; report: EvaluationReport; equation?: ComparedEquation }[];
  /** lowest reference energy, eV/atom */
  lowest: number;
  points: ReportEnergyPoint[];
  forces: ReportComponents | undefined;
  stress: ReportComponents | undefined;
  /** largest difference between moments and exact functions on the fitted frames, eV/atom */
  expansionError: number;
  /** content of predictions.csv: all frames, the held-out ones last */
  csv: string;
}

/** An equation beside the front. */
interface ComparedEquation {
  /** nodes */
  complexity: number;
  /** as `Objective.meanAbsolute`, with the reference energy for which it is smallest, eV/atom */
  loss: number;
  /** Å */
  cutoff: number;
}

/** Held-out predictions of one fold. */
export interface FoldPrediction {
  test: readonly number[];
  /** eV/atom */
  energies: Float64Array;
  /** eV/Å, by frame; undefined where forces are not fitted */
  forces: (Float64Array | undefined)[];
}

/** Evaluates the finished equation and the models that it is compared with. */
export function assess(
  prepared: PreparedFit,
  finished: FinishedEquation,
  folds: readonly FoldPrediction[],
  settings: Settings,
  directory: string,
): Assessment {
  const { frames } = prepared.problem;
  const model = { potential: new EquationPotential(finished.model), referenceEnergies: finished.model.referenceEnergies };
  const { fromFitted, ...assessment } = assessModel(
    model,
    { frames, heldOut: prepared.test?.frames, lossOf: (potential, predictions) => compared(prepared, potential, predictions) },
    folds,
    settings,
    directory,
  );
  // the moments know nothing of the core, which may reach a little above the shortest distance
  const bare = new EquationPotential({ ...finished.model, core: { kind: 'none' } });
  const withoutCore = coreMatters(finished.model) ? evaluate({ ...model, potential: bare }, frames).predictions : fromFitted;
  let expansionError = 0;
  frames.forEach((frame, s) => {
    const difference = withoutCore[s]!.energy! / frame.species.length - finished.energies[s]!;
    expansionError = Math.max(expansionError, Math.abs(difference));
  });
  return { ...assessment, expansionError };
}

/** Evaluates a model of any form, and the models that it is compared with. */
export function assessModel(
  model: EvaluatedModel,
  data: {
    frames: readonly Frame[];
    heldOut: readonly Frame[] | undefined;
    /** places a compared equation on the front, where there is one */
    lossOf?: (potential: EquationPotential, predictions: readonly Prediction[]) => ComparedEquation;
  },
  folds: readonly FoldPrediction[],
  settings: Settings,
  directory: string,
): Omit<Assessment, 'expansionError'> & { fromFitted: readonly Prediction[] } {
  const { frames, heldOut = [], lossOf } = data;
  const lowest = Math.min(...frames.map((frame) => (frame.energy === undefined ? Infinity : frame.energy / frame.species.length)));
  const windows = settings.report.windows ?? defaultWindows(frames);
  const fitted = evaluate(model, frames, { windows });
  const test = heldOut.length > 0 ? evaluate(model, heldOut, { windows }) : undefined;
  const points = (list: readonly Frame[], predictions: readonly Prediction[], fold: ReportEnergyPoint['fold']): ReportEnergyPoint[] =>
    list.flatMap((frame, s) =>
      frame.energy === undefined
        ? []
        : [
            {
              name: frameName(frame),
              group: frame.configType,
              fold,
              reference: frame.energy / frame.species.length,
              predicted: predictions[s]!.energy! / frame.species.length,
            },
          ],
    );
  const all = [...frames, ...heldOut];
  const predictions = [...fitted.predictions, ...(test?.predictions ?? [])];
  return {
    fitted: fitted.report,
    test: test?.report,
    crossValidation: folds.length > 0 ? crossValidated(frames, folds, windows) : undefined,
    comparisons: settings.report.compare.map((name) => {
      const other = loadModel(name, directory);
      const { report, predictions: theirs } = evaluate(other, frames, { windows, fitReference: true });
      const { potential } = other;
      return { name, report, ...(lossOf && potential instanceof EquationPotential ? { equation: lossOf(potential, theirs) } : {}) };
    }),
    lowest,
    points: [...points(frames, fitted.predictions, 'train'), ...points(heldOut, test?.predictions ?? [], 'test')],
    forces: components(all, predictions, 'forces'),
    stress: components(all, predictions, 'stress'),
    csv: predictionsCsv(all, predictions),
    fromFitted: fitted.predictions,
  };
}

/** An equation with its loss on the same data and targets. */
function compared(prepared: PreparedFit, potential: EquationPotential, predictions: readonly Prediction[]): ComparedEquation {
  const { frames, ownWeights, loss } = prepared.problem;
  const { pair, density, embedding, cutoff } = potential.model;
  let total = plainLoss(frames, predictions, ownWeights, loss);
  const targets = prepared.targetsWith(potential);
  if (targets) {
    const fast = splined(potential);
    const energies = targets.structures.map((structure) => evaluateEam(fast, structure).energy / structure.species.length);
    for (const target of targets.list) total += pullLoss(target, targetValue(target, energies));
  }
  return { complexity: complexity(pair) + complexity(density) + complexity(embedding), loss: total, cutoff };
}

function coreMatters({ core, range }: EquationModel): boolean {
  return core.kind === 'zbl' && core.outer > (range?.shortest ?? 0);
}

function crossValidated(
  frames: readonly Frame[],
  folds: readonly FoldPrediction[],
  windows: readonly number[],
): ErrorSummary & { windows: WindowSummary[] } {
  const predictions: Prediction[] = frames.map(() => ({}));
  for (const { test, energies, forces } of folds) {
    test.forEach((s, t) => {
      predictions[s] = { energy: energies[t]! * frames[s]!.species.length, forces: forces[t] };
    });
  }
  return { ...errorSummary(frames, predictions), windows: windowSummaries(frames, predictions, windows) };
}

function components(
  frames: readonly Frame[],
  predictions: readonly Prediction[],
  label: 'forces' | 'stress',
): ReportComponents | undefined {
  const reference: number[] = [];
  const predicted: number[] = [];
  frames.forEach((frame, s) => {
    const expected = frame[label];
    const got = predictions[s]![label];
    if (!expected || !got) return;
    for (let k = 0; k < expected.length; k++) {
      reference.push(expected[k]!);
      predicted.push(got[k]!);
    }
  });
  return reference.length > 0 ? { reference, predicted } : undefined;
}
