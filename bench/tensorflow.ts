/**
 * Milliseconds a candidate, compiled kernels (double precision) against TensorFlow.js (single precision), one thread each.
 *
 *   node --import tsx bench/tensorflow.ts [repeats] [--gpu]
 *
 * With `--gpu` it takes the installed @tensorflow/tfjs-node-gpu instead of the WebAssembly backend. The moments are synthetic:
 * 8000 rows, K = 32, 234 structures, embedding of degree 4 - the size of the copper set with an 8 Å cutoff.
 */
import { cpus } from 'node:os';
import { loadTensorflow } from '../src/engines/tensorflow-probe.js';
import { type EnergyBackend, MomentKernel } from '../src/kernels/moment-kernel.js';
import type { Tensorflow } from '../src/kernels/tensorflow/api.js';
import { createTensorflowBackend } from '../src/kernels/tensorflow/backend.js';
import { RandomStream } from '../src/math/random.js';

const ROWS = 8000;
const K = 32;
const STRUCTURES = 234;
const DEGREE = 4;
const repeats = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 7);
const random = RandomStream.fromSeed(1);
const uniform = (n: number) => Float64Array.from({ length: n }, () => random.uniform());

const rowStart = Int32Array.from({ length: STRUCTURES + 1 }, (_, s) => Math.floor((ROWS * s) / STRUCTURES));
const weights = new Float64Array(ROWS);
for (let s = 0; s < STRUCTURES; s++) weights.fill(1 / (rowStart[s + 1]! - rowStart[s]!), rowStart[s], rowStart[s + 1]);
const table = {
  map: { shortest: 2, cutoff: 8, count: K, nodes: new Float64Array(K) },
  rows: uniform(ROWS * K),
  weights,
  rowStart,
  pair: uniform(STRUCTURES * K),
};

async function library(): Promise<{ tf: Tensorflow; label: string; options: { rowsPerChunk?: number; candidatesPerChunk?: number } }> {
  if (process.argv.includes('--gpu')) {
    const { tf, backend, gpu, chunks } = await loadTensorflow();
    return { tf, label: `tfjs-node-gpu (${backend}${gpu ? ', GPU' : ', no GPU found'})`, options: chunks };
  }
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  return { tf: tf as unknown as Tensorflow, label: 'tfjs wasm', options: {} };
}

/** best and median milliseconds a candidate */
async function time(backend: EnergyBackend, count: number): Promise<[number, number]> {
  const batch = {
    count,
    degree: DEGREE,
    pair: uniform(count * K),
    density: uniform(count * K),
    floor: new Float64Array(count),
    embedding: uniform(count * DEGREE),
  };
  const energies = new Float64Array(count * STRUCTURES);
  const lowest = new Float64Array(count);
  await backend.energies(batch, energies, lowest);
  const times: number[] = [];
  for (let k = 0; k < repeats; k++) {
    const started = performance.now();
    await backend.energies(batch, energies, lowest);
    times.push((performance.now() - started) / count);
  }
  times.sort((a, b) => a - b);
  return [times[0]!, times[times.length >> 1]!];
}

const { tf, label, options } = await library();
const kernel = new MomentKernel(table);
const tensorflow = createTensorflowBackend(tf, table, options);
const show = ([best, median]: [number, number]) => `${best.toFixed(4)} / ${median.toFixed(4)}`;
console.log(`machine: ${cpus()[0]?.model ?? 'unknown'}, ${cpus().length} logical CPUs, Node ${process.version}`);
console.log(`command: node --import tsx bench/tensorflow.ts ${process.argv.slice(2).join(' ')}`);
console.log(`${ROWS} rows, K = ${K}, ${STRUCTURES} structures, degree ${DEGREE}, ${repeats} repeats after one to warm up`);
console.log('ms a candidate, best / median');
console.log(`${'batch'.padStart(6)}  ${'compiled kernels'.padEnd(20)}  ${label}`);
for (const count of [16, 32, 64, 128, 256])
  console.log(`${String(count).padStart(6)}  ${show(await time(kernel, count)).padEnd(20)}  ${show(await time(tensorflow, count))}`);
tensorflow.dispose();
