import type { RunChange } from '../../bridges/run-change.js';
import { formatSeconds, type ProgressStream } from '../engines/progress.js';

/** Shows what is new of the runs that are followed. */
export interface WatchView {
  /** `run` as the user named it */
  change(run: string, change: RunChange): void;
  /** all runs have ended */
  close(): void;
}

/** milliseconds between two redraws */
const REDRAW = 100;
/** what could move the cursor or worse: logs hold names that others chose, sockets anything at all */
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;
/** the time before a line of a log */
const STAMP = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /;

/** For programs: every change is a line of JSON, with the name of its run. */
export function jsonView(stream: ProgressStream): WatchView {
  return {
    change: (run, change) => stream.write(`${JSON.stringify({ run, ...change })}\n`),
    close() {},
  };
}

/** For files and pipes: the lines of all logs, each behind the name of its run. */
export function plainView(stream: ProgressStream): WatchView {
  return {
    change(run, change) {
      const text = change.type === 'line' ? change.text : change.type === 'state' ? undefined : describe(change);
      if (text !== undefined) stream.write(`${clean(`${run}: ${text}`)}\n`);
    },
    close() {},
  };
}

/** For terminals: one line per run, kept up to date. */
export function terminalView(stream: ProgressStream & { rows?: number }, runs: readonly string[]): WatchView {
  const texts = new Map(runs.map((run) => [run, '']));
  const ended = new Set<string>();
  const told = new Set<string>();
  const width = Math.max(...runs.map((run) => run.length));
  let drawn = 0;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    clearTimeout(timer);
    timer = undefined;
    const room = Math.max(1, (stream.rows || 24) - 2);
    // those that still run come first where there is no room for all
    const shown = runs.length <= room ? runs : [...runs].sort((a, b) => Number(ended.has(a)) - Number(ended.has(b))).slice(0, room);
    const lines = shown.map((run) => `${run.padEnd(width)}  ${texts.get(run)}`);
    if (shown.length < runs.length) lines.push(`and ${runs.length - shown.length} more`);
    const columns = Math.max(1, (stream.columns || 80) - 1);
    const up = drawn > 0 ? `\u001b[${drawn}A` : '';
    stream.write(up + lines.map((line) => `\r\u001b[2K${clean(line).slice(0, columns)}\n`).join(''));
    drawn = lines.length;
  };
  return {
    change(run, change) {
      if (change.type === 'state') told.add(run);
      if (change.type === 'end') ended.add(run);
      // the lines matter only where there is nothing better
      if (change.type === 'line' && told.has(run)) return;
      texts.set(run, change.type === 'line' ? change.text.replace(STAMP, '') : describe(change));
      timer ??= setTimeout(draw, REDRAW);
    },
    close() {
      if (timer) draw();
    },
  };
}

/** What a person wants to know of a change that is no line, in one line. */
export function describe(change: Exclude<RunChange, { type: 'line' }>): string {
  switch (change.type) {
    case 'state': {
      const share = change.fraction === null ? '' : ` ${Math.floor(100 * change.fraction)} %`;
      return `${change.phase || 'starting'}${share}${change.message ? `, ${change.message}` : ''}`;
    }
    case 'waiting':
      return `waiting for ${change.for}`;
    case 'silent':
      return `no news for ${formatSeconds(change.seconds)}`;
    case 'end':
      return change.reason === null ? change.state : `${change.state}: ${withoutState(change.reason, change.state).split('\n')[0]}`;
  }
}

/** "stopped: SIGTERM" of a run that is stopped */
function withoutState(reason: string, state: string): string {
  return reason.startsWith(`${state}: `) ? reason.slice(state.length + 2) : reason;
}

function clean(text: string): string {
  return text.replace(CONTROL, ' ');
}
