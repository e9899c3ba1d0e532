import { loadTensorflow } from '../src/engines/tensorflow-probe.js';
import { type EnergyBackend, MomentKernel } from '../src/kernels/moment-kernel.js';
import type { Tensorflow } from '../src/kernels/tensorflow/api.js';
import { createTensorflowBackend } from '../src/kernels/tensorflow/backend.js';
import { RandomStream } from '../src/math/random.js';
import { measure, printTable, show, type Timing } from './measure.js';
import type { Section } from './section.js';

const ROWS = 8000;
const K = 32;
const STRUCTURES = 234;
const DEGREE = 4;

/**
 * The compiled kernels (double precision) against TensorFlow.js (single precision), one thread each. With `--gpu` it takes the installed
 * @tensorflow/tfjs-node-gpu instead of the WebAssembly backend. The moments are synthetic, of the size of the copper set at 8 Å.
 */
export const tensorflow: Section = {
  name: 'tensorflow',
  what: 'kernel time of a candidate, compiled kernels against TensorFlow.js (--gpu: on a GPU)',
  duration: '1 min',
  async run({ repeats = 7, gpu }) {
    const table = syntheticMoments();
    const { tf, label, options } = await library(gpu);
    const kernel = new MomentKernel(table);
    const other = createTensorflowBackend(tf, table, options);
    console.log(`${ROWS} rows, K = ${K}, ${STRUCTURES} structures, degree ${DEGREE}, ${repeats} repeats\n`);
    const rows: string[][] = [];
    for (const count of [16, 32, 64, 128, 256])
      rows.push([String(count), show(await time(kernel, count, repeats), 1 / count), show(await time(other, count, repeats), 1 / count)]);
    printTable(['batch', 'compiled kernels, ms a candidate', `${label}, ms a candidate`], rows);
    other.dispose();
  },
};

const random = RandomStream.fromSeed(1);
const uniform = (n: number) => Float64Array.from({ length: n }, () => random.uniform());

function syntheticMoments() {
  const rowStart = Int32Array.from({ length: STRUCTURES + 1 }, (_, s) => Math.floor((ROWS * s) / STRUCTURES));
  const weights = new Float64Array(ROWS);
  for (let s = 0; s < STRUCTURES; s++) weights.fill(1 / (rowStart[s + 1]! - rowStart[s]!), rowStart[s], rowStart[s + 1]);
  return {
    map: { shortest: 2, cutoff: 8, count: K, nodes: new Float64Array(K) },
    rows: uniform(ROWS * K),
    weights,
    rowStart,
    pair: uniform(STRUCTURES * K),
  };
}

async function library(
  gpu: boolean,
): Promise<{ tf: Tensorflow; label: string; options: { rowsPerChunk?: number; candidatesPerChunk?: number } }> {
  if (gpu) {
    const { tf, backend, gpu: found, chunks } = await loadTensorflow();
    return { tf, label: `tfjs-node-gpu (${backend}${found ? ', GPU' : ', no GPU found'})`, options: chunks };
  }
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend('wasm');
  return { tf: tf as unknown as Tensorflow, label: 'tfjs wasm', options: {} };
}

function time(backend: EnergyBackend, count: number, repeats: number): Promise<Timing> {
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
  return measure(() => backend.energies(batch, energies, lowest), repeats);
}
