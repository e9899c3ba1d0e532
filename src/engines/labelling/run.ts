import { existsSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeFileAtomic } from '../files.js';
import { endForeignGroup, runProcess } from '../process.js';
import type { StopToken } from '../stop.js';

/** How a run ended. */
export interface RunEnd {
  /** of the program; undefined when the run was ended before it could be written down */
  exitCode: number | undefined;
  /**
   * finished: the program ended by itself; limit: its time was up; killed: something else ended it; interrupted: it went away with an
   * earlier session of eqpot or its machine; stopped: this session was asked to stop and ended it; left: it was asked to stop, and the run
   * goes on
   */
  how: 'finished' | 'limit' | 'killed' | 'interrupted' | 'stopped' | 'left';
  /** for a person, where `how` does not say all; the job's number of a run that is left */
  detail?: string;
  /** s; NaN where unknown */
  wallSeconds: number;
}

/** A run of a program in a folder that holds its input and is used once. */
export interface ProgramRun {
  folder: string;
  /** short, without blanks */
  name: string;
  /** shell command */
  command: string;
  environment: Readonly<Record<string, string>>;
  /** factor on the time limits, for a run that reached them before */
  limitFactor: number;
}

/** A way of running programs. */
export interface Runner {
  /** Starts a run, unless it was started by an earlier session, and waits for its end. Does not throw on a stop, but says so. */
  run(run: ProgramRun, stop: StopToken): Promise<RunEnd>;
}

/** Names of the files that the script of a run leaves in its folder. */
export const RUN_FILES = { script: 'run.sh', log: 'run.log', began: 'run.began', end: 'run.end' } as const;

/** What the script of every run is made of; Slurm's has options before. */
export function runScript({ command, environment }: ProgramRun, prologue = ''): string {
  const { log, began, end } = RUN_FILES;
  return [
    ...Object.entries(environment).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`),
    `echo $$ > ${began}`,
    ...(prologue.trim() === '' ? [] : [prologue.trimEnd()]),
    `( ${command}\n) > ${log} 2>&1 < /dev/null`,
    'code=$?',
    `echo $code > ${end}.part && mv ${end}.part ${end}`,
    'exit $code',
    '',
  ].join('\n');
}

/** How the script of a run ended by itself; undefined when it did not. */
export function recordedEnd(folder: string): RunEnd | undefined {
  const path = join(folder, RUN_FILES.end);
  if (!existsSync(path)) return undefined;
  const wallSeconds = (statSync(path).mtimeMs - statSync(join(folder, RUN_FILES.began)).mtimeMs) / 1000;
  return { exitCode: Number(readFileSync(path, 'utf8')), how: 'finished', wallSeconds };
}

/** Seconds between two looks at a run that an earlier session started. */
const LOOK = 0.5;

export interface DirectOptions {
  /** wall-clock limit of a run, s; default: none */
  limitSeconds?: number;
  /** lines of the shell before the program */
  prologue?: string;
}

/**
 * Runs programs on this machine, as children of this process. One that an earlier session left behind (`kill -9`) is found by its folder,
 * and waited for.
 */
export function directRunner({ limitSeconds = Number.POSITIVE_INFINITY, prologue = '' }: DirectOptions = {}): Runner {
  return {
    async run(run, stop) {
      const { folder } = run;
      const limit = limitSeconds * run.limitFactor;
      if (existsSync(join(folder, RUN_FILES.began))) return (await orphan(folder, limit, stop)) ?? { ...NOTHING, how: 'interrupted' };
      writeFileAtomic(join(folder, RUN_FILES.script), `#!/bin/sh\n${runScript(run, prologue)}`);
      const result = await runProcess('sh', [RUN_FILES.script], {
        cwd: folder,
        abort: stop.signal,
        ...(Number.isFinite(limit) ? { timeoutSeconds: limit } : {}),
      });
      const wallSeconds = result.seconds;
      if (result.aborted) return { ...NOTHING, how: 'stopped' };
      if (result.timedOut) return { exitCode: undefined, how: 'limit', detail: `its time of ${limit} s was up`, wallSeconds };
      const end = recordedEnd(folder);
      return (
        end ?? { exitCode: undefined, how: 'killed', detail: result.stderr.trim().split('\n').at(-1) || result.signal || '', wallSeconds }
      );
    },
  };
}

const NOTHING = { exitCode: undefined, wallSeconds: Number.NaN };

/** Waits for a run of an earlier session; undefined when it is not there any more and did not end by itself. */
async function orphan(folder: string, limit: number, stop: StopToken): Promise<RunEnd | undefined> {
  const pid = Number(readFileSync(join(folder, RUN_FILES.began), 'utf8'));
  for (;;) {
    // in this order: a run that ends between the two looks is seen by the second
    const alive = isWorkingIn(pid, folder);
    const end = recordedEnd(folder);
    if (end || !alive) return end;
    const wallSeconds = (Date.now() - statSync(join(folder, RUN_FILES.began)).mtimeMs) / 1000;
    const late = wallSeconds > limit;
    if (late || stop.requested) {
      await endForeignGroup(pid);
      return late
        ? { exitCode: undefined, how: 'limit', detail: `its time of ${limit} s was up`, wallSeconds }
        : { ...NOTHING, how: 'stopped' };
    }
    await sleep(LOOK * 1000, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}

/** Whether a process is at work in a folder; false where that cannot be known, as each run has a folder of its own. */
function isWorkingIn(pid: number, folder: string): boolean {
  try {
    return pid > 0 && readlinkSync(`/proc/${pid}/cwd`) === realpathSync(folder);
  } catch {
    return false;
  }
}
