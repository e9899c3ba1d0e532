import { readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ProgressState } from '../src/engines/progress.js';

/** Which process of which machine. */
export interface ProcessIdentity {
  pid: number;
  host: string;
  /** of Linux, because a process number means nothing outside its container; '' elsewhere */
  pid_namespace: string;
}

/** Where a run is, as another process sees it: the content of `progress.json` and of the WebSocket's `state` messages. */
export interface RunState extends ProgressState, ProcessIdentity {}

const STATES: readonly unknown[] = ['running', 'done', 'stopped', 'failed'];

export function thisProcess(): ProcessIdentity {
  return { pid: process.pid, host: hostname(), pid_namespace: pidNamespace() };
}

/** True when the process certainly does not exist any more; false also when that cannot be known from this machine. */
export function isGone({ pid, host, pid_namespace }: ProcessIdentity): boolean {
  if (host !== hostname() || pid_namespace !== pidNamespace()) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

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

function pidNamespace(): string {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return '';
  }
}
