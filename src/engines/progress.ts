import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** How long work says where it is. */
export interface Progress {
  /** a new part of the work begins */
  phase(name: string, detail?: string): void;
  /** `fraction` of the phase that is done, 0 to 1 (NaN where unknown); cheap enough to be called in every step */
  update(fraction: number, message?: string): void;
  /** a line that stays */
  line(text: string): void;
  /** the work is over */
  done(): void;
}

/** Progress of a run that says how it ended. */
export interface RunProgress extends Progress {
  /** the last call: marks the end in the log and for every listener; `reason` where the run is not done */
  end(outcome: Exclude<ProgressState['state'], 'running'>, reason?: string): void;
}

/** Where the work is, for programs. */
export interface ProgressState {
  state: 'running' | 'done' | 'stopped' | 'failed';
  /** why it stopped or failed, null otherwise */
  reason: string | null;
  /** name of the part of the work, '' before the first */
  phase: string;
  /** of the phase, 0 to 1; null where unknown */
  fraction: number | null;
  message: string;
  /** UTC, ISO 8601 */
  updated: string;
}

/** Carries progress to another process. It must neither throw nor take long. */
export interface ProgressListener {
  /** `urgent` when a phase begins and at the end; a listener may leave out others that come too fast */
  state(state: ProgressState, urgent: boolean): void;
  /** a line of the log; `time` in UTC, ISO 8601 */
  line(text: string, time: string): void;
}

export interface ProgressOptions {
  /** where a person looks; default standard error */
  stream?: ProgressStream;
  /** show nothing (the log file is still written) */
  quiet?: boolean;
  /** log file that every line is appended to, `run.log` of the run directory */
  logFile?: string;
  /** get everything that the log gets, and every update */
  listeners?: readonly ProgressListener[];
  /** milliseconds; replaced in tests */
  now?: () => number;
  env?: NodeJS.ProcessEnv;
}

/** The part of a terminal or file stream that is used. */
export interface ProgressStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** milliseconds between two redraws of the line on a terminal */
const REDRAW = 100;
/** milliseconds to the first progress line where there is no terminal, and the longest distance of two */
const FIRST_LINE = 10_000;
const LONGEST_SILENCE = 300_000;
/** carriage return, clear the line */
const CLEAR = '\r\u001b[2K';

/**
 * Progress for a person and for a log: one line that is kept up to date on a terminal, plain lines with the time where
 * the output goes to a file (every 10 s at first, then less often the longer the phase lasts), the latter also in the
 * log file. No colour without a terminal or with NO_COLOR.
 */
export function createProgress(options: ProgressOptions = {}): RunProgress {
  return new ProgressWriter(options);
}

/** Progress that says nothing, for library use. */
export const SILENT: Progress = { phase() {}, update() {}, line() {}, done() {} };

class ProgressWriter implements RunProgress {
  private readonly stream: ProgressStream | undefined;
  private readonly terminal: boolean;
  private readonly bold: (text: string) => string;
  private readonly now: () => number;
  private name = '';
  private phaseStart = 0;
  private lastDraw = Number.NEGATIVE_INFINITY;
  private nextLine = 0;
  private drawn = false;
  private logFile: string | undefined;
  private readonly listeners: readonly ProgressListener[];
  private state: Omit<ProgressState, 'updated'> = { state: 'running', reason: null, phase: '', fraction: null, message: '' };

  constructor(options: ProgressOptions) {
    this.stream = options.quiet ? undefined : (options.stream ?? process.stderr);
    const env = options.env ?? process.env;
    this.terminal = this.stream?.isTTY === true && env.TERM !== 'dumb';
    const colour = this.terminal && !env.NO_COLOR;
    this.bold = (text) => (colour ? `\u001b[1m${text}\u001b[22m` : text);
    this.now = options.now ?? Date.now;
    this.logFile = options.logFile;
    if (this.logFile !== undefined) mkdirSync(dirname(this.logFile), { recursive: true });
    this.listeners = options.listeners ?? [];
    this.tell({}, true);
  }

