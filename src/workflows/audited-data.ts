import { type AppliedAudit, type AuditReport, applyAudit, audit } from '../audit.js';
import type { Settings } from '../config/schema.js';
import { formatSummary } from '../datasets/format-summary.js';
import type { DataFile } from '../datasets/read.js';
import { kFold, type Split, trainTestSplit } from '../datasets/splits.js';
import { summarise } from '../datasets/summary.js';
import type { Progress } from '../engines/progress.js';
import { InputError } from '../errors.js';
import type { Frame } from '../structures/structure.js';
import { checkComparisons, checkConfigTypes, checkLabelSources, checkLabels, type Place } from './check-data.js';
import { readData } from './read-data.js';

/** What every fit starts from, whatever its form. */
export interface AuditedData {
  /** chemical symbols */
  elements: readonly string[];
  files: DataFile[];
  warnings: string[];
  audit: { report: AuditReport; applied: AppliedAudit };
  /** the frames with the labels that are fitted, held-out ones among them */
  frames: Frame[];
  /** factor on the loss weight of each of them, shape (frames) */
  ownWeights: Float64Array;
  /** which of them are fitted and which held out; undefined without a test set */
  split: Split | undefined;
  /** parts of the fitted frames */
  folds: Split[];
  labels: { energies: number; forces: number; stresses: number };
}

/**
 * Reads the data and audits it.
 * @param directory folder that relative paths in the settings start from
 * @param elementsOf the elements of the data; throws where the form cannot have them
 * @throws InputError for data that cannot be read, and for settings that do not go with the data
 */
export function auditedData(
  settings: Settings,
  directory: string,
  progress: Progress,
  place: Place,
  elementsOf: (frames: readonly Frame[]) => readonly string[],
): AuditedData {
  const { frames: read, weightOf, files, warnings, lines } = readData(settings, directory, place);
  const doubt = checkLabelSources(settings, read, place);
  if (doubt !== undefined) warnings.push(doubt);
  progress.line(formatSummary(summarise({ frames: read, files, warnings })));
  for (const line of lines) progress.line(line);
  const elements = elementsOf(read);
  checkLabels(settings, read, place);
  checkConfigTypes(settings, read, place);
  for (const element of elements) checkComparisons(settings, directory, element, place);
  progress.phase('audit');
  const report = audit(read, { onProgress: (fraction: number, message?: string) => progress.update(fraction, message) });
  const applied = applyAudit(read, report, settings.data.audit);
  for (const line of applied.lines) progress.line(line);
  const { frames, indices } = selectLabels(settings, applied);
  const without = applied.frames.length - frames.length;
  if (without > 0) progress.line(`left out: ${without} frame${without > 1 ? 's' : ''} with none of the labels that are fitted`);
  if (frames.length < 3) throw new InputError(`only ${frames.length} frames are left to fit; at least 3 are needed`, place(['data']));
  if (!frames.some((frame) => frame.energy !== undefined))
    throw new InputError('no frame with an energy is left after the audit', place(['data']));
  const { test_fraction: fraction, folds } = settings.data;
  const split = fraction > 0 ? trainTestSplit(frames, fraction, { seed: settings.seed }) : undefined;
  const fitted = split ? split.train.map((s) => frames[s]!) : frames;
  return {
    elements,
    files,
    warnings,
    audit: { report, applied },
    frames,
    ownWeights: Float64Array.from(indices, (index) => weightOf[index]!),
    split,
    folds: folds > 1 ? kFold(fitted, Math.min(folds, fitted.length), { seed: settings.seed }) : [],
    labels: {
      energies: frames.filter((frame) => frame.energy !== undefined).length,
      forces: frames.filter((frame) => frame.forces).length,
      stresses: frames.filter((frame) => frame.stress).length,
    },
  };
}

/** Frames with the labels that are to be fitted and no others, and their indices in the data; frames without any are left out. */
function selectLabels({ data: { use } }: Settings, applied: AppliedAudit): { frames: Frame[]; indices: number[] } {
  const fits = (label: 'energy' | 'forces' | 'stress') => use === undefined || use.includes(label);
  const frames: Frame[] = [];
  const indices: number[] = [];
  applied.frames.forEach(({ energy, forces, stress, ...rest }, k) => {
    const labels = {
      ...(energy !== undefined && fits('energy') ? { energy } : {}),
      ...(forces && fits('forces') ? { forces } : {}),
      ...(stress && fits('stress') ? { stress } : {}),
    };
    if (Object.keys(labels).length === 0) return;
    frames.push({ ...rest, ...labels });
    indices.push(applied.indices[k]!);
  });
  return { frames, indices };
}
