import { frameName } from '../audit.js';
import type { FrameUncertainty } from '../evaluate.js';
import type { Prediction } from '../fitting/metrics.js';
import type { Frame } from '../structures/structure.js';

/** Frames shown of longer lists. */
const SHOWN = 10;

/**
 * Energies of frames with the spread of the committee and the extrapolation, for the terminal; empty where neither is known.
 * @param all every frame, and not only those that deserve a look
 */
export function frameTable(
  frames: readonly Frame[],
  predictions: readonly Prediction[],
  uncertainties: readonly FrameUncertainty[],
  all: boolean,
): string {
  const withSpread = uncertainties.some(({ spread }) => spread);
  const withRange = uncertainties.some(({ extrapolation }) => extrapolation);
  if (!withSpread && !withRange) return '';
  const perAtom = (k: number): number => (uncertainties[k]!.spread?.energy ?? 0) / frames[k]!.species.length;
  const outside = (k: number): number => uncertainties[k]!.extrapolation?.value ?? 0;
  const indices = frames.map((_, k) => k);
  const some = !all && frames.length > 2 * SHOWN;
  const listed = some ? indices.sort((a, b) => outside(b) - outside(a) || perAtom(b) - perAtom(a)).slice(0, SHOWN) : indices;
  const names = listed.map((k) => `#${k} ${frameName(frames[k]!)}`);
  const width = Math.max(...names.map((name) => name.length));
  const rows = listed.map((k, line) => {
    const n = frames[k]!.species.length;
    const { energy } = frames[k]!;
    const predicted = predictions[k]!.energy! / n;
    return [
      names[line]!.padEnd(width),
      predicted.toFixed(4).padStart(10),
      ...(withSpread ? [`± ${(1e3 * perAtom(k)).toFixed(2)}`.padStart(10)] : []),
      (energy === undefined ? '-' : (1e3 * (predicted - energy / n)).toFixed(2)).padStart(10),
      ...(withRange ? [outside(k) === 0 ? '      inside' : outside(k).toPrecision(2).padStart(12)] : []),
    ].join(' ');
  });
  const head = [
    ''.padEnd(width),
    ' eV/atom'.padStart(10),
    ...(withSpread ? ['meV/atom'.padStart(10)] : []),
    'error, meV'.padStart(10),
    ...(withRange ? ['   extrapolation'] : []),
  ].join(' ');
  return [
    '',
    ...(some
      ? [`the ${SHOWN} of ${frames.length} frames that are furthest outside of the fitted data, or have the largest spread (--frames: all)`]
      : []),
    head,
    ...rows,
    ...(withSpread ? [coverage(frames, predictions, perAtom)] : []),
    ...(withRange ? [outsideLine(uncertainties)] : []),
    '',
  ].join('\n');
}

function coverage(frames: readonly Frame[], predictions: readonly Prediction[], perAtom: (k: number) => number): string {
  let [labelled, within, twice] = [0, 0, 0];
  frames.forEach(({ energy, species }, k) => {
    if (energy === undefined) return;
    const error = Math.abs(predictions[k]!.energy! - energy) / species.length;
    labelled++;
    if (error <= perAtom(k)) within++;
    if (error <= 2 * perAtom(k)) twice++;
  });
  const share = (count: number): string => `${((100 * count) / labelled).toFixed(0)} %`;
  return labelled === 0
    ? 'no frame has an energy to compare the spread with'
    : `of ${labelled} energies ${share(within)} are within the spread and ${share(twice)} within twice the spread (a normal distribution: 68 and 95 %)`;
}

function outsideLine(uncertainties: readonly FrameUncertainty[]): string {
  const values = uncertainties.map(({ extrapolation }) => extrapolation?.value ?? 0);
  const count = values.filter((value) => value > 0).length;
  if (count === 0) return 'all distances and densities are inside those of the data that the model was fitted to';
  const worst = Math.max(...values);
  return (
    `${count} of ${values.length} frames have distances or densities outside of the data that the model was fitted to: ` +
    `#${values.indexOf(worst)} by ${worst.toPrecision(2)} of the width of the seen range`
  );
}
