import { InputError } from './errors.js';
import {
  defaultWindows,
  type ErrorSummary,
  errorSummary,
  groupSummaries,
  type Prediction,
  type WindowSummary,
  windowSummaries,
} from './fitting/metrics.js';
import type { FrameUncertainty } from './frame-uncertainty.js';
import { solveCholesky } from './math/linear.js';
import { median } from './math/median.js';
import { evaluatorOf, type Potential } from './potentials/potential.js';
import type { Frame } from './structures/structure.js';

export { type FrameUncertainty, frameUncertainties } from './frame-uncertainty.js';
export { type LoadedModel, loadCommittee, loadModel } from './load-model.js';

/** What is evaluated. */
export interface EvaluatedModel {
  potential: Potential;
  /** energy of the free atom on the scale of the data, eV/atom; absent elements count as zero */
  referenceEnergies: Readonly<Record<string, number>>;
}

export interface EvaluationOptions {
  /** fit the reference energies to the data instead of using those of the model: least absolute deviations per atom */
  fitReference?: boolean;
  /** edges of the energy windows, eV/atom, growing; by default WINDOWS_ABOVE_LOWEST above the lowest energy of the data */
  windows?: readonly number[];
  /** predict forces and stresses of frames that have no such label as well */
  everything?: boolean;
  onProgress?: (fraction: number) => void;
}

/** Errors of a model on a data set. Energies in eV/atom, forces in eV/Å, stress in eV/Å³. */
export interface EvaluationReport extends ErrorSummary {
  atoms: number;
  /** constant added to the model's energies, eV/atom; by element where there are several */
  referenceEnergy: number | Record<string, number>;
  /** by config_type */
  groups: Record<string, ErrorSummary>;
  /** by reference energy per atom */
  windows: WindowSummary[];
}

export interface Evaluated {
  report: EvaluationReport;
  /** in the order of the frames; energies on the scale of the data */
  predictions: Prediction[];
}

/**
 * Energies, forces and stresses of all frames, by direct sums over all periodic images, and their errors against the labels.
 * @throws InputError for an element that the model does not have, for windows that do not grow, for frames without atoms
 */
export function evaluate(model: EvaluatedModel, frames: readonly Frame[], options: EvaluationOptions = {}): Evaluated {
  const edges = options.windows ?? defaultWindows(frames);
  if (edges.some((edge, k) => !Number.isFinite(edge) || (k > 0 && edge <= edges[k - 1]!)))
    throw new InputError(
      `the energy windows ${edges.join(', ')} do not grow`,
      {},
      { hint: 'give energies in eV/atom from low to high, such as -3.6,-3.0,-2.0' },
    );
  checkElements(model.potential, frames);
  const evaluateOne = evaluatorOf(model.potential);
  const predictions = frames.map((frame, i): Prediction => {
    if (i % 8 === 0) options.onProgress?.(i / frames.length);
    const { energy, forces, stress } = evaluateOne(frame);
    return { energy, ...((frame.forces || options.everything) && { forces }), ...((frame.stress || options.everything) && { stress }) };
  });
  options.onProgress?.(1);
  const elements = [...new Set(frames.flatMap((frame) => [...new Set(frame.species)]))];
  const references = options.fitReference
    ? fitReferences(frames, predictions, elements)
    : Object.fromEntries(elements.map((element) => [element, model.referenceEnergies[element] ?? 0]));
  frames.forEach((frame, i) => {
    for (const element of frame.species) predictions[i]!.energy! += references[element]!;
  });
  const report: EvaluationReport = {
    frames: frames.length,
    atoms: frames.reduce((sum, frame) => sum + frame.species.length, 0),
    referenceEnergy: elements.length === 1 ? references[elements[0]!]! : references,
    ...errorsOf(errorSummary(frames, predictions)),
    groups: groupSummaries(frames, predictions),
    windows: windowSummaries(frames, predictions, edges),
  };
  return { report, predictions };
}

