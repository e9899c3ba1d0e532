import type { MomentArrays } from '../moment-kernel.js';
import type { Tensor, Tensorflow } from './api.js';

/** Consecutive whole structures whose rows are worked on together. */
export interface RowChunk {
  /** first and one past the last structure */
  from: number;
  to: number;
  /** moments, transposed, shape (K, rows): the constant factor on the right is packed once by the library, not for every batch */
  moments: Tensor;
  /** weight of each row in the column of its structure, shape (rows, to - from) */
  sums: Tensor;
}

/**
 * Uploads the moment table in single precision, cut between structures into pieces of about `rowsPerChunk` rows. The sum per
 * structure is a matrix product with the (mostly empty) block of weights: the segment sum of TensorFlow.js does not exist in
 * its WebAssembly backend, and small pieces keep the wasted multiplications below those of the densities.
 */
export function uploadChunks(tf: Tensorflow, table: MomentArrays, rowsPerChunk: number): RowChunk[] {
  const { rows, weights, rowStart } = table;
  const K = table.map.count;
  const nStructures = rowStart.length - 1;
  const chunks: RowChunk[] = [];
  for (let from = 0; from < nStructures; ) {
    let to = from + 1;
    while (to < nStructures && rowStart[to + 1]! - rowStart[from]! <= rowsPerChunk) to++;
    const first = rowStart[from]!;
    const n = rowStart[to]! - first;
    const width = to - from;
    const moments = new Float32Array(K * n);
    const sums = new Float32Array(n * width);
    for (let s = from; s < to; s++) {
      for (let i = rowStart[s]! - first; i < rowStart[s + 1]! - first; i++) {
        for (let k = 0; k < K; k++) moments[k * n + i] = rows[(first + i) * K + k]!;
        sums[i * width + s - from] = weights[first + i]!;
      }
    }
    if (n > 0) chunks.push({ from, to, moments: tf.tensor2d(moments, [K, n]), sums: tf.tensor2d(sums, [n, width]) });
    from = to;
  }
  return chunks;
}
