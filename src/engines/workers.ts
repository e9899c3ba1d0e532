import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { EngineError, EqpotError, InputError, StoppedError, VerificationError } from '../errors.js';
import type { StopToken } from './stop.js';
import type { WorkerError, WorkerReply, WorkerSetup } from './worker-side.js';

export interface WorkerOptions<Message = unknown, Shared = unknown> {
  /** number of threads; default `defaultWorkers()`, never more than there are tasks */
  workers?: number;
  /** handed to every worker once, as `context.shared`; arrays over a SharedArrayBuffer are not copied */
  shared?: Shared;
  /** what a task posts while it runs, in order of arrival */
  onMessage?: (message: Message, taskIndex: number) => void;
  /** called when a task is done, in order of arrival */
  onDone?: (taskIndex: number, tasksDone: number) => void;
  /** ends all threads at once when it fires; the promise is rejected with its reason */
  signal?: AbortSignal;
  /** handed to the tasks as `context.stop`: they may end early by themselves; tasks not begun yet are still begun, to say what they have */
  stop?: StopToken;
  /** how a task is called in messages; default `task 3 of 8` */
  describe?: (taskIndex: number) => string;
}

/**
 * Runs every task in a pool of worker threads. Results come back in the order of the tasks, whatever the number of
 * threads and the order in which they finish. The module at `url` has to call `serve` of worker-side.ts.
 * @param url from `workerUrl`
 * @throws EngineError that names the task when its thread dies or has no memory left; what a task throws: errors of eqpot's own
 * closed set keep their class (and so their exit code), anything else is a defect and comes as an Error that names the task
 */
export function runInWorkers<In, Out, Message = unknown, Shared = unknown>(
  url: URL,
  tasks: readonly In[],
  options: WorkerOptions<Message, Shared> = {},
): Promise<Out[]> {
  const { signal, stop } = options;
  const describe = options.describe ?? ((index: number) => `task ${index + 1} of ${tasks.length}`);
  const count = Math.min(options.workers ?? defaultWorkers(), tasks.length);
  const results = new Array<Out>(tasks.length);
  const threads = new Set<Worker>();
  let next = 0;
  let done = 0;
  let settled = false;

  return new Promise<Out[]>((resolve, reject) => {
    const finish = (act: () => void) => {
      if (settled) return;
      settled = true;
      signal?.removeEventListener('abort', onAbort);
      void Promise.all([...threads].map((thread) => thread.terminate())).then(act);
    };
    const fail = (error: Error) => finish(() => reject(error));
    const onAbort = () => fail(signal?.reason instanceof Error ? signal.reason : new StoppedError('stopped'));
    if (signal?.aborted) return onAbort();
    if (tasks.length === 0) return resolve([]);
    signal?.addEventListener('abort', onAbort, { once: true });

    const start = () => {
      const setup: WorkerSetup = { shared: options.shared, stopFlag: stop?.flag };
      const thread = createThread(url, setup);
      threads.add(thread);
      /** task that the thread is at, -1 for none */
      let current = -1;
      const where = () => (current < 0 ? 'while it started' : `in ${describe(current)}`);
      const give = () => {
        current = next < tasks.length ? next++ : -1;
        if (current < 0) {
          threads.delete(thread);
          void thread.terminate();
          return;
        }
        try {
          thread.postMessage({ index: current, task: tasks[current] });
        } catch (error) {
          const { message } = error as Error;
          if (isMemoryError(error)) fail(died(where(), message, error));
          else fail(new Error(`${describe(current)} cannot be sent to a worker thread: ${message}`, { cause: error }));
        }
      };
      thread.on('message', (reply: WorkerReply) => {
        if (settled) return;
        if (reply.kind === 'message') options.onMessage?.(reply.message as Message, reply.index);
        else if (reply.kind === 'error') fail(revive(reply.error, describe(reply.index)));
        else {
          results[reply.index] = reply.value as Out;
          done++;
          options.onDone?.(reply.index, done);
          if (done === tasks.length) finish(() => resolve(results));
          else give();
        }
      });
      thread.on('error', (error) => {
        if (isMemoryError(error)) fail(died(where(), error.message, error));
        else fail(new Error(`${error.name} in a worker thread ${where()}: ${error.message}`, { cause: error }));
      });
      thread.on('exit', (code) => {
        if (threads.has(thread)) fail(died(where(), `exit code ${code}`));
      });
      give();
    };
    for (let k = 0; k < count; k++) start();
  });
}

/**
 * The worker module `name` next to `base` (the caller's `import.meta.url`): its TypeScript source when the caller runs
 * from the sources, its compiled file otherwise.
 * @param name such as `./search-worker`, without extension
 */
export function workerUrl(base: string, name: string): URL {
  return new URL(`${name}${base.endsWith('.ts') ? '.ts' : '.js'}`, base);
}

/**
 * Threads for this job: the processors that the scheduler gave to the task (Slurm), else those that the system lets this
 * process use. Slurm's number counts only where it is smaller, as a job step may be confined further.
 */
export function defaultWorkers(env: NodeJS.ProcessEnv = process.env, available = availableParallelism()): number {
  const given = env.SLURM_CPUS_PER_TASK ?? (env.SLURM_JOB_ID === undefined ? undefined : env.SLURM_CPUS_ON_NODE);
  const processors = Number(given);
  return Number.isInteger(processors) && processors >= 1 ? Math.min(processors, available) : available;
}

function createThread(url: URL, setup: WorkerSetup): Worker {
  if (!url.pathname.endsWith('.ts')) return new Worker(url, { workerData: setup });
  // a thread does not inherit the loader that lets the main thread read TypeScript, so it is registered first
  const loader = import.meta.resolve('tsx/esm/api');
  const code = `import { register } from ${JSON.stringify(loader)}; register(); await import(${JSON.stringify(url.href)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`), { workerData: setup, execArgv: [] });
}

/** What the runtime says when a thread or a buffer gets no memory. */
function isMemoryError(error: unknown): boolean {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_WORKER_OUT_OF_MEMORY' || /allocation failed|could not allocate|out of memory/i.test(message);
}

/** @param where such as `in task 3 of 8` */
function died(where: string, why: string, cause?: unknown): EngineError {
  return new EngineError(
    `a worker thread died ${where}: ${why}\n  threads die when memory runs out: ask for fewer of them (workers), or give the job more memory`,
    '',
    { cause },
  );
}

/** Errors lose their class between threads; those of the closed set get it back, with their exit code. */
function revive(error: WorkerError, task: string): Error {
  const cause = new Error(error.message);
  cause.name = error.name;
  if (error.stack !== undefined) cause.stack = error.stack;
  switch (error.name) {
    case 'StoppedError':
      return new StoppedError(error.message, { cause });
    case 'InputError':
      return new InputError(error.message, {}, { cause });
    case 'VerificationError':
      return new VerificationError(`${task}: ${error.message}`, { cause });
    case 'EngineError':
      return new EngineError(`${task}: ${error.message}`, '', { cause });
    case 'EqpotError':
      return new EqpotError(`${task}: ${error.message}`, { cause });
  }
  if (isMemoryError(error)) return died(`in ${task}`, error.message, cause);
  return new Error(`${error.name} in a worker thread, in ${task}: ${error.message}`, { cause });
}
