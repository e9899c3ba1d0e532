import { existsSync, readFileSync, statSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError } from '../../errors.js';
import { writeFileAtomic } from '../files.js';
import { runProcess } from '../process.js';
import type { StopToken } from '../stop.js';
import { type ProgramRun, RUN_FILES, type RunEnd, type Runner, recordedEnd, runScript } from './run.js';

export interface SlurmOptions {
  /** words of sbatch, such as `--partition=short` */
  options: readonly string[];
  /** wall-clock limit of a run, s; default: that of the partition */
  limitSeconds?: number;
  /** lines of the shell before the program, such as `module load vasp` */
  prologue: string;
  /** time between two looks at the queue, s */
  pollSeconds: number;
}

/** Holds the number of the job in the folder of a run. */
const JOB = 'slurm.job';
/** Why a pending job will never start. */
const NEVER = /^(BadConstraints|PartitionTimeLimit|PartitionNodeLimit|InvalidAccount|InvalidQOS|DependencyNeverSatisfied)$/;
/** States of a job that may still run. */
const ALIVE = /^(PENDING|RUNNING|CONFIGURING|COMPLETING|SUSPENDED|REQUEUE|RESIZING|SIGNALING|STAGE_OUT|STOPPED|SPECIAL_EXIT|RESV_DEL_HOLD)/;
/** Seconds for which a file of another node may not be visible yet. */
const FILE_DELAY = 30;
/** Seconds without an answer of Slurm after which waiting is given up. */
const SILENCE = 1800;
/** Reasons, of a pending job and of sbatch, that lie in the time asked for. */
const TOO_LONG = /^PartitionTimeLimit$|time limit/i;
/** What sbatch says when it may work later. */
const LATER = /timed out|temporarily|try again|contact slurm controller|connection refused|QOSMaxSubmitJobPerUserLimit|MaxSubmitJobs/i;

interface QueueEntry {
  id: string;
  name: string;
  state: string;
  reason: string;
}

/**
 * Runs programs as Slurm jobs. Each run has a job of a name of its own, so that one that was submitted by a session that was killed is found
 * and not submitted again. A stop leaves jobs in the queue.
 */
