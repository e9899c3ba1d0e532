import { createHash } from 'node:crypto';
import type { Settings } from '../config/schema.js';
import { version } from '../config/version.js';
import type { DataFile } from '../datasets/read.js';
import type { Split } from '../datasets/splits.js';
import type { Progress } from '../engines/progress.js';
import type { StopToken } from '../engines/stop.js';
import { runInWorkers, workerUrl } from '../engines/workers.js';
import { StoppedError } from '../errors.js';
import type { FittedPoint } from '../fitting/points.js';
import type { FoldPrediction } from './assess.js';
import type { Checkpoint } from './checkpoint.js';
import type { PointMessage, PointResult, PointTask } from './point-worker.js';
import { targetFileHashes } from './target-requests.js';

/** How the points of a form are looked for. */
export interface PointSearch {
  /** module beside this one whose threads do the work, see `servePoints`, and what they are started with */
  worker: string;
  shared: unknown;
  starts: number;
  /** best starts that go on with all data */
  keep: number;
  /** largest number of steps of a start, and on all data */
  startSteps: number;
  steps: number;
  /** what finds starts, and what finishes them, for messages */
  startsBy: string;
  finishesBy: string;
}

/** The parts of a fit that run in worker threads. */
export class PointWork {
  constructor(
    private readonly search: PointSearch,
    private readonly folds: readonly Split[],
    private readonly workers: number | undefined,
    private readonly stop: StopToken,
  ) {}

  /** All starts, and the best of them on all data. */
  async find(
    progress: Progress,
    checkpoint: Checkpoint<FittedPoint>,
    resume: boolean,
  ): Promise<{ starts: FittedPoint[]; found: FittedPoint; reason: string }> {
    const { search } = this;
    const saved = resume ? checkpoint.load() : new Map<number, FittedPoint>();
    const aside = resume ? undefined : checkpoint.setAside();
    if (aside)
      progress.line(`starting again: the state saved by an unfinished run is now in ${aside} (--resume would have gone on with it)`);
    if (saved.size > 0) progress.line(`resuming: ${saved.size} of ${search.starts} starts are done`);
    progress.phase('search', `${search.starts} starts by ${search.startsBy}`);
    const open = Array.from({ length: search.starts }, (_, index) => index).filter((index) => !saved.has(index));
    const done = await this.points(
      open.map((index) => ({ kind: 'start', index })),
      search.startSteps,
      (k) => `start ${open[k]! + 1} of ${search.starts}`,
      progress,
      (index, point) => checkpoint.save(index, point),
    );
    this.assertGoing();
    for (const [k, index] of open.entries()) saved.set(index, done[k]!);
    const starts = [...saved].sort(([a], [b]) => a - b).map(([, point]) => point);
    const best = [...starts].sort((a, b) => a.loss - b.loss).slice(0, search.keep);
    return { starts, ...(await this.refine(best, progress)) };
  }

  /** The best of some points after they are fitted to all data. */
  async refine(from: readonly FittedPoint[], progress: Progress): Promise<{ found: FittedPoint; reason: string }> {
    const { search } = this;
    progress.phase('refine', `${from.length} starts on all data`);
    const ends = await this.points(
      from.map(({ parameters }) => ({ kind: 'finish', start: parameters })),
      search.steps,
      (index) => `refinement ${index + 1} of ${from.length}`,
      progress,
    );
    this.assertGoing();
    const found = ends.reduce((a, b) => (b.loss < a.loss ? b : a));
    return {
      found,
      reason: `${found.reason} (${search.finishesBy} from the best of ${search.starts} starts, ${found.steps} steps)`,
    };
  }

  private assertGoing(): void {
    if (this.stop.requested)
      throw new StoppedError(`stopped: ${this.stop.reason ?? 'asked to'}; the starts that are done are saved; --resume goes on`);
  }

  /** Held-out predictions of refits. */
  async crossValidate(parameters: Float64Array, progress: Progress): Promise<FoldPrediction[]> {
    const { folds } = this;
    if (folds.length === 0 || this.stop.requested) return [];
    progress.phase('cross-validation', `${folds.length} folds`);
    const tasks: PointTask[] = folds.map(({ train, test }) => ({ kind: 'fold', start: parameters, train, test }));
    const results = await this.run(tasks, (index) => `fold ${index + 1} of ${folds.length}`, {
      onDone: (_, done) => progress.update(done / folds.length),
    });
    return results.flatMap((result, k) => (result.kind === 'fold' ? [{ ...result, test: folds[k]!.test }] : []));
  }

  private async points(
    tasks: PointTask[],
    steps: number,
    describe: (index: number) => string,
    progress: Progress,
    save?: (index: number, point: FittedPoint) => void,
  ): Promise<FittedPoint[]> {
    const fractions = new Float64Array(tasks.length);
    let best = Infinity;
    const results = await this.run(tasks, describe, {
      onMessage: (message, index) => {
        if (message.kind === 'start') return save?.(message.index, message.point);
        const { step, loss } = message;
        fractions[index] = Math.min(1, step / steps);
        best = Math.min(best, loss);
        progress.update(fractions.reduce((sum, part) => sum + part, 0) / tasks.length, `best loss ${(best * 1e3).toFixed(2)} meV/atom`);
      },
    });
    return results.flatMap((result) => (result.kind === 'point' ? [result.point] : []));
  }

  private run(
    tasks: PointTask[],
    describe: (index: number) => string,
    hooks: { onMessage?: (message: PointMessage, index: number) => void; onDone?: (index: number, done: number) => void },
  ): Promise<PointResult[]> {
    const { workers, search } = this;
    return runInWorkers<PointTask, PointResult, PointMessage, unknown>(workerUrl(import.meta.url, search.worker), tasks, {
      ...(workers ? { workers } : {}),
      shared: search.shared,
      stop: this.stop,
      describe,
      ...hooks,
    });
  }
}

/**
 * Changes with anything that would change the result of the starts.
 * @param own settings of the form that the starts depend on
 * @param directory folder that relative paths in the settings start from
 */
export function pointsFingerprint(
  { seed, data, reference_energy, loss, targets }: Settings,
  own: object,
  files: readonly DataFile[],
  directory: string,
): string {
  const targetFiles = targetFileHashes(targets, directory);
  const content = { version: version(), seed, data, reference_energy, loss, targets, targetFiles, ...own };
  const hash = createHash('sha256').update(JSON.stringify(content));
  for (const file of files) hash.update(file.sha256);
  return hash.digest('hex');
}
