import * as tfjs from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { expect } from 'chai';
import { EngineError } from '../../src/errors.js';
import { buildMoments, collectNeighbours, type MomentTable } from '../../src/fitting/moments.js';
import { type CandidateBatch, MomentKernel } from '../../src/kernels/moment-kernel.js';
import { ReferenceKernel } from '../../src/kernels/reference.js';
import type { Tensorflow } from '../../src/kernels/tensorflow/api.js';
import { createTensorflowBackend } from '../../src/kernels/tensorflow/backend.js';
import { RandomStream } from '../../src/math/random.js';
import { cubic } from '../../src/structures/lattices.js';
import { repeat, type Structure } from '../../src/structures/structure.js';

const tf = tfjs as unknown as Tensorflow;
const CUTOFF = 6;
const K = 24;

/** copper from a perfect crystal to strong disorder, cells of 4 to 32 atoms */
function structures(): Structure[] {
  const random = RandomStream.fromSeed(7);
  return [0, 0.05, 0.2, 0.5, 0.9].flatMap((amplitude) =>
    [3.3, 3.61, 4.2].flatMap((a) =>
      (
        [
          [1, 1, 1],
          [2, 1, 1],
          [2, 2, 2],
        ] as const
      ).map((counts) => {
        const structure = repeat(cubic('fcc', 'Cu', a), counts);
        structure.positions = structure.positions.map((x) => x + random.range(-amplitude, amplitude));
        return structure;
      }),
    ),
  );
}

type Radial = (r: number) => number;

function batchOf(table: MomentTable, candidates: { pair: Radial; density: Radial; embedding: number[]; floor?: number }[]): CandidateBatch {
  const degree = Math.max(...candidates.map((c) => c.embedding.length));
  const nodal = (f: Radial) => Array.from(table.map.nodes, (r) => f(r) - f(CUTOFF));
  return {
    count: candidates.length,
    degree,
    pair: Float64Array.from(candidates.flatMap((c) => nodal(c.pair))),
    density: Float64Array.from(candidates.flatMap((c) => nodal(c.density))),
    floor: Float64Array.from(candidates, (c) => c.floor ?? 0),
    embedding: Float64Array.from(candidates.flatMap((c) => Array.from({ length: degree }, (_, m) => c.embedding[m] ?? 0))),
  };
}

/** Sutton-Chen (constants of equation 1 of the SR paper) and relatives of it with other shapes and more embedding terms */
function candidates(count: number) {
  const random = RandomStream.fromSeed(3);
  const suttonChen = { pair: (r: number) => 1289.305 / r ** 9, density: (r: number) => 527.6214 / r ** 6, embedding: [-1] };
  return [
    suttonChen,
    ...Array.from({ length: count - 1 }, () => {
      const steep = random.range(1, 4);
      const decay = random.range(0.8, 2.5);
      return {
        pair: (r: number) => 0.5 * (2.5 / r) ** (3 * steep),
        density: (r: number) => Math.exp(-decay * (r - 2.5)),
        embedding: [random.range(-2, 0), random.range(-0.2, 0.2), random.range(-0.05, 0.05), random.range(-0.01, 0.01)],
        floor: random.integer(2) * 0.01,
      };
    }),
  ];
}

async function compare(options?: Parameters<typeof createTensorflowBackend>[2], count = 37) {
  const batch = batchOf(table, candidates(count));
  const expected = new Float64Array(count * nStructures);
  const expectedLowest = new Float64Array(count);
  new MomentKernel(table).energies(batch, expected, expectedLowest);
  const backend = createTensorflowBackend(tf, table, options);
  const energies = new Float64Array(count * nStructures);
  const lowest = new Float64Array(count);
  await backend.energies(batch, energies, lowest);
  backend.dispose();
  const energy = energies.reduce((worst, e, i) => Math.max(worst, Math.abs(e - expected[i]!)), 0);
  const density = lowest.reduce((worst, rho, c) => Math.max(worst, Math.abs(rho / expectedLowest[c]! - 1)), 0);
  return { energy, density };
}

