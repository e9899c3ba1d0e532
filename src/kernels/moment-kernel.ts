import type { RadialMap } from '../math/chebyshev.js';
import { KernelInstance } from './instance.js';

/** The arrays of a moment table that the energy kernels read; see `MomentTable`. */
export interface MomentArrays {
  map: RadialMap;
  /** shape (nRows, K) */
  rows: Float64Array;
  /** shape (nRows) */
  weights: Float64Array;
  /** shape (nStructures + 1) */
  rowStart: Int32Array;
  /** shape (nStructures, K) */
  pair: Float64Array;
}

/** Candidates of one batch, as flat arrays over the candidates c. */
export interface CandidateBatch {
  /** number of candidates */
  count: number;
  /** nodal values of the pair function, eV, shape (count, K) */
  pair: Float64Array;
  /** nodal values of the density, shape (count, K) */
  density: Float64Array;
  /** background density, shape (count) */
  floor: Float64Array;
  /** coefficients of sqrt(rho)^1 ... sqrt(rho)^degree, eV, shape (count, degree) */
  embedding: Float64Array;
  degree: number;
}

/** Anything that computes the energies of a batch of candidates: the compiled kernels, TensorFlow.js, the plain reference. */
export interface EnergyBackend {
  readonly name: string;
  /**
   * Energies per atom, eV, without reference energies and without F(floor), written to `energies` (count, nStructures); the
   * smallest density that each candidate met goes to `lowest` (count).
   */
  energies(batch: CandidateBatch, energies: Float64Array, lowest: Float64Array): void | Promise<void>;
}

/** Embedding energies as a cubic Hermite table in t = sqrt(rho), for embedding functions that are not polynomials in t. */
export interface EmbeddingTable {
  intervals: number;
  /** table ends at t = intervals * step */
  step: number;
  /** F and step * dF/dt at t = i * step, shape (count, intervals + 1, 2) */
  values: Float64Array;
}

/** Derivatives of the structures' energies for one candidate. Views into the kernel's memory, valid until the next call. */
export interface EnergyJacobian {
  /** eV/atom, shape (nStructures) */
  energies: Float64Array;
  /** d energy / d nodal density, shape (nStructures, K) */
  byDensity: Float64Array;
  /** d energy / d coefficient of sqrt(rho)^m, shape (nStructures, degree) */
  byEmbedding: Float64Array;
  /** densities of the rows with the floor, shape (nRows) */
  densities: Float64Array;
  lowest: number;
}

const LANES = 4;

/** The compiled kernels over one moment table; the table lives in linear memory, batches are copied in. */
export class MomentKernel implements EnergyBackend {
  readonly name = 'wasm';
  readonly nStructures: number;
  readonly nRows: number;
  readonly count: number;
  private readonly kernel = new KernelInstance();
  private readonly at: Record<'rows' | 'weights' | 'rowStart' | 'pair', number>;
  private batchAt: Record<'pair' | 'density' | 'floor' | 'embedding' | 'out' | 'lowest', number> | undefined;
  private blocks = 0;
  private table: { at: number; length: number } | undefined;
  private readonly single: Record<'density' | 'embedding' | 'out' | 'byNode' | 'powers' | 'rho' | 'slope', number>;

  constructor(table: MomentArrays) {
    this.nStructures = table.rowStart.length - 1;
    this.nRows = table.weights.length;
    this.count = table.map.count;
    const k = this.kernel;
    const K = this.count;
    this.at = {
      rows: k.doubles(table.rows.length, table.rows),
      weights: k.doubles(this.nRows, table.weights),
      rowStart: k.integers(table.rowStart.length, table.rowStart),
      pair: k.doubles(table.pair.length, table.pair),
    };
    this.single = {
      density: k.doubles(K),
      embedding: k.doubles(MAX_DEGREE),
      out: k.doubles(this.nStructures),
      byNode: k.doubles(this.nStructures * K),
      powers: k.doubles(this.nStructures * MAX_DEGREE),
      rho: k.doubles(this.nRows),
      slope: k.doubles(this.nRows),
    };
  }

  private reserve(blocks: number): void {
    if (blocks <= this.blocks) return;
    const k = this.kernel;
    const K = this.count;
    this.batchAt = {
      pair: k.doubles(blocks * K * LANES),
      density: k.doubles(blocks * K * LANES),
      floor: k.doubles(blocks * LANES),
      embedding: k.doubles(blocks * MAX_DEGREE * LANES),
      out: k.doubles(blocks * this.nStructures * LANES),
      lowest: k.doubles(blocks * LANES),
    };
    this.blocks = blocks;
  }

