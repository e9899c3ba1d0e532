import { join } from 'node:path';
import { moveAside } from '../../engines/labelling/job-folder.js';
import { jobId, type LabelFailure, type Labeller } from '../../engines/labelling/labeller.js';
import { LabelStore } from '../../engines/labelling/store.js';
import { type Progress, SILENT } from '../../engines/progress.js';
import { NEVER_STOP, type StopToken } from '../../engines/stop.js';
import type { Frame } from '../../structures/structure.js';

export interface LabelOptions {
  /** keeps the labels (a `LabelStore`) and the folders of the runs (`runs/`): the same call goes on where another ended */
  directory: string;
  progress?: Progress;
  stop?: StopToken;
  /** try again also what failed for good, or too often */
  retry?: boolean;
}

/** A structure without a label, and why. */
export interface FailedFrame {
  /** 0-based position among the structures */
  index: number;
  frame: Frame;
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
  // labels of other settings may be there, from an earlier call: a job's id tells them apart
  const store = await LabelStore.open(directory, { mixedSettings: true, stop, note: (line) => progress.line(line) });
  try {
    const ids = frames.map((frame) => jobId(frame, labeller.settings));
    store.enqueue(
      0,
      frames.map((frame, k) => ({ id: ids[k]!, structure: frame, why: 'given', configType: frame.configType })),
    );
    const wanted = new Set(ids);
    const jobs = [...store.pending(), ...(retry ? store.failures().map(({ job }) => job) : [])].filter(({ id }) => wanted.has(id));
    const open = new Set(jobs.map(({ id }) => id));
    const reused = ids.filter((id) => !open.has(id)).length;
    progress.phase(
      'label',
      `${jobs.length} ${jobs.length === 1 ? 'structure' : 'structures'} with ${labeller.engine}${reused > 0 ? `, ${reused} done before` : ''}`,
    );
    const runs = join(directory, 'runs');
    if (retry) for (const { job } of store.failures()) if (wanted.has(job.id)) moveAside(join(runs, job.id));
    const reasons = new Map<string, LabelFailure>();
    await labeller.label(jobs, {
      directory: runs,
      stop,
      progress,
      onOutcome: (outcome) => {
        store.record(outcome);
        if (!('failure' in outcome)) return;
        reasons.set(outcome.id, outcome.failure);
        progress.line(`no label for structure ${ids.indexOf(outcome.id) + 1}: ${outcome.failure.reason}`);
      },
    });
    const labels = new Map(store.labels().map(({ job, label }) => [job.id, label]));
    for (const { job, failure, tries } of store.failures())
      reasons.set(job.id, tries > 1 ? { ...failure, reason: `${failure.reason}, ${tries} times`, again: false } : failure);
    const labelled: Labelled = { frames: [], failed: [], reused };
    for (const [index, frame] of frames.entries()) {
      const id = ids[index]!;
      const label = labels.get(id);
      if (!label) {
        const failure = reasons.get(id) ?? { reason: 'the engine said nothing about it', again: true };
        labelled.failed.push({ index, frame, failure });
        continue;
      }
      const { energy: _, forces: __, stress: ___, ...structure } = frame;
      const { origin, ...values } = label;
      labelled.frames.push({ ...structure, ...values, labelOrigin: origin });
    }
    return labelled;
  } finally {
    store.close();
  }
}
