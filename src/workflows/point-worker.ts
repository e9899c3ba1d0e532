import { serve } from '../engines/worker-side.js';
import type { FittedPoint, PointHooks } from '../fitting/points.js';

export type PointTask =
  | { kind: 'start'; index: number }
  /** a start on all frames */
  | { kind: 'finish'; start: Float64Array }
  /** a refit on a part of the frames, predictions for the others */
  | { kind: 'fold'; start: Float64Array; train: readonly number[]; test: readonly number[] };

/** Predictions for held-out frames. */
export interface HeldOut {
  /** eV/atom */
  energies: Float64Array;
  /** eV/Å, by frame; undefined where a frame has none to compare with */
  forces: (Float64Array | undefined)[];
}

export type PointResult = { kind: 'point'; point: FittedPoint } | ({ kind: 'fold' } & HeldOut);

/** How far a task is; the point where a start ended comes as a message too, to be saved before all others are done. */
export type PointMessage =
  | { kind: 'step'; step: number /** eV/atom */; loss: number }
  | { kind: 'start'; index: number; point: FittedPoint };

/** What the workers of a form do. */
export interface PointWorker<Shared> {
  start(shared: Shared, index: number, hooks: PointHooks): FittedPoint | Promise<FittedPoint>;
  finish(shared: Shared, start: Float64Array, hooks: PointHooks): FittedPoint | Promise<FittedPoint>;
  fold(shared: Shared, start: Float64Array, train: readonly number[], test: readonly number[]): HeldOut;
}

/** Makes a module the worker of a form. */
export function servePoints<Shared>(worker: PointWorker<Shared>): void {
  serve<PointTask, PointResult, Shared, PointMessage>(async (task, { shared, stop, post }) => {
    const hooks: PointHooks = {
      onStep: (step, loss) => {
        post({ kind: 'step', step, loss });
        return stop.requested;
      },
    };
    if (task.kind === 'fold') return { kind: 'fold', ...worker.fold(shared, task.start, task.train, task.test) };
    if (task.kind === 'finish') return { kind: 'point', point: await worker.finish(shared, task.start, hooks) };
    const point = await worker.start(shared, task.index, hooks);
    if (!stop.requested) post({ kind: 'start', index: task.index, point });
    return { kind: 'point', point };
  });
}