  phase(name: string, detail = ''): void {
    this.name = name;
    this.phaseStart = this.now();
    this.nextLine = this.phaseStart + FIRST_LINE;
    this.lastDraw = Number.NEGATIVE_INFINITY;
    this.tell({ phase: name, fraction: null, message: detail }, true);
    this.show(`${name}${detail ? `: ${detail}` : ''}`, `${this.bold(name)}${detail ? `: ${detail}` : ''}`);
  }

  update(fraction: number, message = ''): void {
    const now = this.now();
    if (this.listeners.length > 0) this.tell({ fraction: Number.isFinite(fraction) ? share(fraction) : null, message }, false);
    if (this.terminal && now - this.lastDraw >= REDRAW) {
      this.lastDraw = now;
      const width = (this.stream?.columns || 80) - 1;
      this.stream?.write(CLEAR + this.describe(fraction, message, now).slice(0, width));
      this.drawn = true;
    }
    if (now < this.nextLine) return;
    this.nextLine = now + Math.min(LONGEST_SILENCE, Math.max(FIRST_LINE, (now - this.phaseStart) / 4));
    const text = this.describe(fraction, message, now);
    if (this.terminal) this.log(text);
    else this.show(text);
  }

  line(text: string): void {
    this.show(text);
  }

  done(): void {
    this.clear();
    this.name = '';
  }

  end(outcome: 'done' | 'stopped' | 'failed', reason?: string): void {
    this.done();
    if (outcome === 'done') this.show('done');
    // the terminal gets the message from the command line's own error handling
    else this.log(`ended: ${reason ?? outcome}`);
    this.tell({ state: outcome, reason: outcome === 'done' ? null : (reason ?? outcome) }, true);
  }

  private tell(change: Partial<ProgressState>, urgent: boolean): void {
    Object.assign(this.state, change);
    const updated = new Date(this.now()).toISOString();
    for (const listener of this.listeners) listener.state({ ...this.state, updated }, urgent);
  }

  private describe(fraction: number, message: string, now: number): string {
    const known = Number.isFinite(fraction);
    const part = share(fraction);
    const elapsed = (now - this.phaseStart) / 1000;
    const parts = [known ? `${this.name} ${Math.floor(100 * part)} %` : this.name];
    if (message) parts.push(message);
    if (known && part > 0.02 && part < 1 && elapsed > 3) parts.push(`about ${formatSeconds((elapsed * (1 - part)) / part)} left`);
    else parts.push(formatSeconds(elapsed));
    return parts.join(', ');
  }

  private show(text: string, styled = text): void {
    this.clear();
    this.log(text);
    this.stream?.write(`${this.terminal ? styled : stamp(this.now(), text)}\n`);
  }

  private clear(): void {
    if (this.drawn) this.stream?.write(CLEAR);
    this.drawn = false;
  }

  private log(text: string): void {
    for (const listener of this.listeners) listener.line(text, new Date(this.now()).toISOString());
    if (this.logFile === undefined) return;
    try {
      appendFileSync(this.logFile, `${stamp(this.now(), text)}\n`);
    } catch (error) {
      // a full disk must not end the run because of its log; saving the result will report it
      const file = this.logFile;
      this.logFile = undefined;
      this.stream?.write(`${file} can no longer be written: ${(error as Error).message}\n`);
    }
  }
}

function share(fraction: number): number {
  return Math.min(1, Math.max(0, fraction));
}

/** each line of `text` behind the local time */
export function stamp(milliseconds: number, text: string): string {
  const local = new Date(milliseconds - new Date(milliseconds).getTimezoneOffset() * 60_000).toISOString();
  const time = local.slice(0, 19).replace('T', ' ');
  return text
    .split('\n')
    .map((line) => `${time} ${line}`)
    .join('\n');
}

/** For people: `8 s`, `12 min`, `3 h 20 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