export function slurmRunner(options: SlurmOptions): Runner {
  const queue = new Queue(options.pollSeconds);
  return {
    async run(run, stop) {
      let id = knownJob(run.folder);
      if (id === undefined) {
        // a script that is there may have been submitted by a session that was killed before it knew the job's number
        const sent = existsSync(join(run.folder, RUN_FILES.script));
        const known = sent ? (await queue.look(stop)).find(({ name }) => name === run.name)?.id : undefined;
        const submitted = known ?? (await submit(run, options, queue, stop));
        if (typeof submitted !== 'string') return submitted;
        id = submitted;
        writeFileAtomic(join(run.folder, JOB), `${id}\n`);
      }
      for (;;) {
        const entry = (await queue.look(stop)).find((each) => each.id === id);
        const end = entry && ALIVE.test(entry.state) ? undefined : await endOf(id, run.folder, stop);
        if (end) return end;
        if (entry?.state === 'PENDING' && NEVER.test(entry.reason)) {
          await runProcess('scancel', [id]);
          if (run.limitFactor > 1 && TOO_LONG.test(entry.reason)) return noTime(entry.reason);
          throw new EngineError(`Slurm will never start job ${id}: ${entry.reason}`);
        }
        if (stop.requested) return { ...NOTHING, how: 'left', detail: id };
        await sleep(options.pollSeconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
      }
    },
  };
}

const NOTHING = { exitCode: undefined, wallSeconds: Number.NaN };

/** A run that reached its time and is refused more: that is the end of this structure, not of all. */
function noTime(why: string): RunEnd {
  return { ...NOTHING, how: 'limit', detail: `Slurm gives it no more time: ${why}` };
}

/** The number of the job, from the session that submitted it or from the job itself. */
function knownJob(folder: string): string | undefined {
  const path = join(folder, JOB);
  return existsSync(path) ? readFileSync(path, 'utf8').trim() || undefined : undefined;
}

/** Submits a run: the number of its job, or the end of a run that Slurm did not take. */
async function submit(
  run: ProgramRun,
  { options, limitSeconds, prologue, pollSeconds }: SlurmOptions,
  queue: Queue,
  stop: StopToken,
): Promise<string | RunEnd> {
  const minutes = limitSeconds === undefined ? undefined : Math.max(1, Math.ceil((limitSeconds * run.limitFactor) / 60));
  const words = [`--job-name=${run.name}`, '--output=slurm.out', ...(minutes === undefined ? [] : [`--time=${minutes}`]), ...options];
  const script = [
    '#!/bin/sh',
    ...words.map((word) => `#SBATCH ${word}`),
    // only one job works in a folder, whatever happened to the session that submitted it
    `if [ -s ${JOB} ] && [ "$(cat ${JOB})" != "$SLURM_JOB_ID" ]; then exit 0; fi`,
    `echo "$SLURM_JOB_ID" > ${JOB}`,
    runScript(run, prologue),
  ].join('\n');
  writeFileAtomic(join(run.folder, RUN_FILES.script), script);
  for (;;) {
    const { exitCode, stdout, stderr } = await runProcess('sbatch', ['--parsable', RUN_FILES.script], {
      cwd: run.folder,
      timeoutSeconds: 300,
    });
    const id = /^(\d+)(;|\s|$)/.exec(stdout.trim())?.[1];
    if (exitCode === 0 && id !== undefined) return id;
    const message = stderr.trim().split('\n').at(-1) ?? '';
    if (run.limitFactor > 1 && TOO_LONG.test(stderr)) return noTime(message);
    if (exitCode !== undefined && !LATER.test(stderr)) throw new EngineError(`sbatch refuses the job: ${message}`, stderr.trim());
    if (stop.requested) return { ...NOTHING, how: 'stopped' };
    await sleep(pollSeconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
    // it may have been taken although the answer was lost
    const taken = (await queue.look(stop)).find(({ name }) => name === run.name);
    if (taken) return taken.id;
  }
}

/** How a job ended that is not in the queue any more; undefined for one that came back to it between the two questions (requeued). */
async function endOf(id: string, folder: string, stop: StopToken): Promise<RunEnd | undefined> {
  const { stdout } = await runProcess('scontrol', ['show', 'job', '-o', id], { timeoutSeconds: 60 });
  const state = /\bJobState=(\S+)/.exec(stdout)?.[1];
  if (state !== undefined && state !== 'COMPLETING' && ALIVE.test(state)) return undefined;
  // Slurm forgets a job after some time; what the script wrote down stays
  let end = recordedEnd(folder);
  for (let waited = 0; !end && (state === undefined || state === 'COMPLETED') && waited < FILE_DELAY && !stop.requested; waited++) {
    await sleep(1000);
    end = recordedEnd(folder);
  }
  if (state === 'TIMEOUT' || state === 'DEADLINE') {
    const limit = /\bTimeLimit=(\S+)/.exec(stdout)?.[1] ?? '';
    return {
      exitCode: undefined,
      how: 'limit',
      detail: `job ${id} reached its time limit ${limit}`.trim(),
      wallSeconds: sinceBegin(folder),
    };
  }
  // a script whose program was ended has time to write the exit code of that down
  if (end && (state === undefined || /^(COMPLETED|COMPLETING|FAILED)/.test(state))) return end;
  const detail = state === undefined ? `job ${id} is gone and left no exit code` : `job ${id} ended as ${state}`;
  return { exitCode: undefined, how: 'killed', detail, wallSeconds: sinceBegin(folder) };
}

function sinceBegin(folder: string): number {
  const path = join(folder, RUN_FILES.began);
  return existsSync(path) ? (Date.now() - statSync(path).mtimeMs) / 1000 : Number.NaN;
}

/** The user's jobs, asked for once for all runs that wait at a time. */
class Queue {
  private pending: Promise<QueueEntry[]> | undefined;
  private lastAnswer = Date.now();

  constructor(private readonly pollSeconds: number) {}

  /** @throws EngineError when Slurm has not answered for long */
  look(stop: StopToken): Promise<QueueEntry[]> {
    this.pending ??= this.ask(stop).finally(() => {
      this.pending = undefined;
    });
    return this.pending;
  }

  private async ask(stop: StopToken): Promise<QueueEntry[]> {
    this.lastAnswer = Date.now();
    for (;;) {
      const words = ['-h', '-u', userInfo().username, '-o', '%i|%j|%T|%r'];
      const { exitCode, stdout, stderr } = await runProcess('squeue', words, { timeoutSeconds: 120 });
      if (exitCode === 0)
        return stdout
          .trim()
          .split('\n')
          .filter(Boolean)
          .map((line) => {
            const [id, name, state, reason] = line.split('|') as [string, string, string, string];
            return { id, name, state, reason };
          });
      // a controller that restarts must not look like a job that is gone
      if ((Date.now() - this.lastAnswer) / 1000 > SILENCE || stop.requested)
        throw new EngineError(`squeue does not answer: ${stderr.trim() || 'no message'}`, stderr);
      await sleep(this.pollSeconds * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  }
}
