import type { Frame } from '../structures/structure.js';

/** Measures of a set of errors, in the unit of the errors. */
export interface ErrorMeasures {
  /** mean absolute error */
  mae: number;
  /** root mean square error */
  rmse: number;
  /** largest absolute error */
  max: number;
}

/** What a model says of one frame. Labels that it was not asked for are absent. */
export interface Prediction {
  /** total, on the energy scale of the data, eV */
  energy?: number | undefined;
  /** eV/Å, shape (n, 3) */
  forces?: Float64Array | undefined;
  /** eV/Å³, shape (3, 3), tension positive */
  stress?: Float64Array | undefined;
}

/** Errors of a set of frames; null for a label that none of them has. */
export interface ErrorSummary {
  frames: number;
  /** eV/atom, each frame once */
  energy: ErrorMeasures | null;
  /** eV/Å, each Cartesian component of each atom once */
  forces: ErrorMeasures | null;
  /** eV/Å³, the six components of each frame once */
  stress: ErrorMeasures | null;
}

/** Errors of the frames whose reference energy lies in [from, to), eV/atom; null is an open end. */
export interface WindowSummary extends ErrorSummary {
  from: number | null;
  to: number | null;
}

/** Sums errors up one by one. */
export class ErrorTally {
  private count = 0;
  private absolute = 0;
  private square = 0;
  private largest = 0;

  /** an error that is not a number makes all measures so */
  add(error: number): void {
    const size = Math.abs(error);
    this.count++;
    this.absolute += size;
    this.square += size * size;
    this.largest = Math.max(this.largest, size);
  }

  /** null without errors */
  measures(): ErrorMeasures | null {
    if (this.count === 0) return null;
    return { mae: this.absolute / this.count, rmse: Math.sqrt(this.square / this.count), max: this.largest };
  }
}

/** Rows of the stress matrix whose mirror images are the same component: xx yy zz yz xz xy. */
const STRESS = [
  [0, 0],
  [4, 4],
  [8, 8],
  [5, 7],
  [2, 6],
  [1, 3],
] as const;

/** Errors of the frames at `indices` (all when absent); `predictions` are in the order of the frames. */
export function errorSummary(frames: readonly Frame[], predictions: readonly Prediction[], indices?: readonly number[]): ErrorSummary {
  const energy = new ErrorTally();
  const forces = new ErrorTally();
  const stress = new ErrorTally();
  const chosen = indices ?? frames.map((_, i) => i);
  for (const i of chosen) {
    const frame = frames[i]!;
    const predicted = predictions[i]!;
    if (frame.energy !== undefined && predicted.energy !== undefined) energy.add((predicted.energy - frame.energy) / frame.species.length);
    if (frame.forces && predicted.forces) for (let k = 0; k < frame.forces.length; k++) forces.add(predicted.forces[k]! - frame.forces[k]!);
    if (frame.stress && predicted.stress)
      for (const [a, b] of STRESS) stress.add((predicted.stress[a]! + predicted.stress[b]! - frame.stress[a]! - frame.stress[b]!) / 2);
  }
  return { frames: chosen.length, energy: energy.measures(), forces: forces.measures(), stress: stress.measures() };
}

/** Errors by config_type, in the order in which the types first appear. */
export function groupSummaries(frames: readonly Frame[], predictions: readonly Prediction[]): Record<string, ErrorSummary> {
  const members = new Map<string, number[]>();
  frames.forEach((frame, i) => {
    const group = members.get(frame.configType);
    if (group) group.push(i);
    else members.set(frame.configType, [i]);
  });
  return Object.fromEntries([...members].map(([name, indices]) => [name, errorSummary(frames, predictions, indices)]));
}

/** Where the default energy windows end, eV/atom above the lowest energy of the set; for copper at -3.6, -3.0 and -2.0 eV/atom. */
export const WINDOWS_ABOVE_LOWEST: readonly number[] = [0.13, 0.73, 1.73];
/** Edges are whole multiples of this, eV/atom, so that data sets of one zero have the same windows. */
const WINDOW_STEP = 0.05;

/** Edges of the default energy windows, eV/atom; none when no frame has an energy. */
export function defaultWindows(frames: readonly Frame[]): number[] {
  let lowest = Number.POSITIVE_INFINITY;
  for (const { energy, species } of frames) if (energy !== undefined) lowest = Math.min(lowest, energy / species.length);
  return Number.isFinite(lowest)
    ? WINDOWS_ABOVE_LOWEST.map((edge) => Number((Math.round((lowest + edge) / WINDOW_STEP) * WINDOW_STEP).toFixed(2)))
    : [];
}

/**
 * Errors by reference energy per atom. Frames without an energy are in none of the windows.
 * @param edges eV/atom, in growing order; n edges give n + 1 windows, open at both ends
 */
export function windowSummaries(frames: readonly Frame[], predictions: readonly Prediction[], edges: readonly number[]): WindowSummary[] {
  const bounds = [null, ...edges, null];
  return bounds.slice(1).map((to, w) => {
    const from = bounds[w]!;
    const inside = frames.flatMap(({ energy, species }, i) => {
      if (energy === undefined) return [];
      const perAtom = energy / species.length;
      return (from === null || perAtom >= from) && (to === null || perAtom < to) ? [i] : [];
    });
    return { from, to, ...errorSummary(frames, predictions, inside) };
  });
}
