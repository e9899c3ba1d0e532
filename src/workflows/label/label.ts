import { join } from 'node:path';
import { LabelJournal } from '../../engines/labelling/journal.js';
import { jobId, type LabelFailure, type LabelJob, type Labeller } from '../../engines/labelling/labeller.js';
import { type Progress, SILENT } from '../../engines/progress.js';
import { NEVER_STOP, type StopToken } from '../../engines/stop.js';
import type { Frame } from '../../structures/structure.js';

export interface LabelOptions {
  /** keeps the labels (`labels.jsonl`) and the folders of the runs (`runs/`): the same call goes on where another ended */
  directory: string;
  progress?: Progress;
  stop?: StopToken;
  /** try again what failed in a way that another try was not thought to mend */
  retry?: boolean;
}

/** A structure without a label, and why. */
export interface FailedFrame {
  /** 0-based position among the structures */
  index: number;
  frame: Frame;
  id: string;
  failure: LabelFailure;
}

export interface Labelled {
  /** the structures that have labels, in their order; labels that they had before are replaced */
  frames: Frame[];
  failed: FailedFrame[];
  /** labels that were there already */
  reused: number;
}

/**
 * Labels structures. Equal structures are computed once.
 * @throws StoppedError when asked to stop; what is done by then is kept
 */
export async function labelFrames(frames: readonly Frame[], labeller: Labeller, options: LabelOptions): Promise<Labelled> {
  const { directory, progress = SILENT, stop = NEVER_STOP, retry = false } = options;
  const journal = new LabelJournal(join(directory, 'labels.jsonl'));
  try {
    const ids = frames.map((frame) => jobId(frame, labeller.settings));
    const jobs = new Map<string, LabelJob>();
    for (const [k, id] of ids.entries()) {
      const settled = journal.labels.has(id) || (journal.failures.get(id)?.again === false && !retry);
      if (!settled) jobs.set(id, { id, structure: frames[k]! });
    }
    const reused = frames.length - ids.filter((id) => jobs.has(id)).length;
    progress.phase('label', `${jobs.size} structures with ${labeller.engine}${reused > 0 ? `, ${reused} have been done before` : ''}`);
    await labeller.label([...jobs.values()], {
      directory: join(directory, 'runs'),
      stop,
      progress,
      onOutcome: (outcome) => {
        journal.add(outcome);
        if ('failure' in outcome) progress.line(`no label for structure ${ids.indexOf(outcome.id) + 1}: ${outcome.failure.reason}`);
      },
    });
    const labelled: Labelled = { frames: [], failed: [], reused };
    for (const [index, frame] of frames.entries()) {
      const id = ids[index]!;
      const label = journal.labels.get(id);
      if (!label) {
        const failure = journal.failures.get(id) ?? { reason: 'the engine said nothing about it', again: true };
        labelled.failed.push({ index, frame, id, failure });
        continue;
      }
      const { energy: _, forces: __, stress: ___, ...structure } = frame;
      const { origin, ...values } = label;
      labelled.frames.push({ ...structure, ...values, labelOrigin: origin });
    }
    return labelled;
  } finally {
    journal.close();
  }
}
