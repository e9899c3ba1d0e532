import { parentPort, workerData } from 'node:worker_threads';
import { NEVER_STOP, type StopToken, sharedStopToken } from './stop.js';

/** What a thread is started with. */
export interface WorkerSetup {
  shared: unknown;
  stopFlag: Int32Array | undefined;
}

/** An error as it crosses the threads. */
export interface WorkerError {
  name: string;
  message: string;
  stack: string | undefined;
}

export type WorkerReply =
  | { kind: 'result'; index: number; value: unknown }
  | { kind: 'message'; index: number; message: unknown }
  | { kind: 'error'; index: number; error: WorkerError };

/** What a task knows besides its own data. */
export interface TaskContext<Shared = unknown, Message = unknown> {
  /** position among all tasks */
  index: number;
  /** what `runInWorkers` was given as `shared` */
  shared: Shared;
  /** asks a long task to end early with what it has */
  stop: StopToken;
  /** sends something to `onMessage` while the task runs */
  post(message: Message): void;
}

/** Makes this module a worker of `runInWorkers`: `work` is called for one task after another. */
export function serve<In, Out, Shared = unknown, Message = unknown>(
  work: (task: In, context: TaskContext<Shared, Message>) => Out | Promise<Out>,
): void {
  const port = parentPort;
  if (!port) throw new Error('a worker module runs only in a worker thread');
  const setup = workerData as WorkerSetup;
  const stop = setup.stopFlag ? sharedStopToken(setup.stopFlag) : NEVER_STOP;
  const send = (reply: WorkerReply) => port.postMessage(reply);
  port.on('message', async ({ index, task }: { index: number; task: In }) => {
    try {
      const post = (message: Message) => send({ kind: 'message', index, message });
      send({ kind: 'result', index, value: await work(task, { index, shared: setup.shared as Shared, stop, post }) });
    } catch (error) {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      send({ kind: 'error', index, error: { name, message, stack } });
    }
  });
}