  energies(batch: CandidateBatch, energies: Float64Array, lowest: Float64Array, table?: EmbeddingTable): void {
    const { count, degree } = batch;
    if (count === 0) return;
    const blocks = Math.ceil(count / LANES);
    this.reserve(blocks);
    const at = this.batchAt!;
    const K = this.count;
    const f = this.kernel.functions;
    this.interleave(batch.density, count, K, at.density);
    this.interleave(batch.pair, count, K, at.pair);
    this.interleave(batch.floor, count, 1, at.floor);
    const { rows, weights, rowStart, pair } = this.at;
    if (table) {
      const length = blocks * LANES * (table.intervals + 1) * 2;
      if (!this.table || this.table.length < length) this.table = { at: this.kernel.doubles(length), length };
      const view = this.kernel.f64(this.table.at, length);
      view.set(table.values.subarray(0, Math.min(length, table.values.length)));
      f.energyBatchTable(
        rows,
        weights,
        rowStart,
        this.nStructures,
        K,
        at.density,
        at.floor,
        this.table.at,
        table.intervals,
        1 / table.step,
        blocks,
        at.out,
        at.lowest,
      );
    } else {
      this.interleave(batch.embedding, count, degree, at.embedding);
      f.energyBatch(rows, weights, rowStart, this.nStructures, K, at.density, at.floor, at.embedding, degree, blocks, at.out, at.lowest);
    }
    f.pairBatch(pair, this.nStructures, K, at.pair, blocks, at.out);
    const out = this.kernel.f64(at.out, blocks * this.nStructures * LANES);
    const low = this.kernel.f64(at.lowest, blocks * LANES);
    for (let c = 0; c < count; c++) {
      const base = (c >> 2) * this.nStructures * LANES + (c & 3);
      for (let s = 0; s < this.nStructures; s++) energies[c * this.nStructures + s] = out[base + s * LANES]!;
      lowest[c] = low[c]!;
    }
  }

  /** (count, n) to (blocks, n, 4); lanes without a candidate repeat the last one, so that they stay finite */
  private interleave(source: Float64Array, count: number, n: number, at: number): void {
    const blocks = Math.ceil(count / LANES);
    const view = this.kernel.f64(at, blocks * n * LANES);
    for (let c = 0; c < blocks * LANES; c++) {
      const from = Math.min(c, count - 1) * n;
      const base = (c >> 2) * n * LANES + (c & 3);
      for (let k = 0; k < n; k++) view[base + k * LANES] = source[from + k]!;
    }
  }

  /**
   * One candidate with its derivatives.
   * @param slopes dF/drho as a function of the row densities for embedding functions that are not polynomials in sqrt(rho);
   *   called once with the densities, it fills the second array
   * @param derivatives false when energies and densities are all that is read
   */
  jacobian(
    density: ArrayLike<number>,
    floor: number,
    embedding: ArrayLike<number>,
    degree: number,
    slopes?: (rho: Float64Array, slope: Float64Array) => void,
    derivatives = true,
  ): EnergyJacobian {
    const k = this.kernel;
    const K = this.count;
    const at = this.single;
    k.f64(at.density, K).set(density);
    k.f64(at.embedding, degree).set(Array.prototype.slice.call(embedding, 0, degree));
    const { rows, weights, rowStart } = this.at;
    const run = (derivative: number): number =>
      k.functions.energyJacobian(
        rows,
        weights,
        rowStart,
        this.nStructures,
        K,
        at.density,
        floor,
        at.embedding,
        degree,
        derivative,
        at.out,
        derivatives ? at.byNode : 0,
        at.powers,
        at.rho,
      );
    let lowest = run(0);
    if (slopes) {
      slopes(k.f64(at.rho, this.nRows), k.f64(at.slope, this.nRows));
      if (derivatives) lowest = run(at.slope);
    }
    return {
      energies: k.f64(at.out, this.nStructures),
      byDensity: k.f64(at.byNode, this.nStructures * K),
      byEmbedding: k.f64(at.powers, this.nStructures * degree),
      densities: k.f64(at.rho, this.nRows),
      lowest,
    };
  }
}

/** Highest power of sqrt(rho) that the compiled kernels evaluate directly: rho^4. */
export const MAX_DEGREE = 8;
