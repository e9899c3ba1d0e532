import type { Settings } from '../config/schema.js';
import type { Progress } from '../engines/progress.js';
import type { StopToken } from '../engines/stop.js';
import { runInWorkers, workerUrl } from '../engines/workers.js';
import { StoppedError, VerificationError } from '../errors.js';
import { paretoFront } from '../fitting/front.js';
import type { FitProblem } from '../fitting/problem.js';
import type { RestartResult, RestartSettings } from '../fitting/search/restart.js';
import type { Checkpoint } from './checkpoint.js';
import type { FoundEntry } from './finish.js';
import type { FitMessage, FitShared, FitTask, FitTaskResult } from './fit-worker.js';

/** The merged front of all restarts of all architectures. */
export interface SearchOutcome {
  front: FoundEntry[];
  restarts: RestartResult[];
  /** why the search ended, one sentence */
  reason: string;
}

/** What the workers of a fit are started with. */
export function fitShared(settings: Settings, problems: readonly FitProblem[]): FitShared {
  const { search, refine } = settings;
  const refineSettings = { optimiser: refine.optimiser, steps: refine.steps, learningRate: refine.learning_rate };
  const restart: RestartSettings = {
    seed: settings.seed,
    method: search.method,
    tree: {
      payouts: search.payouts,
      exploration: search.exploration,
      children: search.children,
      radius: search.radius,
      depthScaling: search.depth_scaling,
      maxDepth: search.max_depth,
      uniqueness: search.uniqueness,
    },
    steps: search.steps,
    population: search.population,
    nullZone: search.null_zone,
    switchLoss: search.switch_loss,
    patience: search.patience,
    candidates: refine.candidates,
    refine: refineSettings,
    maxComplexity: refine.max_complexity,
  };
  return { problems, restart, refine: refineSettings, backend: settings.backend };
}

/**
 * All restarts of the search of all architectures in worker threads, going on from a checkpoint where there is one. The result does not
 * depend on the
 * number of threads or on interruptions.
 * @param known equations of an earlier search with the same networks: they are refined with this data and stand beside those found
 * @throws StoppedError when the run was asked to stop; what was done is in the checkpoint
 */
export async function search(
  settings: Settings,
  problems: readonly FitProblem[],
  checkpoint: Checkpoint | undefined,
  resume: boolean,
  progress: Progress,
  stop: StopToken,
  known: readonly FoundEntry[] = [],
): Promise<SearchOutcome> {
  const restarts = settings.search.restarts * problems.length;
  // restarts of one architecture are not neighbours, so that more of them can be asked for when a run goes on
  const architectureOf = (index: number): number => index % problems.length;
  const saved = resume && checkpoint ? checkpoint.load() : new Map();
  if (!resume) {
    const aside = checkpoint?.setAside();
    if (aside)
      progress.line(`starting again: the state saved by an unfinished run is now in ${aside} (--resume would have gone on with it)`);
  }
  if (saved.size > 0) progress.line(`resuming: ${saved.size} of ${restarts} restarts have a saved state`);
  const fractions = new Float64Array(restarts);
  let best = Infinity;
  const tasks: FitTask[] = Array.from({ length: restarts }, (_, index) => ({
    kind: 'restart',
    index,
    architecture: architectureOf(index),
    saved: saved.get(index),
  }));
  const shared = fitShared(settings, problems);
  const { method, steps } = settings.search;
  const share = problems.length > 1 ? ` (${settings.search.restarts} of each of ${problems.length} architectures)` : '';
  progress.phase('search', `${restarts} restarts${share} by ${method}, ${steps} steps each`);
  const results = await runInWorkers<FitTask, FitTaskResult, FitMessage, FitShared>(workerUrl(import.meta.url, './fit-worker'), tasks, {
    ...(settings.workers ? { workers: settings.workers } : {}),
    shared,
    stop,
    describe: (index) => `restart ${index + 1} of ${restarts}`,
    onMessage: (message) => {
      if (message.kind === 'save') checkpoint?.save(message.index, message.state);
      else {
        fractions[message.index] = message.fraction;
        best = Math.min(best, message.best);
        progress.update(fractions.reduce((sum, f) => sum + f, 0) / restarts, `best search loss ${(best * 1e3).toFixed(2)} meV/atom`);
      }
    },
  });
  const done = results.flatMap((result) => (result?.kind === 'restart' && result.result ? [result.result] : []));
  if (done.length < restarts || stop.requested)
    throw new StoppedError(
      `stopped: ${stop.reason ?? 'asked to'}; ` +
        (checkpoint
          ? `${done.length} of ${restarts} restarts are done and all progress is saved; --resume goes on`
          : 'the first search, which is a short one, begins anew with --resume'),
    );
  const found = done.flatMap((result, index) =>
    result.front.map((entry): FoundEntry => {
      const architecture = architectureOf(index);
      const { cutoff } = problems[architecture]!.network;
      return { ...entry, parameters: Float64Array.from(entry.parameters), architecture, cutoff };
    }),
  );
  const thinned = await simplified(settings, problems, merged(found), progress, stop);
  const front = merged(await settled(settings, problems, [...merged([...found, ...thinned]), ...known], progress, stop));
  if (front.length === 0)
    throw new VerificationError(
      'no restart found an equation that is defined and allowed for all frames; try more steps or restarts, other basis functions or another seed',
    );
  const early = done.filter((result) => result.steps < steps).length;
  return {
    front,
    restarts: done,
    reason:
      early === 0
        ? `all ${restarts} restarts did their ${steps} steps`
        : `all ${restarts} restarts are done, ${early} of them switched to local refinement early`,
  };
}

