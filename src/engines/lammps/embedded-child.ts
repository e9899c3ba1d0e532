/**
 * The process that holds the embedded LAMMPS (the npm package lammps.js, the official WebAssembly build). It is started by
 * embedded.ts, serves runs one after another over its message channel, and ends when the channel closes. It is a process of
 * its own so that a run that hangs or crashes can be ended, and so that no LAMMPS code is loaded into eqpot itself.
 */
import { Worker } from 'node:worker_threads';
import { decode } from './engine.js';

/** From embedded.ts. */
export interface ChildRequest {
  script: string;
  files: Record<string, string | Uint8Array>;
  /** words of `-var` */
  variables: string[][];
}

/** To embedded.ts: how a run ended. */
export interface ChildReply {
  log: string;
  files: Record<string, string | Uint8Array>;
  /** LAMMPS's own error message, else undefined */
  error: string | undefined;
  /** true when the failure is no LAMMPS error, so that this process should not be used again */
  broken: boolean;
  /** bytes of memory that WebAssembly holds; it never shrinks */
  memory: number;
}

/**
 * The package was built for threads and starts eight of them, each of which parses 43 MB of JavaScript (4 s on two cores).
 * Plain `start()` uses none, so they are replaced by objects that only say that they are ready.
 */
class IdleThread {
  onmessage: unknown;
  onerror: unknown;
  private listener: ((data: unknown) => void) | undefined;
  on(event: string, listener: (data: unknown) => void): void {
    if (event === 'message') this.listener = listener;
  }
  postMessage(message: { cmd?: string }): void {
    if (message.cmd === 'load') queueMicrotask(() => this.listener?.({ cmd: 'loaded' }));
    else throw new Error(`the embedded LAMMPS wants a thread (${message.cmd}); run it without Kokkos`);
  }
  unref(): void {}
  terminate(): void {}
}

interface FileSystem {
  mkdir(path: string): void;
  rmdir(path: string): void;
  chdir(path: string): void;
  writeFile(path: string, data: string | Uint8Array): void;
  unlink(path: string): void;
  readFile(path: string): Uint8Array;
  readdir(path: string): string[];
  stat(path: string): { mode: number };
  isDir(mode: number): boolean;
}

interface Instance {
  startWithArgs(args: string[]): void;
  runFile(path: string): void;
  stop(): void;
  getLastErrorMessage(): string;
}

type CreateModule = (options: { print(line: unknown): void; printErr(line: unknown): void }) => Promise<{
  FS: FileSystem;
  LAMMPSWeb: new () => Instance;
  HEAPF64: Float64Array;
}>;

const SCRIPT = 'in.eqpot';
const LOG = 'log.lammps';

/** A parent that was killed cannot close the channel while a run blocks this thread; another thread watches for that. */
function endWithParent(): void {
  const watch = `const parent = process.ppid; setInterval(() => process.ppid !== parent && process.kill(process.pid, 'SIGKILL'), 1000);`;
  new Worker(watch, { eval: true, execArgv: [], stdout: false }).unref();
}

/** Serves runs until the channel closes. @param load imports the package; handed in because a source loader must not touch it */
export async function serveRuns(load: () => Promise<{ default: CreateModule }>): Promise<void> {
  endWithParent();
  Object.defineProperty(globalThis, 'Worker', { get: () => IdleThread, set: () => {}, configurable: true });
  const { default: createModule } = await load();
  let console: string[] = [];
  const keep = (line: unknown) => {
    console.push(String(line));
  };
  const wasm = await createModule({ print: keep, printErr: keep });
  const lammps = new wasm.LAMMPSWeb();
  let runs = 0;

  const serve = (request: ChildRequest): ChildReply => {
    const { FS } = wasm;
    const folder = `/run${++runs}`;
    console = [];
    FS.mkdir(folder);
    FS.chdir(folder);
    for (const [name, content] of Object.entries(request.files)) {
      makeFolders(FS, folder, name);
      FS.writeFile(`${folder}/${name}`, content);
    }
    FS.writeFile(`${folder}/${SCRIPT}`, request.script);
    let error: string | undefined;
    let broken = false;
    try {
      lammps.startWithArgs(['-log', LOG, '-nocite', ...request.variables.flatMap((words) => ['-var', ...words])]);
      lammps.runFile(SCRIPT);
    } catch (cause) {
      error = lammps.getLastErrorMessage().trim();
      broken = error === '';
      if (broken) error = `it crashed: ${cause instanceof Error ? cause.message : String(cause)}`;
    }
    try {
      lammps.stop();
    } catch {
      broken = true;
    }
    const files: ChildReply['files'] = {};
    collect(FS, folder, '', files);
    FS.chdir('/');
    remove(FS, folder);
    for (const [name, content] of Object.entries(request.files)) if (unchanged(files[name], content)) delete files[name];
    delete files[SCRIPT];
    const log = typeof files[LOG] === 'string' && files[LOG].length > 0 ? files[LOG] : console.join('\n');
    delete files[LOG];
    return { log, files, error, broken, memory: wasm.HEAPF64.buffer.byteLength };
  };

  process.on('message', (request: ChildRequest) => process.send!(serve(request)));
  process.on('disconnect', () => process.exit(0));
  process.send!('ready');
}

function unchanged(after: string | Uint8Array | undefined, before: string | Uint8Array): boolean {
  if (after === undefined) return false;
  if (typeof after === typeof before && typeof after === 'string') return after === before;
  return Buffer.compare(Buffer.from(after as string), Buffer.from(before as string)) === 0;
}

function makeFolders(FS: FileSystem, base: string, name: string): void {
  const parts = name.split('/').slice(0, -1);
  let path = base;
  for (const part of parts) {
    path += `/${part}`;
    try {
      FS.mkdir(path);
    } catch {
      // it exists
    }
  }
}

function collect(FS: FileSystem, base: string, prefix: string, out: Record<string, string | Uint8Array>): void {
  for (const entry of FS.readdir(base)) {
    if (entry === '.' || entry === '..') continue;
    const path = `${base}/${entry}`;
    if (FS.isDir(FS.stat(path).mode)) collect(FS, path, `${prefix}${entry}/`, out);
    else out[prefix + entry] = decode(FS.readFile(path));
  }
}

function remove(FS: FileSystem, base: string): void {
  for (const entry of FS.readdir(base)) {
    if (entry === '.' || entry === '..') continue;
    const path = `${base}/${entry}`;
    if (FS.isDir(FS.stat(path).mode)) remove(FS, path);
    else FS.unlink(path);
  }
  FS.rmdir(base);
}
