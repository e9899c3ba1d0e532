import { writeFileAtomic } from '../../src/engines/files.js';
import { type ProcessIdentity, thisProcess } from '../../src/engines/identity.js';
import type { ProgressListener, ProgressState } from '../../src/engines/progress.js';

/** Name of the file in the run directory. */
export const STATE_FILE = 'progress.json';

/** Seconds between two writes: the least, and the most, which a run of ten minutes has come to. */
const OFTEN = 2;
const SELDOM = 10;

/**
 * Keeps `progress.json` up to date: at once when a phase begins or the run ends, else every 2 s at first and every 10 s in a long run, also
 * when nothing is new, so that `updated` tells a live run from one whose machine is down. A reader never sees half a file.
 */
export class StateFile implements ProgressListener {
  private readonly identity: ProcessIdentity = thisProcess();
  private readonly started: number;
  private readonly timer: NodeJS.Timeout;
  private last: ProgressState | undefined;
  private written = Number.NEGATIVE_INFINITY;

  /** @param now milliseconds; replaced in tests */
  constructor(
    private readonly path: string,
    private readonly now: () => number = Date.now,
  ) {
    this.started = now();
    this.timer = setInterval(() => this.beat(), OFTEN * 1000);
    this.timer.unref();
    process.once('exit', this.onExit);
  }

  state(state: ProgressState, urgent: boolean): void {
    this.last = state;
    if (state.state !== 'running') this.dispose();
    if (urgent || this.isTime()) this.write(state);
  }

  line(): void {}

  /** Writes no more, unless it is told of a new state. */
  dispose(): void {
    clearInterval(this.timer);
    process.off('exit', this.onExit);
  }

  /** Writes when it is time, although nothing may be new; a timer calls it. */
  beat(): void {
    if (this.last?.state === 'running' && this.isTime()) this.write({ ...this.last, updated: new Date(this.now()).toISOString() });
  }

  private isTime(): boolean {
    const seconds = (this.now() - this.started) / 1000;
    return this.now() - this.written >= 1000 * Math.min(SELDOM, Math.max(OFTEN, seconds / 60));
  }

  private write(state: ProgressState): void {
    this.written = this.now();
    try {
      writeFileAtomic(this.path, `${JSON.stringify({ ...state, ...this.identity })}\n`);
    } catch {
      // a full disk must not end the run because of this; run.log beside it says so, and the next write may work again
    }
  }

  /** the process ends in the middle of the run, as after a second Ctrl-C */
  private readonly onExit = (code: number) => {
    if (!this.last) return;
    const updated = new Date(this.now()).toISOString();
    this.write({ ...this.last, state: 'failed', reason: `the process ended with exit code ${code} before the run did`, updated });
  };
}
