import { repeatUnit } from '../structures/repeat-unit.js';
import type { Frame } from '../structures/structure.js';
import { SMOOTHING } from './loss.js';

/** A frame as the kernels see it: the smallest cell that it repeats, with the labels of one of the repetitions. */
export interface FrameUnit {
  frame: Frame;
  /** atom of the unit for each atom of the whole frame, shape (n) */
  of: Int32Array;
  /** atoms of the whole frame for each of the unit */
  count: number;
}

/** Å; coordinates are written with five digits or more */
const TOLERANCE = 1e-4;

/**
 * The smallest cell that a frame repeats: strained supercells of perfect crystals hold few atoms of their own. A frame whose forces
 * differ between the repetitions by more than errors that count stays whole.
 */
export function frameUnit(frame: Frame): FrameUnit {
  const n = frame.species.length;
  const whole = { frame, of: Int32Array.from({ length: n }, (_, i) => i), count: 1 };
  const unit = repeatUnit(frame, TOLERANCE);
  if (!unit) return whole;
  const { structure, of, count } = unit;
  const { energy, forces } = frame;
  const labels: Partial<Frame> = {};
  if (energy !== undefined) labels.energy = energy / count;
  if (forces) {
    const mean = new Float64Array(3 * structure.species.length);
    for (let k = 0; k < 3 * n; k++) mean[3 * of[Math.floor(k / 3)]! + (k % 3)]! += forces[k]! / count;
    if (forces.some((f, k) => Math.abs(f - mean[3 * of[Math.floor(k / 3)]! + (k % 3)]!) > SMOOTHING.force)) return whole;
    labels.forces = mean;
  }
  return { frame: { ...frame, ...structure, ...labels }, of, count };
}

/** For the log: how many atoms are left of frames that are cut down to their units. */
export function unitLines(units: readonly FrameUnit[]): string[] {
  const all = units.reduce((sum, { of }) => sum + of.length, 0);
  const own = units.reduce((sum, { frame }) => sum + frame.species.length, 0);
  return own < all ? [`${own} of ${all} atoms are left when frames that repeat a smaller cell are cut down to it`] : [];
}
