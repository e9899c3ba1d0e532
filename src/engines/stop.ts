import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StoppedError } from '../errors.js';

/** What long work asks between two steps: whether it should save its state and end, and why. */
export interface StopToken {
  readonly requested: boolean;
  /** why, once requested */
  readonly reason: string | undefined;
  /** fires once on the request; to be handed to processes and worker pools that should end early */
  readonly signal: AbortSignal;
  /** one shared 32-bit integer, 1 once requested: what `sharedStopToken` reads in a worker thread */
  readonly flag: Int32Array;
  /** @throws StoppedError when a stop was requested */
  throwIfRequested(): void;
}

export interface StopOptions {
  /** wall-clock seconds from now after which the run should stop; default: no limit */
  maxTimeSeconds?: number;
  /** run directory; a file called EXIT in it stops the run and is removed */
  directory?: string;
  /** gets the line that says why; default: standard error */
  announce?: (line: string) => void;
  /** watch SIGINT, SIGTERM, SIGHUP, SIGUSR1 and SIGUSR2; default true */
  signals?: boolean;
}

const MEANINGS = {
  SIGINT: 'Ctrl-C',
  SIGTERM: 'asked to end, as by scancel or a time limit',
  SIGHUP: 'the terminal was closed',
  SIGUSR1: 'as sent by sbatch --signal',
  SIGUSR2: 'as sent by sbatch --signal',
} as const;
type StopSignal = keyof typeof MEANINGS;

/** Name of the file that stops a run. */
const EXIT_FILE = 'EXIT';
/** Seconds between two looks at the clock and the EXIT file. */
const POLL = 0.5;
/** A terminal and npm may both deliver one Ctrl-C; what comes within this time is the same one. Seconds. */
const SAME_KEYPRESS = 0.5;
/** Conventional exit code of a program ended by SIGINT. */
const EXIT_CODE_INTERRUPTED = 130;

/**
 * The one place that decides when a run stops: signals, a time limit and an EXIT file all end in the same request, whose
 * reason is always announced. The first request lets the run save its state; a later SIGINT ends the process at once.
 * Signals are seen only when the event loop turns, so work on the main thread has to `await breathe()` now and then.
 */
export class StopController implements StopToken {
  readonly flag = new Int32Array(new SharedArrayBuffer(4));
  private readonly abort = new AbortController();
  private readonly started = performance.now();
  private readonly timer: NodeJS.Timeout;
  private lastPoll = 0;
  private requestedAt = 0;
  private why: string | undefined;

  constructor(private readonly options: StopOptions = {}) {
    if (options.signals ?? true) for (const name of Object.keys(MEANINGS)) process.on(name, this.onSignal);
    this.timer = setInterval(() => this.poll(), POLL * 1000);
    this.timer.unref();
    this.poll();
  }

  get requested(): boolean {
    // a loop that never lets the event loop turn still sees the clock and the EXIT file
    if (this.why === undefined && performance.now() - this.lastPoll > POLL * 1000) this.poll();
    return this.why !== undefined;
  }

  get reason(): string | undefined {
    return this.why;
  }

  get signal(): AbortSignal {
    return this.abort.signal;
  }

  throwIfRequested(): void {
    if (this.requested) throw new StoppedError(`stopped: ${this.why}`);
  }

  /** Asks for a stop; only the first reason counts. */
  request(reason: string): void {
    if (this.why !== undefined) return;
    this.why = reason;
    this.requestedAt = performance.now();
    Atomics.store(this.flag, 0, 1);
    this.announce(`stopping: ${reason}; the state is being saved (Ctrl-C ends at once, without saving)`);
    this.abort.abort(new StoppedError(`stopped: ${reason}`));
  }

  /** Gives the signals back. Call it when the work is over. */
  dispose(): void {
    clearInterval(this.timer);
    for (const name of Object.keys(MEANINGS)) process.off(name, this.onSignal);
  }

  private readonly onSignal = (name: NodeJS.Signals) => {
    const again = this.why !== undefined && performance.now() - this.requestedAt > SAME_KEYPRESS * 1000;
    if (name === 'SIGINT' && again) {
      this.announce('ended at once by a second interrupt; what was saved last is still there');
      process.exit(EXIT_CODE_INTERRUPTED);
    }
    this.request(`${name} (${MEANINGS[name as StopSignal]})`);
  };

  private poll(): void {
    this.lastPoll = performance.now();
    if (this.why !== undefined) return;
    const { maxTimeSeconds, directory } = this.options;
    if (maxTimeSeconds !== undefined && (performance.now() - this.started) / 1000 >= maxTimeSeconds)
      this.request(`the time limit of ${maxTimeSeconds} s is reached`);
    if (directory === undefined) return;
    const file = join(directory, EXIT_FILE);
    if (!existsSync(file)) return;
    // gone, so that it does not stop the resumed run as well
    rmSync(file, { force: true });
    this.request(`there was a file called ${EXIT_FILE} in ${directory}`);
  }

  private announce(line: string): void {
    if (this.options.announce) this.options.announce(line);
    else process.stderr.write(`${line}\n`);
  }
}

/** The token of a request made in another thread: `flag` is the shared integer of the original token. */
export function sharedStopToken(flag: Int32Array): StopToken {
  const abort = new AbortController();
  return {
    flag,
    signal: abort.signal,
    get requested() {
      const requested = Atomics.load(flag, 0) !== 0;
      if (requested && !abort.signal.aborted) abort.abort(new StoppedError('stopped'));
      return requested;
    },
    get reason() {
      return this.requested ? 'the run was asked to stop' : undefined;
    },
    throwIfRequested() {
      if (this.requested) throw new StoppedError('stopped: the run was asked to stop');
    },
  };
}

/** A token that never asks for a stop, for library use. */
export const NEVER_STOP: StopToken = sharedStopToken(new Int32Array(new SharedArrayBuffer(4)));

/** Lets the event loop turn once, so that signals and timers are seen. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/**
 * Seconds until the end of the Slurm job less a margin for saving, or undefined outside a job or where Slurm does not tell
 * (it sets SLURM_JOB_END_TIME from 22.05 on).
 */
export function slurmTimeLeft(env: NodeJS.ProcessEnv = process.env, now = Date.now() / 1000, margin = 60): number | undefined {
  const end = Number(env.SLURM_JOB_END_TIME);
  if (!Number.isFinite(end) || end <= 0) return undefined;
  return Math.max(1, Math.floor(end - now - margin));
}
