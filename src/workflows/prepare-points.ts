import type { Settings } from '../config/schema.js';
import type { LossSettings } from '../fitting/loss.js';
import { type FramesProblem, onFrames } from '../fitting/points.js';
import { frameUnit } from '../fitting/unit.js';
import { neighbourPairs } from '../structures/neighbours.js';
import type { Frame } from '../structures/structure.js';
import type { AuditedData } from './audited-data.js';
import type { Place } from './check-data.js';
import { lossSettings, referenceEnergy } from './prepare.js';

/** What the problems of all forms have whose parameters are one vector. */
export interface PointProblem extends FramesProblem {
  loss: LossSettings;
  /** energies of the free atoms on the scale of the data, eV/atom, in the order of the elements; undefined where they are fitted */
  references: Float64Array | undefined;
}

/** The frames as a problem. */
export function pointProblem(
  settings: Settings,
  { frames, ownWeights, elements }: Pick<AuditedData, 'frames' | 'ownWeights' | 'elements'>,
  place: Place,
): PointProblem {
  const references = elements.map((element) => referenceEnergy(settings, element, place));
  return {
    frames,
    units: frames.map(frameUnit),
    ownWeights,
    loss: lossSettings(settings, undefined),
    references: references.every((energy) => energy !== undefined) ? Float64Array.from(references) : undefined,
  };
}

/** The fitted and the held-out frames of a problem, the latter undefined without a test set. */
export function parted<Problem extends FramesProblem>(whole: Problem, { split }: Pick<AuditedData, 'split'>) {
  return {
    problem: split ? onFrames(whole, split.train) : whole,
    test: split ? onFrames(whole, split.test) : undefined,
  };
}

/** Shortest distance of all frames, at most `cutoff`, Å. */
export function shortestDistance(frames: readonly Frame[], cutoff: number): number {
  let shortest = cutoff;
  for (const frame of frames) for (const distance of neighbourPairs(frame, cutoff).distances) shortest = Math.min(shortest, distance);
  return shortest;
}
