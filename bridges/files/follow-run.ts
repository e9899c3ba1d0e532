import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isGone } from '../../src/engines/identity.js';
import type { RunChange, RunEnd } from '../run-change.js';
import { parseRunState, type RunState } from '../run-state.js';
import { STATE_FILE } from './state-file.js';
import { Tail } from './tail.js';

/** Name of the log in the run directory. */
export const LOG_FILE = 'run.log';
/** How many lines are given of a log that is there at the first look. */
const HISTORY_LINES = 10;
/** Seconds without news after which that is said: with progress.json, which has news every 10 s, and for a log alone. */
const SILENCE = 120;
const SILENCE_OF_LOG = 600;
/** the time that stands before every line of a log */
const STAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /;

/** Follows one run through the files in its directory, which may appear later. */
export class FollowedRun {
  /** set once the run has ended */
  end: RunEnd | undefined;
  private readonly log: Tail;
  private stateText = '';
  private state: RunState | undefined;
  private seen = '';
  private logEnd: RunEnd | undefined;
  private looked = false;
  private begun = false;
  private waiting = false;
  private newsAt: number;
  private silentFrom = 0;
  private silent = false;

  /** @param now milliseconds of a clock that only goes forward; replaced in tests */
  constructor(
    readonly directory: string,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.log = new Tail(join(directory, LOG_FILE));
    this.newsAt = now();
  }

  /**
   * What is new since the last look; nothing once the run has ended.
   * @throws the error of the system when the files are there and cannot be read
   */
  look(): RunChange[] {
    if (this.end) return [];
    // before the log: the lines before an end stand in the log when the end stands in the state
    this.readState();
    if (this.state?.state === 'running' && isGone(this.state)) {
      // it may have ended between the two
      this.readState();
      if (this.state.state === 'running' && isGone(this.state)) this.end = died(this.state);
    }
    if (this.state && this.state.state !== 'running') this.end = { type: 'end', state: this.state.state, reason: this.state.reason };
    const changes: RunChange[] = this.lines();
    if (!this.state) this.end = this.logEnd;
    const seen = JSON.stringify({ ...this.state, updated: '' });
    if (this.state && seen !== this.seen) changes.push({ type: 'state', ...this.state });
    this.seen = seen;
    if (this.end) changes.push(this.end);
    else if (this.begun || this.state) changes.push(...this.silence());
    else if (!this.waiting) {
      this.waiting = true;
      changes.push({ type: 'waiting', for: join(this.directory, LOG_FILE) });
    }
    return changes;
  }

  private readState(): void {
    let text: string;
    try {
      text = readFileSync(join(this.directory, STATE_FILE), 'utf8');
    } catch (error) {
      if (['ENOENT', 'ENOTDIR', 'ESTALE'].includes((error as NodeJS.ErrnoException).code ?? '')) return;
      throw error;
    }
    if (text === this.stateText) return;
    this.stateText = text;
    this.news();
    this.state = parseRunState(text) ?? this.state;
  }

  private lines(): RunChange[] {
    const lines = this.log.read();
    if (lines.length > 0) this.news();
    for (const line of lines) this.mark(line.replace(STAMP, ''));
    this.begun ||= this.log.present;
    const history = !this.looked;
    this.looked = true;
    return (history ? lines.slice(-HISTORY_LINES) : lines).map((text) => ({ type: 'line', text }));
  }

  /** Of a run without progress.json the log has to say whether it has ended; a resumed run goes on in the same log. */
  private mark(text: string): void {
    if (/^eqpot \S+: /.test(text)) this.logEnd = undefined;
    else if (text === 'done') this.logEnd = { type: 'end', state: 'done', reason: null };
    else if (text.startsWith('ended: ')) {
      const reason = text.slice('ended: '.length);
      this.logEnd = { type: 'end', state: reason.startsWith('stopped') ? 'stopped' : 'failed', reason };
    }
  }

  private news(): void {
    // whoever was told of a silence is told that it is over
    if (this.silent) this.seen = '';
    this.silent = false;
    this.newsAt = this.now();
    this.silentFrom = 0;
  }

  /** said at first after the time of silence, then whenever that has doubled */
  private silence(): RunChange[] {
    const seconds = (this.now() - this.newsAt) / 1000;
    this.silentFrom ||= this.state ? SILENCE : SILENCE_OF_LOG;
    if (seconds < this.silentFrom) return [];
    this.silentFrom = 2 * seconds;
    this.silent = true;
    return [{ type: 'silent', seconds: Math.round(seconds) }];
  }
}

function died({ pid, host }: RunState): RunEnd {
  return { type: 'end', state: 'died', reason: `process ${pid} on ${host} is gone and has not said why` };
}
