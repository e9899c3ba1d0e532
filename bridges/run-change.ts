import type { RunState } from './run-state.js';

/** How a run ended. `died`: its process is gone without having said so; `lost`: the connection to it broke, it may still run. */
export interface RunEnd {
  type: 'end';
  state: 'done' | 'stopped' | 'failed' | 'died' | 'lost';
  /** null when it is done */
  reason: string | null;
}

/** What is new of a run that is followed, whatever it is followed through. */
export type RunChange =
  | ({ type: 'state' } & RunState)
  /** a line as run.log has it, behind the local time of where it was written */
  | { type: 'line'; text: string }
  /** nothing of the run is there yet */
  | { type: 'waiting'; for: string }
  /** nothing new for this many seconds; it may be at a long step, or on a machine that is down */
  | { type: 'silent'; seconds: number }
  | RunEnd;

export type OnChange = (change: RunChange) => void;
