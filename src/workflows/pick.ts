import type { Settings } from '../config/schema.js';
import { version } from '../config/version.js';
import type { Progress } from '../engines/progress.js';
import type { StopToken } from '../engines/stop.js';
import { runInWorkers, workerUrl } from '../engines/workers.js';
import { candidates, type FinishedEquation, type FoundEntry, type Identity } from './finish.js';
import type { FitMessage, FitShared, FitTask, FitTaskResult } from './fit-worker.js';
import type { PreparedFit } from './prepare.js';
import { fitShared, type SearchOutcome } from './search.js';

/** Finishes the best equation that has a sound core; the best of all when none has. */
export async function pick(
  settings: Settings,
  architectures: readonly PreparedFit[],
  outcome: SearchOutcome,
  progress: Progress,
  stop: StopToken,
): Promise<{ finished: FinishedEquation; chosen: FoundEntry }> {
  const shared = fitShared(
    settings,
    architectures.map(({ problem }) => problem),
  );
  const prepared = architectures[0]!;
  const identity: Identity = {
    title: settings.title || `${prepared.element} potential`,
    element: prepared.element,
    citation: `found by eqpot ${version()} from ${prepared.files.map((file) => file.path).join(', ')}`,
    core: settings.export.core,
  };
  let best: { finished: FinishedEquation; chosen: FoundEntry; drop: number } | undefined;
  for (const chosen of candidates(outcome.front, settings.refine.max_complexity)) {
    // in a thread of its own, so that this one still hears signals
    const [result] = await runInWorkers<FitTask, FitTaskResult, FitMessage, FitShared>(
      workerUrl(import.meta.url, './fit-worker'),
      [{ kind: 'finish', entry: chosen, identity }],
      { shared, signal: stop.signal, describe: () => `the equation of ${chosen.complexity} nodes` },
    );
    if (result?.kind !== 'finish') throw new Error('the finish gave the result of another task');
    const { finished } = result;
    const drop = finished.violations.reduce((sum, violation) => sum + violation.drop, 0);
    if (!Number.isFinite(finished.loss)) continue;
    if (!best || drop < best.drop) best = { finished, chosen, drop };
    if (drop === 0) break;
    progress.line(`an equation of ${finished.complexity} nodes is not sound (${finished.violations[0]!.what}), looking at the next`);
  }
  if (!best) throw new Error('no equation of the front could be finished');
  const { core, range } = best.finished.model;
  if (core.kind !== 'none' && range && core.outer > range.shortest)
    progress.line(
      `note: the core reaches to ${core.outer} Å, above the shortest distance of the data (${range.shortest.toFixed(2)} Å): nothing further in was sound`,
    );
  return best;
}
