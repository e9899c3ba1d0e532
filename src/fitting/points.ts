import type { Frame } from '../structures/structure.js';
import type { FrontEntry } from './front.js';
import type { LocalResult } from './optimisers/index.js';
import type { FrameUnit } from './unit.js';

/** A fitted point of a form whose parameters are one vector. */
export interface FittedPoint {
  parameters: Float64Array;
  /** eV/atom */
  loss: number;
  steps: number;
  /** why it ended, a phrase */
  reason: string;
  /** loss after some steps, eV/atom */
  history: { step: number; loss: number }[];
  /** of a form that chooses its terms: what it was chosen from, by falling complexity */
  front?: readonly FrontEntry[];
}

/** How a long fit is watched and ended. */
export interface PointHooks {
  /** returning true ends the fit with what it has */
  onStep?: (step: number, loss: number) => boolean;
}

/** What the reasons of optimisers are called. */
export const REASONS: Readonly<Record<LocalResult['reason'], string>> = {
  converged: 'the loss no longer falls',
  steps: 'all steps are done',
  stopped: 'asked to stop',
  'start forbidden': 'the start has no finite loss',
};

/** What is fitted, in frames. */
export interface FramesProblem {
  frames: readonly Frame[];
  /** what the frames repeat, in their order */
  units: readonly FrameUnit[];
  /** factor on the loss weight of each frame, shape (frames) */
  ownWeights: Float64Array;
}

/** The same problem with an even selection of the frames that has about so many atoms. */
export function coarse<P extends FramesProblem>(problem: P, atoms: number): P {
  const total = problem.units.reduce((sum, { frame }) => sum + frame.species.length, 0);
  if (total <= atoms) return problem;
  const part = atoms / total;
  const chosen = problem.frames.flatMap((_, s) => (Math.floor((s + 1) * part) > Math.floor(s * part) ? [s] : []));
  return chosen.length > 0 && chosen.some((s) => problem.frames[s]!.energy !== undefined) ? onFrames(problem, chosen) : problem;
}

/** The same problem with some of the frames. */
export function onFrames<P extends FramesProblem>(problem: P, indices: readonly number[]): P {
  const frames = indices.map((s) => problem.frames[s]!);
  const units = indices.map((s) => problem.units[s]!);
  return { ...problem, frames, units, ownWeights: Float64Array.from(indices, (s) => problem.ownWeights[s]!) };
}