function errorsOf({ energy, forces, stress }: ErrorSummary): Omit<ErrorSummary, 'frames'> {
  return { energy, forces, stress };
}

function checkElements(potential: Potential, frames: readonly Frame[]): void {
  for (const { species, origin } of frames) {
    const place = { file: origin.file, ...(origin.line !== undefined && { line: origin.line }) };
    if (species.length === 0) throw new InputError('the frame has no atoms', place);
    const missing = species.find((symbol) => !potential.elements.includes(symbol));
    if (missing !== undefined) throw new InputError(`the model has no element ${missing} (it has ${potential.elements.join(', ')})`, place);
  }
}

/**
 * Reference energies that make the sum of absolute energy errors per atom smallest: for one element the median of the differences, so
 * that a few wrong frames do not shift all others.
 */
function fitReferences(frames: readonly Frame[], predictions: readonly Prediction[], elements: readonly string[]): Record<string, number> {
  const labelled = frames.flatMap((frame, i) => (frame.energy === undefined ? [] : [i]));
  if (labelled.length === 0) throw new InputError('no frame has an energy, so no reference energy can be fitted');
  const difference = labelled.map((i) => (frames[i]!.energy! - predictions[i]!.energy!) / frames[i]!.species.length);
  if (elements.length === 1) return { [elements[0]!]: median(difference) };
  const shares = labelled.map((i) =>
    elements.map((element) => frames[i]!.species.filter((symbol) => symbol === element).length / frames[i]!.species.length),
  );
  // least absolute deviations by reweighted squares; compositions that are all alike leave the split between elements to the small ridge
  const n = elements.length;
  let x: Float64Array = new Float64Array(n);
  for (let round = 0; round < 60; round++) {
    const a = new Float64Array(n * n);
    const b = new Float64Array(n);
    shares.forEach((share, k) => {
      const residual = difference[k]! - share.reduce((sum, c, e) => sum + c * x[e]!, 0);
      const weight = round === 0 ? 1 : 1 / Math.max(Math.abs(residual), 1e-6);
      for (let e = 0; e < n; e++) {
        b[e]! += weight * share[e]! * difference[k]!;
        for (let f = 0; f < n; f++) a[e * n + f]! += weight * share[e]! * share[f]!;
      }
    });
    for (let e = 0; e < n; e++) a[e * n + e]! *= 1 + 1e-9;
    x = solveCholesky(a, b, n) ?? x;
  }
  return Object.fromEntries(elements.map((element, e) => [element, x[e]!]));
}

/**
 * Energies per atom, eV, one line a frame; the reference is empty where the data has none. Spreads and extrapolations follow where there
 * are any.
 */
export function predictionsCsv(
  frames: readonly Frame[],
  predictions: readonly Prediction[],
  uncertainties: readonly FrameUncertainty[] = [],
): string {
  const spread = uncertainties.some((one) => one.spread);
  const extrapolation = uncertainties.some((one) => one.extrapolation);
  const lines = frames.map((frame, i) => {
    const n = frame.species.length;
    const reference = frame.energy === undefined ? '' : String(frame.energy / n);
    const source = /[",\n\r]/.test(frame.source) ? `"${frame.source.replace(/"/g, '""')}"` : frame.source;
    const more = [
      ...(spread ? [uncertainties[i]!.spread!.energy / n] : []),
      ...(extrapolation ? [uncertainties[i]!.extrapolation!.value] : []),
    ];
    return [i, source, n, reference, predictions[i]!.energy! / n, ...more].join(',');
  });
  const head = ['index', 'source', 'natoms', 'reference_energy_per_atom', 'predicted_energy_per_atom'];
  if (spread) head.push('energy_spread_per_atom');
  if (extrapolation) head.push('extrapolation');
  return `${head.join(',')}\n${lines.map((line) => `${line}\n`).join('')}`;
}
