import type { ProcessIdentity } from '../src/engines/identity.js';
import type { ProgressState } from '../src/engines/progress.js';

/** Where a run is, as another process sees it: the content of `progress.json` and of the WebSocket's `state` messages. */
export interface RunState extends ProgressState, ProcessIdentity {}

const STATES: readonly unknown[] = ['running', 'done', 'stopped', 'failed'];

/** The state in a parsed JSON value; undefined when it is none. Further entries are left out. */
export function readRunState(value: unknown): RunState | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { state, reason, phase, fraction, message, updated, pid, host, pid_namespace } = value as Record<string, unknown>;
  if (!STATES.includes(state) || !Number.isSafeInteger(pid) || (pid as number) <= 0) return undefined;
  if (![phase, message, updated, host, pid_namespace].every((text) => typeof text === 'string')) return undefined;
  if (!(reason === null || typeof reason === 'string') || !(fraction === null || Number.isFinite(fraction))) return undefined;
  return { state, reason, phase, fraction, message, updated, pid, host, pid_namespace } as RunState;
}

/** The same for text; undefined also for text that is no JSON. */
export function parseRunState(text: string): RunState | undefined {
  try {
    return readRunState(JSON.parse(text));
  } catch {
    return undefined;
  }
}
