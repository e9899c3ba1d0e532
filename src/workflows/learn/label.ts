import { jobId, type Labeller } from '../../engines/labelling/labeller.js';
import type { LabelRequest, LabelStore } from '../../engines/labelling/store.js';
import type { Progress } from '../../engines/progress.js';
import type { StopToken } from '../../engines/stop.js';
import type { Candidate } from '../../learning/sources/source.js';

/** Candidates as the store wants them. */
export function requestsOf(candidates: readonly Candidate[], labeller: Labeller): LabelRequest[] {
  return candidates.map(({ structure, source, configType }) => ({
    id: jobId(structure, labeller.settings),
    structure,
    why: source,
    configType,
  }));
}

/**
 * Labels everything that is pending of a round, failed jobs again as often as the store allows.
 * @throws StoppedError; EngineError when nothing can be labelled at all
 */
export async function labelPending(
  store: LabelStore,
  labeller: Labeller,
  options: { round: number; directory: string; progress: Progress; stop: StopToken },
): Promise<void> {
  const { round, directory, progress, stop } = options;
  const ofRound = () => store.pending().filter((job) => job.round <= round);
  for (let pending = ofRound(); pending.length > 0; pending = ofRound()) {
    stop.throwIfRequested();
    progress.phase(`round ${round}: labels`, `${pending.length} structures with ${labeller.engine}`);
    let outcomes = 0;
    await labeller.label(
      pending.map(({ id, structure }) => ({ id, structure })),
      {
        directory,
        stop,
        progress,
        onOutcome(outcome) {
          outcomes++;
          const kept = store.record(outcome);
          if (kept === 'failure' && 'failure' in outcome) progress.line(`no label for ${outcome.id}: ${outcome.failure.reason}`);
        },
      },
    );
    // an engine that says nothing of its jobs would be asked for ever
    if (outcomes === 0) throw new Error(`the engine ${labeller.engine} gave no outcome for ${pending.length} jobs`);
  }
}
