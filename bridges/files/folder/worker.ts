import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileAtomic } from '../../../src/engines/files.js';
import type { LabelJob, Labeller, LabelOutcome } from '../../../src/engines/labelling/labeller.js';
import { toLabelRecord, unsound } from '../../../src/engines/labelling/records.js';
import type { Progress } from '../../../src/engines/progress.js';
import type { StopToken } from '../../../src/engines/stop.js';
import { InputError, StoppedError } from '../../../src/errors.js';
import { type FolderDescription, readJob } from './jobs.js';
import { claimName, discard, type FolderLayout, idIn, move, resultName } from './layout.js';
import { WorkerSign } from './workers.js';

export interface WorkerOptions {
  layout: FolderLayout;
  folder: FolderDescription;
  labeller: Labeller;
  stop: StopToken;
  progress: Progress;
  /** jobs that are taken at a time, for engines that do several at once */
  batch: number;
  /** ends after this time without a job, s; 0 when there is none; Infinity for never */
  idle: number;
  /** seconds between two looks for jobs */
  poll: number;
  /** folder for the runs of the engine; default `runs/` of the labelling folder, where the next worker finds what one that died has done */
  scratch?: string;
}

/** What a worker has done. */
export interface WorkerTally {
  labels: number;
  failures: number;
}

/**
 * Labels what stands in a labelling folder. Workers on any number of machines may do so at once: a job is claimed by a rename, which only
 * one of them can do.
 * @throws InputError when the jobs ask for other settings; StoppedError after its jobs are given back; EngineError
 */
export async function serveFolder(options: WorkerOptions): Promise<WorkerTally> {
  const { layout, labeller, stop, progress, batch, idle, poll } = options;
  checkSettings(options);
  const sign = new WorkerSign(layout);
  const tally: WorkerTally = { labels: 0, failures: 0 };
  progress.phase('label', `${labeller.engine} for ${layout.root}`);
  let idleSince = performance.now();
  try {
    for (;;) {
      stop.throwIfRequested();
      const jobs = claim(layout, sign.name, batch);
      if (jobs.length > 0) {
        await work(jobs, sign.name, options, tally);
        idleSince = performance.now();
      } else if ((performance.now() - idleSince) / 1000 >= idle) return tally;
      else {
        progress.update(Number.NaN, `${tally.labels} labels; waiting for jobs`);
        await sleep(1000 * Math.min(poll, idle), undefined, { signal: stop.signal }).catch(() => {});
      }
    }
  } finally {
    sign.remove();
  }
}

function checkSettings({ layout, folder, labeller }: WorkerOptions): void {
  if (!folder.by || labeller.settings === folder.settings) return;
  throw new InputError(
    `the jobs ask for other settings (${folder.settings}) than those of this worker (${labeller.settings}):\n${folder.description}`,
    { file: layout.root },
    { hint: 'leave out -c to take the settings of the folder, or change only what does not change the numbers (commands, limits)' },
  );
}

/** Takes up to `count` jobs. Workers begin at different places of the list, so that they rarely reach for the same. */
function claim(layout: FolderLayout, owner: string, count: number): LabelJob[] {
  const names = layout.names('jobs');
  const done = new Set(names.length > 0 ? layout.names('results').map(idIn) : []);
  const start = Math.floor((names.length * Number.parseInt(owner.slice(-6), 16)) / 0x1000000);
  const jobs: LabelJob[] = [];
  for (let k = 0; k < names.length && jobs.length < count; k++) {
    const id = names[(start + k) % names.length]!;
    const mine = layout.path('claimed', claimName(id, owner));
    // on NFS the answer to a rename that worked may be lost
    if (!move(layout.path('jobs', id), mine) && !existsSync(mine)) continue;
    // somebody has done it already, and the job came back with a claim that was taken for dead
    if (done.has(id) || layout.hasResult(id)) {
      discard(mine);
      continue;
    }
    const job = readJob(mine, id);
    if (typeof job !== 'string') jobs.push(job);
    else {
      writeResult(layout, { id, failure: { reason: job, again: false } });
      discard(mine);
    }
  }
  return jobs;
}

async function work(jobs: readonly LabelJob[], owner: string, options: WorkerOptions, tally: WorkerTally): Promise<void> {
  const { layout, labeller, stop, progress, scratch } = options;
  const open = new Map(jobs.map((job) => [job.id, job]));
  const onOutcome = (outcome: LabelOutcome) => {
    const job = open.get(outcome.id);
    if (!job) return;
    const wrong = 'label' in outcome ? unsound(outcome.label, job.structure.species.length) : undefined;
    const checked = wrong ? { id: outcome.id, failure: wrong } : outcome;
    writeResult(layout, checked);
    discard(layout.path('claimed', claimName(outcome.id, owner)));
    open.delete(outcome.id);
    if ('label' in checked) tally.labels++;
    else {
      tally.failures++;
      progress.line(`${outcome.id}: no label: ${checked.failure.reason}`);
    }
    progress.update(Number.NaN, `${tally.labels} labels`);
  };
  try {
    await labeller.label(jobs, { directory: scratch ?? layout.path('runs'), stop, progress, onOutcome });
    for (const id of [...open.keys()]) onOutcome({ id, failure: { reason: `${labeller.engine} said nothing about it`, again: true } });
  } catch (error) {
    for (const id of open.keys()) move(layout.path('claimed', claimName(id, owner)), layout.path('jobs', id));
    if (error instanceof StoppedError && open.size > 0) progress.line(`${open.size} jobs given back`);
    throw error;
  }
}

/** A result that is there is not replaced: it may be about to be taken in. */
function writeResult(layout: FolderLayout, outcome: LabelOutcome): void {
  if (layout.hasResult(outcome.id)) return;
  const content = 'label' in outcome ? toLabelRecord(outcome.label) : { failure: outcome.failure };
  writeFileAtomic(layout.path('results', resultName(outcome.id)), `${JSON.stringify(content)}\n`);
}