let table: MomentTable;
let nStructures: number;

describe('TensorFlow energy backend (on the WebAssembly backend of TensorFlow.js)', () => {
  before(async () => {
    await tfjs.setBackend('wasm');
    await tfjs.ready();
    const all = structures();
    nStructures = all.length;
    table = buildMoments(collectNeighbours(all, CUTOFF), K);
  });

  it('agrees with the compiled kernels to 1e-5 eV/atom', async () => {
    const { energy, density } = await compare();
    expect(tf.getBackend()).to.equal('wasm');
    expect(energy).to.be.below(1e-5);
    // single precision it is: a smaller difference would mean that the comparison compares a thing with itself
    expect(energy).to.be.above(1e-9);
    expect(density).to.be.below(2e-5);
  });

  it('does not depend on how rows and candidates are cut into pieces', async () => {
    for (const rowsPerChunk of [1, 50, 300, 100_000]) {
      const { energy } = await compare({ rowsPerChunk, candidatesPerChunk: 5 });
      expect(energy, `rowsPerChunk ${rowsPerChunk}`).to.be.below(1e-5);
    }
    expect((await compare({}, 1)).energy).to.be.below(1e-5);
  });

  it('keeps no tensors but the uploaded moments, and none after dispose', async () => {
    const before = tf.memory().numTensors;
    const backend = createTensorflowBackend(tf, table, { rowsPerChunk: 200 });
    const held = tf.memory().numTensors;
    expect(held).to.be.above(before);
    const batch = batchOf(table, candidates(9));
    for (let k = 0; k < 3; k++) await backend.energies(batch, new Float64Array(9 * nStructures), new Float64Array(9));
    expect(tf.memory().numTensors).to.equal(held);
    backend.dispose();
    expect(tf.memory().numTensors).to.equal(before);
  });

  it('reports a negative density and gives that candidate no energies, others theirs', async () => {
    const [good] = candidates(1);
    const bad = { ...good!, density: (r: number) => 1 - (r / 2.5) ** 2 };
    const batch = batchOf(table, [bad, good!, bad]);
    batch.density.set(
      batch.density.subarray(K, 2 * K).map((x) => -x),
      0,
    );
    const energies = new Float64Array(3 * nStructures);
    const lowest = new Float64Array(3);
    const expected = new Float64Array(3 * nStructures);
    const expectedLowest = new Float64Array(3);
    const backend = createTensorflowBackend(tf, table);
    await backend.energies(batch, energies, lowest);
    backend.dispose();
    new ReferenceKernel(table).energies(batch, expected, expectedLowest);
    expect(lowest[0]).to.be.below(0);
    expect(lowest[0]! / expectedLowest[0]!).to.be.closeTo(1, 1e-6);
    expect(energies.subarray(0, nStructures).every(Number.isNaN)).to.equal(true);
    for (let s = 0; s < nStructures; s++) expect(energies[nStructures + s]).to.be.closeTo(expected[nStructures + s]!, 1e-5);
  });

  it('refuses a library that rounds its factors to ten bits (TF32)', async () => {
    const round = (values: Float32Array) => {
      const bits = new Uint32Array(values.slice().buffer);
      for (let i = 0; i < bits.length; i++) bits[i] = (bits[i]! + 0x1000) & 0xffffe000;
      return new Float32Array(bits.buffer);
    };
    const coarse: Tensorflow = { ...tf, tensor2d: (values, shape) => tf.tensor2d(round(values), shape) };
    const backend = createTensorflowBackend(coarse, table);
    const failure = await Promise.resolve(
      backend.energies(batchOf(table, candidates(4)), new Float64Array(4 * nStructures), new Float64Array(4)),
    ).then(
      () => undefined,
      (error: unknown) => error,
    );
    backend.dispose();
    expect(failure).to.be.instanceOf(EngineError);
    expect((failure as Error).message).to.match(/TF32/);
  });
});
