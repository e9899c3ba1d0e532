import { EngineError } from '../../errors.js';
import type { CandidateBatch, MomentArrays } from '../moment-kernel.js';

/** Allowed relative error of the products in a density; single precision stays below 2e-6, TF32 is at 1e-4. */
const TOLERANCE = 1e-5;
/** structures and rows that the check computes at most */
const STRUCTURES = 16;
const ROWS = 512;

/**
 * Compares embedding energies of the batch's first sound candidate with double precision. Newer NVIDIA cards round the factors
 * of single-precision matrix products to 10 bits (TF32) unless told not to, and nothing else would show it.
 * @param embedding embedding energies of the batch, eV/atom, shape (count, nStructures)
 * @returns false when no candidate of the batch could be compared
 * @throws EngineError when the difference is larger than single precision explains
 */
export function checkPrecision(
  table: MomentArrays,
  batch: CandidateBatch,
  embedding: ArrayLike<number>,
  lowest: Float64Array,
  name: string,
): boolean {
  const nStructures = table.rowStart.length - 1;
  const candidate = lowest.findIndex((rho) => rho > 0 && Number.isFinite(rho));
  if (candidate < 0) return false;
  const stride = Math.max(1, Math.floor(nStructures / STRUCTURES));
  let rows = 0;
  for (let s = 0; s < nStructures; s += stride) {
    rows += table.rowStart[s + 1]! - table.rowStart[s]!;
    if (s > 0 && rows > ROWS) break;
    const { energy, sensitivity } = embeddingEnergy(table, batch, candidate, s);
    const error = Math.abs(embedding[candidate * nStructures + s]! - energy);
    // not finite: out of the range of single precision, which is no question of rounding
    if (error <= TOLERANCE * sensitivity + 1e-6 || !Number.isFinite(error)) continue;
    throw new EngineError(
      `${name} computes with less than single precision: an embedding energy of ${energy.toPrecision(8)} eV/atom is off by ` +
        `${error.toExponential(1)}. If the card rounds to TF32, set NVIDIA_TF32_OVERRIDE=0 before starting, or use 'backend: wasm'`,
    );
  }
  return true;
}

/** Embedding energy per atom of one structure in double precision, and its change for a relative error of one in every product, eV. */
function embeddingEnergy(table: MomentArrays, batch: CandidateBatch, c: number, s: number): { energy: number; sensitivity: number } {
  const K = table.map.count;
  const { degree } = batch;
  let energy = 0;
  let sensitivity = 0;
  for (let i = table.rowStart[s]!; i < table.rowStart[s + 1]!; i++) {
    const weight = table.weights[i]!;
    let rho = batch.floor[c]!;
    let size = Math.abs(rho);
    for (let k = 0; k < K; k++) {
      const product = table.rows[i * K + k]! * batch.density[c * K + k]!;
      rho += product;
      size += Math.abs(product);
    }
    const t = Math.sqrt(rho);
    for (let m = 1; m <= degree; m++) {
      const term = weight * batch.embedding[c * degree + m - 1]! * t ** m;
      energy += term;
      sensitivity += Math.abs(term) * (1 + (0.5 * m * size) / rho);
    }
  }
  return { energy, sensitivity };
}