/** Entries that no other one beats in complexity, loss and cutoff, on which the cost in MD depends. */
export function merged(entries: readonly FoundEntry[]): FoundEntry[] {
  return paretoFront(entries, ({ cutoff }) => cutoff);
}

/** Equations of each architecture that are simplified again after their terms have been exchanged. */
const SIMPLIFIED = 2;

/** What is left of the best equations of each architecture as terms are taken out or merged, as long as that costs little. */
async function simplified(
  settings: Settings,
  problems: readonly FitProblem[],
  found: readonly FoundEntry[],
  progress: Progress,
  stop: StopToken,
): Promise<FoundEntry[]> {
  const allowed = found.filter((entry) => entry.complexity <= settings.refine.max_complexity);
  const tasks: FitTask[] = problems.flatMap((_, architecture) => {
    const own = allowed.filter((entry) => entry.architecture === architecture).sort((a, b) => a.loss - b.loss);
    return own.slice(0, SIMPLIFIED).map((entry) => ({ kind: 'simplify' as const, entry }));
  });
  progress.phase('simplification', `of the best ${tasks.length} equations`);
  const results = await runInWorkers<FitTask, FitTaskResult, FitMessage, FitShared>(workerUrl(import.meta.url, './fit-worker'), tasks, {
    ...(settings.workers ? { workers: settings.workers } : {}),
    shared: fitShared(settings, problems),
    signal: stop.signal,
    describe: (index) => `the simplification of equation ${index + 1} of ${tasks.length}`,
    onDone: (_index, count) => progress.update(count / tasks.length),
  });
  return results.flatMap((result) => (result.kind === 'simplify' ? result.entries : []));
}

/** The equations with a few more steps on all the data (and targets), and their losses there. */
export async function settled(
  settings: Settings,
  problems: readonly FitProblem[],
  found: readonly FoundEntry[],
  progress: Progress,
  stop: StopToken,
): Promise<FoundEntry[]> {
  progress.phase('front', `${found.length} equations on all the data`);
  const tasks: FitTask[] = found.map((entry) => ({ kind: 'settle', entry }));
  const results = await runInWorkers<FitTask, FitTaskResult, FitMessage, FitShared>(workerUrl(import.meta.url, './fit-worker'), tasks, {
    ...(settings.workers ? { workers: settings.workers } : {}),
    shared: fitShared(settings, problems),
    signal: stop.signal,
    describe: (index) => `equation ${index + 1} of ${found.length}`,
    onDone: (_index, count) => progress.update(count / found.length),
  });
  return results.flatMap((result) => (result.kind === 'settle' ? [result.entry] : []));
}
