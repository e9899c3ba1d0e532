import { createHash } from 'node:crypto';
import type { Settings } from '../config/schema.js';
import { version } from '../config/version.js';
import type { Progress } from '../engines/progress.js';
import type { StopToken } from '../engines/stop.js';
import { runInWorkers, workerUrl } from '../engines/workers.js';
import { StoppedError } from '../errors.js';
import type { SplinePoint, SplineSearch } from '../fitting/splines/fit.js';
import type { FoldPrediction } from './assess.js';
import type { Checkpoint } from './checkpoint.js';
import type { PreparedSplines } from './prepare-splines.js';
import type { SplineMessage, SplineResult, SplineShared, SplineTask } from './spline-worker.js';

/** The parts of a fit that run in worker threads. */
export class SplineWork {
  private readonly shared: SplineShared;

  constructor(
    private readonly settings: Settings,
    private readonly prepared: PreparedSplines,
    private readonly stop: StopToken,
  ) {
    this.shared = { problem: prepared.problem, search: searchOf(settings), nearest: prepared.nearest };
  }

  /** All starts, and the best of them on all data. */
  async search(
    progress: Progress,
    checkpoint: Checkpoint<SplinePoint>,
    resume: boolean,
  ): Promise<{ starts: SplinePoint[]; found: SplinePoint; reason: string }> {
    const { splines } = this.settings;
    const saved = resume ? checkpoint.load() : new Map<number, SplinePoint>();
    const aside = resume ? undefined : checkpoint.setAside();
    if (aside)
      progress.line(`starting again: the state saved by an unfinished run is now in ${aside} (--resume would have gone on with it)`);
    if (saved.size > 0) progress.line(`resuming: ${saved.size} of ${splines.starts} starts are done`);
    progress.phase('search', `${splines.starts} starts by ${splines.method === 'cma-es' ? 'CMA-ES' : 'gradients'}`);
    const count = splines.method === 'cma-es' ? splines.generations : splines.coarse_steps;
    const open = Array.from({ length: splines.starts }, (_, index) => index).filter((index) => !saved.has(index));
    const done = await this.points(
      open.map((index) => ({ kind: 'start', index })),
      count,
      (k) => `start ${open[k]! + 1} of ${splines.starts}`,
      progress,
      (index, point) => checkpoint.save(index, point),
    );
    this.assertGoing();
    for (const [k, index] of open.entries()) saved.set(index, done[k]!);
    const starts = [...saved].sort(([a], [b]) => a - b).map(([, point]) => point);
    const best = [...starts].sort((a, b) => a.loss - b.loss).slice(0, splines.keep);
    progress.phase('refine', `${best.length} starts on all data`);
    const steps = splines.steps + (splines.method === 'both' ? splines.generations : 0);
    const ends = await this.points(
      best.map(({ parameters }) => ({ kind: 'finish', start: parameters })),
      steps,
      (index) => `refinement ${index + 1} of ${best.length}`,
      progress,
    );
    this.assertGoing();
    const found = ends.reduce((a, b) => (b.loss < a.loss ? b : a));
    const how = splines.method === 'both' ? 'CMA-ES and gradients' : 'gradients';
    return { starts, found, reason: `${found.reason} (${how} from the best of ${splines.starts} starts, ${found.steps} steps)` };
  }

  private assertGoing(): void {
    if (this.stop.requested)
      throw new StoppedError(`stopped: ${this.stop.reason ?? 'asked to'}; the starts that are done are saved; --resume goes on`);
  }

  /** Held-out predictions of refits. */
  async crossValidate(parameters: Float64Array, progress: Progress): Promise<FoldPrediction[]> {
    const { folds } = this.prepared;
    if (folds.length === 0 || this.stop.requested) return [];
    progress.phase('cross-validation', `${folds.length} folds`);
    const tasks: SplineTask[] = folds.map(({ train, test }) => ({ kind: 'fold', start: parameters, train, test }));
    const results = await this.run(tasks, (index) => `fold ${index + 1} of ${folds.length}`, {
      onDone: (_, done) => progress.update(done / folds.length),
    });
    return results.flatMap((result, k) => (result.kind === 'fold' ? [{ ...result, test: folds[k]!.test }] : []));
  }

  private async points(
    tasks: SplineTask[],
    steps: number,
    describe: (index: number) => string,
    progress: Progress,
    save?: (index: number, point: SplinePoint) => void,
  ): Promise<SplinePoint[]> {
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
    tasks: SplineTask[],
    describe: (index: number) => string,
    hooks: { onMessage?: (message: SplineMessage, index: number) => void; onDone?: (index: number, done: number) => void },
  ): Promise<SplineResult[]> {
    const { workers } = this.settings;
    return runInWorkers<SplineTask, SplineResult, SplineMessage, SplineShared>(workerUrl(import.meta.url, './spline-worker'), tasks, {
      ...(workers ? { workers } : {}),
      shared: this.shared,
      stop: this.stop,
      describe,
      ...hooks,
    });
  }
}

/** Changes with anything that would change the result of the starts. */
export function splineFingerprint({ seed, data, reference_energy, splines, loss }: Settings, prepared: PreparedSplines): string {
  const { starts: _starts, keep: _keep, steps: _steps, ...search } = splines;
  const content = { version: version(), seed, data, reference_energy, loss, search };
  const hash = createHash('sha256').update(JSON.stringify(content));
  for (const file of prepared.files) hash.update(file.sha256);
  return hash.digest('hex');
}

function searchOf({ seed, splines }: Settings): SplineSearch {
  const { method, population, generations, width, steps } = splines;
  return {
    seed,
    method,
    population,
    generations,
    width,
    steps,
    coarseSteps: splines.coarse_steps,
    coarseAtoms: splines.coarse_atoms,
  };
}
