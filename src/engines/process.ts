import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { EngineError } from '../errors.js';

/** How a finished program ended. */
export interface ProcessResult {
  /** undefined when a signal ended it */
  exitCode: number | undefined;
  signal: string | undefined;
  /** true when it was killed because its time was up */
  timedOut: boolean;
  /** true when it was killed because `abort` fired */
  aborted: boolean;
  /** last part of what it wrote to standard output */
  stdout: string;
  /** last part of what it wrote to standard error */
  stderr: string;
  /** wall-clock seconds */
  seconds: number;
}

export interface ProcessOptions {
  /** working folder; default the current one */
  cwd?: string;
  /** added to the environment; undefined removes a variable */
  env?: Record<string, string | undefined>;
  /** default: no limit */
  timeoutSeconds?: number;
  /** written to standard input; default: standard input is empty */
  input?: string;
  /** how much of each output is kept; default 200000 characters */
  keep?: number;
  /** kills the program when it fires */
  abort?: AbortSignal;
}

/** seconds between asking a group to end and killing it */
const GRACE = 2;
/** groups (negative process numbers) that are alive */
const groups = new Set<number>();

/**
 * Runs a program in a process group of its own and waits for it. When its time is up the whole group goes, grandchildren
 * included (a plain kill would leave what `mpirun` or a shell script started). It does not throw for a bad exit code.
 * @throws EngineError when the program cannot be started
 */
export async function runProcess(command: string, args: readonly string[], options: ProcessOptions = {}): Promise<ProcessResult> {
  const started = performance.now();
  const child = execa(command, args, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: environment(options.env),
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    stdin: options.input === undefined ? 'ignore' : 'pipe',
    ...(options.input === undefined ? {} : { input: options.input }),
  });
  const stdout = new Tail(options.keep);
  const stderr = new Tail(options.keep);
  child.stdout.on('data', (chunk: Buffer) => stdout.add(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.add(chunk));
  const { pid } = child;
  if (pid !== undefined) {
    register(pid);
    // what the program leaves behind in its group goes with it (and would hold its output open)
    child.once('exit', () => signalGroup(pid, 'SIGKILL'));
  }
  let timedOut = false;
  let aborted = false;
  const timer =
    options.timeoutSeconds === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          void killGroup(pid);
        }, options.timeoutSeconds * 1000);
  const stop = () => {
    aborted = true;
    void killGroup(pid);
  };
  options.abort?.addEventListener('abort', stop, { once: true });
  if (options.abort?.aborted) stop();
  try {
    const result = await child;
    if (pid === undefined)
      throw new EngineError(`cannot start '${command}': ${(result.cause as Error | undefined)?.message ?? 'unknown reason'}`);
    return {
      exitCode: result.exitCode,
      signal: result.signal,
      timedOut,
      aborted,
      stdout: stdout.text,
      stderr: stderr.text,
      seconds: (performance.now() - started) / 1000,
    };
  } finally {
    clearTimeout(timer);
    options.abort?.removeEventListener('abort', stop);
    if (pid !== undefined) unregister(pid);
  }
}

/** A long-lived Node process that speaks over a message channel. */
export interface NodeChild {
  readonly process: ChildProcess;
  /** what it last wrote to standard error */
  stderr(): string;
  /** ends it and whatever it started, at once */
  kill(): void;
}

/**
 * Starts Node with these arguments in a process group of its own with a message channel (structured clone, so byte arrays
 * pass as they are). The child should end when the channel closes. It does not keep this process alive unless `ref` is
 * called on its channel.
 */
export function startNodeChild(nodeArguments: readonly string[], options: { env?: Record<string, string | undefined> } = {}): NodeChild {
  const child = execa(process.execPath, nodeArguments, {
    env: environment(options.env),
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    serialization: 'advanced',
  });
  const tail = new Tail(20_000);
  const { pid } = child;
  const raw = child as unknown as ChildProcess;
  raw.stderr?.on('data', (chunk: Buffer) => tail.add(chunk));
  if (pid !== undefined) register(pid);
  raw.once('exit', () => pid !== undefined && unregister(pid));
  raw.unref();
  (raw.stderr as unknown as { unref?: () => void } | null)?.unref?.();
  raw.channel?.unref();
  return { process: raw, stderr: () => tail.text, kill: () => pid !== undefined && signalGroup(pid, 'SIGKILL') };
}

/** Ends every program started here. It is called on its own when this process ends. */
export function killAllProcesses(): void {
  for (const pid of groups) signalGroup(pid, 'SIGKILL');
  groups.clear();
}

/** Ends a process group that another session of eqpot started: asked first, killed when it goes on. */
export async function endForeignGroup(pid: number): Promise<void> {
  if (!signalGroup(pid, 'SIGTERM')) return;
  await sleep(GRACE * 1000);
  signalGroup(pid, 'SIGKILL');
}

async function killGroup(pid: number | undefined): Promise<void> {
  if (pid === undefined || !signalGroup(pid, 'SIGTERM')) return;
  setTimeout(() => groups.has(pid) && signalGroup(pid, 'SIGKILL'), GRACE * 1000).unref();
}

function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch {
    return false;
  }
}

const SIGNALS: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/**
 * A group of its own does not get the terminal's Ctrl-C, so while programs run, they are ended here. Where somebody else
 * listens to the signal (to save and stop), that listener decides, with `abort` or `killAllProcesses`.
 */
function onSignal(signal: NodeJS.Signals): void {
  if (process.listenerCount(signal) > 1) return;
  killAllProcesses();
  process.off(signal, onSignal);
  process.kill(process.pid, signal);
}

function register(pid: number): void {
  if (groups.size === 0) {
    process.on('exit', killAllProcesses);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  groups.add(pid);
}

function unregister(pid: number): void {
  groups.delete(pid);
  if (groups.size > 0) return;
  process.off('exit', killAllProcesses);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function environment(changes: Record<string, string | undefined> = {}): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env };
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete env[name];
    else env[name] = value;
  }
  return env;
}

/** Keeps the end of a stream. */
class Tail {
  private parts: string[] = [];
  private length = 0;
  constructor(private readonly keep = 200_000) {}

  add(chunk: Buffer): void {
    this.parts.push(chunk.toString('utf8'));
    this.length += chunk.length;
    if (this.length > 2 * this.keep) this.trim();
  }

  private trim(): void {
    const text = this.parts.join('').slice(-this.keep);
    this.parts = [text];
    this.length = text.length;
  }

  get text(): string {
    this.trim();
    return this.parts[0] ?? '';
  }
}
