import { type CandidateBatch, type EnergyBackend, type MomentArrays, MomentKernel } from '../moment-kernel.js';
import type { Tensor, Tensorflow } from './api.js';
import { type RowChunk, uploadChunks } from './chunks.js';
import { checkPrecision } from './precision.js';

export interface TensorflowOptions {
  /** rows of the moment table worked on at once; default 1024, which suits processors (a GPU likes 8192) */
  rowsPerChunk?: number;
  /** candidates worked on at once; default 256 (a GPU likes 1024) */
  candidatesPerChunk?: number;
}

/** An energy backend that holds tensors until it is disposed of. */
export interface TensorflowBackend extends EnergyBackend {
  /** frees the uploaded moments; the backend cannot be used afterwards */
  dispose(): void;
}

/**
 * Batched energies with TensorFlow.js: rho = M D + floor, the embedding polynomial in sqrt(rho), the weighted sum per structure.
 *
 * The densities and the embedding energies are in single precision: measured to 2e-6 eV/atom for densities of Sutton-Chen's
 * kind and 8e-6 eV/atom at embedding energies of 15 eV/atom, so 1e-6 of the sum of the embedding terms' sizes is a safe bound.
 * The pair energy, which reaches hundreds of eV/atom in crowded frames and would lose 2e-4 eV/atom there, is a thirtieth of the
 * work and stays in double precision in the compiled kernels. It serves the search; refinement is in double precision.
 *
 * Memory: the moment table once, and a few arrays of rowsPerChunk x candidatesPerChunk numbers (a structure with more rows
 * than that is a piece of its own).
 *
 * Where a density is negative, the compiled kernels give NaN for that structure only; here it is NaN for all structures of the
 * candidate. `lowest` is the same in both.
 * @param tf the library with its backend ready, from `loadTensorflow` (or tfjs-core with the WebAssembly backend)
 */
export function createTensorflowBackend(tf: Tensorflow, table: MomentArrays, options: TensorflowOptions = {}): TensorflowBackend {
  return new Backend(tf, table, options.rowsPerChunk ?? 1024, options.candidatesPerChunk ?? 256);
}

class Backend implements TensorflowBackend {
  readonly name: string;
  private readonly nStructures: number;
  private readonly chunks: RowChunk[];
  private readonly pairs: MomentKernel;
  private checked = false;

  constructor(
    private readonly tf: Tensorflow,
    private readonly table: MomentArrays,
    rowsPerChunk: number,
    private readonly candidatesPerChunk: number,
  ) {
    this.name = `tensorflow (${tf.getBackend()})`;
    this.nStructures = table.rowStart.length - 1;
    // a table without rows: what is left of the compiled kernels' energy is the pair term
    this.pairs = new MomentKernel({
      map: table.map,
      rows: new Float64Array(0),
      weights: new Float64Array(0),
      rowStart: new Int32Array(this.nStructures + 1),
      pair: table.pair,
    });
    this.chunks = uploadChunks(tf, table, rowsPerChunk);
  }

  /** @throws EngineError when the first batch shows that the library computes with less than single precision */
  async energies(batch: CandidateBatch, energies: Float64Array, lowest: Float64Array): Promise<void> {
    const K = this.table.map.count;
    const { count, degree } = batch;
    for (let from = 0; from < count; from += this.candidatesPerChunk) {
      const to = Math.min(count, from + this.candidatesPerChunk);
      const slice = {
        count: to - from,
        degree,
        pair: batch.pair.subarray(from * K, to * K),
        density: batch.density.subarray(from * K, to * K),
        floor: batch.floor.subarray(from, to),
        embedding: batch.embedding.subarray(from * degree, to * degree),
      };
      const out = energies.subarray(from * this.nStructures, to * this.nStructures);
      await this.part(slice, out, lowest.subarray(from, to));
    }
  }

  private async part(batch: CandidateBatch, energies: Float64Array, lowest: Float64Array): Promise<void> {
    const S = this.nStructures;
    this.pairs.energies(batch, energies, lowest);
    lowest.fill(Infinity);
    if (this.chunks.length === 0) return;
    const [sums, minimum] = this.launch(batch);
    let embedding: ArrayLike<number>;
    let low: ArrayLike<number>;
    try {
      embedding = await sums.data();
      low = await minimum.data();
    } finally {
      sums.dispose();
      minimum.dispose();
    }
    for (let c = 0; c < batch.count; c++) lowest[c] = low[c]!;
    if (!this.checked) this.checked = checkPrecision(this.table, batch, embedding, lowest, this.name);
    for (let c = 0; c < batch.count; c++)
      for (let s = 0; s < S; s++) energies[c * S + s] = lowest[c]! < 0 ? Number.NaN : energies[c * S + s]! + embedding[c * S + s]!;
  }

  /** embedding energies (count, nStructures) and lowest densities (count), still on the device */
  private launch(batch: CandidateBatch): [Tensor, Tensor] {
    const { tf } = this;
    const K = this.table.map.count;
    const { count, degree } = batch;
    return tf.tidy((): [Tensor, Tensor] => {
      const density = tf.tensor2d(Float32Array.from(batch.density), [count, K]);
      const floor = batch.floor.some((x) => x !== 0) ? tf.tensor2d(Float32Array.from(batch.floor), [count, 1]) : undefined;
      const coefficients = Array.from({ length: degree }, (_, m) =>
        tf.tensor2d(
          Float32Array.from({ length: count }, (_, c) => batch.embedding[c * degree + m]!),
          [count, 1],
        ),
      );
      const parts: Tensor[] = [];
      let lowest: Tensor | undefined;
      for (const chunk of this.chunks) {
        const [sums, low] = tf.tidy((): [Tensor, Tensor] => {
          const sum = tf.matMul(density, chunk.moments);
          const rho = floor ? tf.add(sum, floor) : sum;
          // without the clamp a NaN would reach every structure of the piece through the product with the weights
          const t = tf.sqrt(tf.maximum(rho, 0));
          let f = tf.mul(t, coefficients[degree - 1]!);
          for (let m = degree - 2; m >= 0; m--) f = tf.mul(tf.add(f, coefficients[m]!), t);
          return [tf.matMul(f, chunk.sums), tf.min(rho, 1)];
        });
        parts.push(sums);
        lowest = lowest ? tf.minimum(lowest, low) : low;
      }
      return [parts.length > 1 ? tf.concat(parts, 1) : parts[0]!, lowest!];
    });
  }

  dispose(): void {
    for (const chunk of this.chunks.splice(0)) {
      chunk.moments.dispose();
      chunk.sums.dispose();
    }
  }
}
