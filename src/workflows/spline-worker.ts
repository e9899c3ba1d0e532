import { serve } from '../engines/worker-side.js';
import { descend, finishSplines, onFrames, type SplinePoint, type SplineSearch, searchSplines } from '../fitting/splines/fit.js';
import { SplineObjective, type SplineProblem } from '../fitting/splines/objective.js';

/** What every worker of a spline fit is started with. */
export interface SplineShared {
  problem: SplineProblem;
  search: SplineSearch;
  /** Å, nearest distance of the crystal */
  nearest: number;
}

export type SplineTask =
  | { kind: 'start'; index: number }
  /** a start on all frames */
  | { kind: 'finish'; start: Float64Array }
  /** a refit on a part of the frames, predictions for the others */
  | { kind: 'fold'; start: Float64Array; train: readonly number[]; test: readonly number[] };

export type SplineResult =
  | { kind: 'point'; point: SplinePoint }
  | { kind: 'fold'; energies: Float64Array; forces: (Float64Array | undefined)[] };

/** How far a task is; the point where a start ended comes as a message too, to be saved before all others are done. */
export type SplineMessage =
  | { kind: 'step'; step: number /** eV/atom */; loss: number }
  | { kind: 'start'; index: number; point: SplinePoint };

/** Gradient steps of a refit: it starts where the fit on all frames ended. */
const FOLD_STEPS = 15;

serve<SplineTask, SplineResult, SplineShared, SplineMessage>(async (task, { shared, stop, post }) => {
  const { problem, search, nearest } = shared;
  const hooks = {
    onStep: (step: number, loss: number): boolean => {
      post({ kind: 'step', step, loss });
      return stop.requested;
    },
  };
  if (task.kind === 'start') {
    const point = await searchSplines(problem, search, nearest, task.index, hooks);
    if (!stop.requested) post({ kind: 'start', index: task.index, point });
    return { kind: 'point', point };
  }
  if (task.kind === 'finish') return { kind: 'point', point: await finishSplines(problem, search, task.start, hooks) };
  const { parameters } = descend(new SplineObjective(onFrames(problem, task.train)), task.start, FOLD_STEPS);
  const held = onFrames(problem, task.test);
  const { energies, forces } = new SplineObjective(held).predict(parameters);
  return { kind: 'fold', energies, forces: forces.map((values, s) => (held.frames[s]!.forces ? values : undefined)) };
});
