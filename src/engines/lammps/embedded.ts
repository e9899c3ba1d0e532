import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EngineError } from '../../errors.js';
import { type NodeChild, startNodeChild } from '../process.js';
import type { ChildReply, ChildRequest } from './embedded-child.js';
import {
  DEFAULT_TIMEOUT,
  type LammpsEngine,
  type LammpsInput,
  type LammpsOutput,
  lammpsError,
  logError,
  logProblems,
  logTail,
  stopReason,
} from './engine.js';

/** WebAssembly memory never shrinks; past this a fresh process is started before the next run. Bytes. */
const MEMORY_LIMIT = 1.5e9;
/** A start takes 1 to 2 s; more than this is a hang. Seconds. */
const START_TIMEOUT = 120;

/**
 * LAMMPS inside Node: the official WebAssembly build from npm, in a child process that serves many runs. It needs nothing
 * installed. It is started on first use, and again after a run that failed. Runs are served one after another.
 */
export class EmbeddedLammps implements LammpsEngine {
  readonly kind = 'embedded';
  private child: NodeChild | undefined;
  private ready: Promise<NodeChild> | undefined;
  private last: Promise<unknown> = Promise.resolve();
  private versionText: Promise<string> | undefined;

  async version(): Promise<string> {
    this.versionText ??= this.run({ script: 'info system\n', files: {} }).then(
      ({ log }) => log.match(/LAMMPS \(([^)]+)\)/)?.[1] ?? 'unknown',
    );
    return this.versionText;
  }

  run(input: LammpsInput): Promise<LammpsOutput> {
    const next = this.last.then(() => this.serve(input));
    this.last = next.catch(() => undefined);
    return next;
  }

  async close(): Promise<void> {
    await this.last;
    this.discard();
  }

  private async serve(input: LammpsInput): Promise<LammpsOutput> {
    const started = performance.now();
    const limit = input.timeoutSeconds ?? DEFAULT_TIMEOUT;
    const child = await this.start();
    const variables = Object.entries(input.variables ?? {}).map(([name, value]) => [
      name,
      ...(typeof value === 'string' ? [value] : value),
    ]);
    const request: ChildRequest = { script: input.script, files: input.files, variables };
    const seconds = Math.max(0.001, limit - (performance.now() - started) / 1000);
    const reply = (await this.exchange(child, request, seconds, limit, input.abort)) as ChildReply;
    if (reply.error !== undefined || reply.broken || reply.memory > MEMORY_LIMIT) this.discard();
    if (reply.error !== undefined) throw lammpsError(logError(reply.log) ?? reply.error, reply.log);
    return { log: reply.log, files: reply.files, problems: logProblems(reply.log) };
  }

  private start(): Promise<NodeChild> {
    const handle = this.child?.process;
    if (handle && (handle.exitCode !== null || handle.signalCode !== null)) this.discard();
    this.ready ??= (async () => {
      const child = startNodeChild(['--input-type=module', '--eval', childProgram()]);
      this.child = child;
      const first = await this.exchange(child, undefined, START_TIMEOUT, START_TIMEOUT);
      if (first !== 'ready') throw new EngineError('the embedded LAMMPS did not start as expected', logTail(child.stderr()));
      return child;
    })();
    this.ready.catch(() => this.discard());
    return this.ready;
  }

  /** Sends a request (where given) and waits for one message; whatever else happens ends the child and is named. */
  private exchange(
    child: NodeChild,
    request: ChildRequest | undefined,
    seconds: number,
    limit: number,
    abort?: AbortSignal,
  ): Promise<unknown> {
    const { process: handle } = child;
    return new Promise((resolve, reject) => {
      handle.channel?.ref();
      const finish = (act: () => void, kill: boolean) => {
        clearTimeout(timer);
        handle.off('message', onMessage);
        handle.off('exit', onExit);
        abort?.removeEventListener('abort', onAbort);
        handle.channel?.unref();
        if (kill) this.discard();
        act();
      };
      const fail = (message: string) => finish(() => reject(new EngineError(message, logTail(child.stderr()))), true);
      const onMessage = (message: unknown) => finish(() => resolve(message), false);
      const onExit = (code: number | null, signal: string | null) =>
        fail(`the embedded LAMMPS died (${signal ?? `exit code ${code}`}); a system too large for its 4 GB of memory ends like this`);
      const onAbort = () => finish(() => reject(stopReason(abort)), true);
      const timer = setTimeout(() => fail(`LAMMPS (embedded) did not finish within ${limit} s and was ended`), seconds * 1000);
      handle.once('message', onMessage);
      handle.once('exit', onExit);
      abort?.addEventListener('abort', onAbort, { once: true });
      if (abort?.aborted) onAbort();
      else if (handle.exitCode !== null || !handle.connected) onExit(handle.exitCode, handle.signalCode);
      else if (request) handle.send(request);
    });
  }

  private discard(): void {
    this.child?.kill();
    this.child = undefined;
    this.ready = undefined;
  }
}

/**
 * What the child runs. From the sources, only eqpot's own file goes through the TypeScript loader: it would spend most of a
 * minute on the 43 MB of LAMMPS.
 */
function childProgram(): string {
  const extension = extname(fileURLToPath(import.meta.url));
  const module = JSON.stringify(new URL(`./embedded-child${extension}`, import.meta.url).href);
  const lammps = JSON.stringify(import.meta.resolve('lammps.js/wasm-atomify'));
  const own =
    extension === '.ts'
      ? `import { tsImport } from ${JSON.stringify(import.meta.resolve('tsx/esm/api'))}; const own = await tsImport(${module}, ${module});`
      : `const own = await import(${module});`;
  return `${own} await own.serveRuns(() => import(${lammps}));`;
}
