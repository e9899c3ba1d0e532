import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EngineError, InputError } from '../errors.js';
import type { Tensorflow } from '../kernels/tensorflow/api.js';
import type { TensorflowOptions } from '../kernels/tensorflow/backend.js';
import { runProcess } from './process.js';

/** What trying the library in a process of its own showed. */
export interface TensorflowProbe {
  available: boolean;
  /** name of the library's own backend, `tensorflow` for the native one */
  backend?: string;
  /** true when it computes on a GPU; false when it loads but found no card or no CUDA */
  gpu?: boolean;
  /** version of TensorFlow.js */
  version?: string;
  /** why it is not available, one sentence */
  reason?: string;
  /** what to do about it */
  hint?: string;
  /** what it last wrote, for a report */
  log?: string;
}

export interface TensorflowProbeOptions {
  /** npm package to try; default the optional peer `@tensorflow/tfjs-node-gpu` */
  module?: string;
  /** default 120: the first start on a card newer than CUDA 11.2 compiles for it, which takes minutes */
  timeoutSeconds?: number;
  /** folder from which the package is looked for when eqpot's own folder does not lead to it; default the current one */
  folder?: string;
}

/** The library, ready for `createTensorflowBackend`. */
export interface LoadedTensorflow {
  tf: Tensorflow;
  backend: string;
  gpu: boolean;
  /** sizes of the pieces that suit where it computes, for `createTensorflowBackend` */
  chunks: TensorflowOptions;
}

export const TENSORFLOW_PACKAGE = '@tensorflow/tfjs-node-gpu';

const USE_WASM = "or use 'backend: wasm', the compiled kernels, which need nothing installed and compute in double precision";
const INSTALL = `npm install ${TENSORFLOW_PACKAGE}@4.22 (Linux, Node 20 or 22, an NVIDIA card with CUDA 11.2 and cuDNN 8.1)`;
const MARK = 'EQPOT_TENSORFLOW ';

/**
 * What the child runs: load, compute one product, say where. It is handed to `node -e` so that it needs no file of its own,
 * and it writes its answer with a mark, because the native library prints to standard output as well.
 */
const CHILD = `
const tf = require(process.argv[1]);
(async () => {
  if (tf.ready) await tf.ready();
  const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
  const y = await tf.matMul(x, x).data();
  if (y[3] !== 22) throw new Error('a 2x2 matrix product came out wrong: ' + Array.from(y));
  const native = tf.backend();
  const gpu = Boolean(native && native.isUsingGpuDevice);
  const version = tf.version && (tf.version['tfjs-core'] || tf.version.tfjs);
  process.stdout.write('\\n${MARK}' + JSON.stringify({ backend: tf.getBackend(), gpu, version }) + '\\n', () => process.exit(0));
})().catch((error) => { console.error(error); process.exit(1); });
`;

/** NVIDIA's libraries read it: without it, newer cards round the factors of matrix products to ten bits. */
const FULL_SINGLE_PRECISION = { NVIDIA_TF32_OVERRIDE: '0' };

/**
 * Tries to load TensorFlow.js in a child process and to compute with it. A broken native library can kill the process that
 * loads it or never come back; here that is an answer like any other.
 */
export async function probeTensorflow(options: TensorflowProbeOptions = {}): Promise<TensorflowProbe> {
  const name = options.module ?? TENSORFLOW_PACKAGE;
  const path = resolvePackage(name, options.folder ?? process.cwd());
  if (path === undefined) return { available: false, reason: `${name} is not installed`, hint: `${INSTALL}, ${USE_WASM}` };
  const limit = options.timeoutSeconds ?? 120;
  const result = await runProcess(process.execPath, ['-e', CHILD, path], {
    timeoutSeconds: limit,
    env: { ...FULL_SINGLE_PRECISION, NODE_OPTIONS: undefined },
    keep: 20_000,
  });
  const answer = result.stdout.split('\n').find((line) => line.startsWith(MARK));
  const log = tail(`${result.stdout}\n${result.stderr}`);
  if (answer && result.exitCode === 0) {
    const { backend, gpu, version } = JSON.parse(answer.slice(MARK.length)) as { backend: string; gpu: boolean; version?: string };
    const found: TensorflowProbe = { available: true, backend, gpu, ...(version === undefined ? {} : { version }) };
    if (gpu) return found;
    return { ...found, hint: `it runs on the processor, where 'backend: wasm' is faster: a GPU wants CUDA 11.2 and cuDNN 8.1`, log };
  }
  return { available: false, reason: failure(name, result, limit), hint: hintFor(log, result.timedOut), log };
}

/**
 * Loads the library into this process, after it has shown in a child that it does not take the process with it.
 * @throws InputError when it is not installed; EngineError when it is installed and does not work
 */
export async function loadTensorflow(options: TensorflowProbeOptions = {}): Promise<LoadedTensorflow> {
  const name = options.module ?? TENSORFLOW_PACKAGE;
  const folder = options.folder ?? process.cwd();
  const path = resolvePackage(name, folder);
  if (path === undefined)
    throw new InputError(`'backend: tensorflow' is asked for, but ${name} is not installed`, {}, { hint: `${INSTALL}, ${USE_WASM}` });
  const probe = await probeTensorflow(options);
  if (!probe.available)
    throw new EngineError(`'backend: tensorflow' is asked for, but ${probe.reason ?? `${name} does not work`}\n  ${probe.hint}`, probe.log);
  Object.assign(process.env, FULL_SINGLE_PRECISION);
  const tf = createRequire(import.meta.url)(path) as Tensorflow & { ready?: () => Promise<void> };
  await tf.ready?.();
  const gpu = probe.gpu ?? false;
  return { tf, backend: tf.getBackend(), gpu, chunks: gpu ? { rowsPerChunk: 8192, candidatesPerChunk: 1024 } : {} };
}

/** File of a package's main entry, seen from eqpot's own folder, then from `folder`. */
function resolvePackage(name: string, folder: string): string | undefined {
  for (const from of [import.meta.url, pathToFileURL(join(folder, 'package.json'))]) {
    try {
      return createRequire(from).resolve(name);
    } catch {
      // not visible from here
    }
  }
  return undefined;
}

function failure(
  name: string,
  result: { exitCode: number | undefined; signal: string | undefined; timedOut: boolean },
  limit: number,
): string {
  if (result.timedOut) return `${name} did not answer within ${limit} s`;
  if (result.signal) return `${name} killed the process that loaded it (${result.signal}): its native library is broken`;
  return `${name} is installed, but cannot be loaded (exit code ${result.exitCode})`;
}

function hintFor(log: string, timedOut: boolean): string {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= 23) return `it does not work on Node 23 and later (this is ${process.version}): use Node 20 or 22, ${USE_WASM}`;
  if (timedOut)
    return `a card newer than CUDA 11.2 is compiled for at the first start, which can take many minutes: give it a longer limit, ${USE_WASM}`;
  if (/libtensorflow|tfjs_binding\.node|ERR_DLOPEN_FAILED/.test(log))
    return `its native library is missing or of the wrong kind: npm rebuild ${TENSORFLOW_PACKAGE} --build-addon-from-source, ${USE_WASM}`;
  return `reinstall it: ${INSTALL}, ${USE_WASM}`;
}

function tail(text: string): string {
  return text.trim().split('\n').slice(-15).join('\n');
}
