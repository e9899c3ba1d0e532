import type { CandidateBatch, EmbeddingTable, EnergyBackend } from '../kernels/moment-kernel.js';
import { MAX_DEGREE } from '../kernels/moment-kernel.js';
import { embeddingAtFloor, embeddingTables } from './embedding.js';
import { type EquationNetwork, NodalEvaluator } from './equation-network.js';
import { bestOffset, type FrameWeights, type LossSettings } from './loss.js';
import type { MomentTable } from './moments.js';

/** A backend that also takes tabulated embedding functions (the compiled kernels). */
type TableBackend = EnergyBackend & {
  energies(batch: CandidateBatch, energies: Float64Array, lowest: Float64Array, table?: EmbeddingTable): void | Promise<void>;
};

/**
 * Energy losses of many candidates at once, equation 6 of the paper with its hard penalties. The reference energy of the free atom is
 * the best one for each candidate (a weighted median) unless it is given.
 */
export class CandidateLoss {
  private readonly nodal: NodalEvaluator;
  private batch: CandidateBatch;
  private energies: Float64Array;
  private lowest: Float64Array;
  private readonly floorBy: Float64Array;
  private readonly highest: number;
  /** reference energy that the last batch used for each candidate, eV/atom */
  offsets: Float64Array;

  constructor(
    readonly network: EquationNetwork,
    private readonly moments: MomentTable,
    private readonly backend: TableBackend,
    private readonly reference: Float64Array,
    private readonly weights: FrameWeights,
    private readonly settings: LossSettings,
  ) {
    this.nodal = new NodalEvaluator(network, moments.map.nodes);
    this.floorBy = new Float64Array(network.embedding.size);
    this.batch = emptyBatch(0, moments.map.count);
    this.energies = new Float64Array(0);
    this.lowest = new Float64Array(0);
    this.offsets = new Float64Array(0);
    // sum of |density node weights| bounds the densities that a table has to cover
    let largest = 0;
    const K = moments.map.count;
    for (let i = 0; i < moments.weights.length; i++) {
      let total = 0;
      for (let k = 0; k < K; k++) total += Math.abs(moments.rows[i * K + k]!);
      largest = Math.max(largest, total);
    }
    this.highest = largest;
  }

  /**
   * Losses, eV/atom, of candidates given as real weights (network parameters), written to `losses`.
   * Forbidden and undefined candidates get the penalty of the settings.
   */
  async evaluate(candidates: readonly Float64Array[], losses: Float64Array): Promise<void> {
    const n = candidates.length;
    const K = this.moments.map.count;
    const nStructures = this.reference.length;
    if (this.batch.count !== n) {
      this.batch = emptyBatch(n, K);
      this.energies = new Float64Array(n * nStructures);
      this.lowest = new Float64Array(n);
      this.offsets = new Float64Array(n);
    }
    const { batch, network } = this;
    const { settings } = this;
    const forbidden = new Uint8Array(n);
    const atFloor = new Float64Array(n);
    let largest = 0;
    for (let c = 0; c < n; c++) {
      const p = candidates[c]!;
      this.nodal.evaluate(p, false);
      const { pair, density } = this.nodal;
      let top = 0;
      for (let k = 0; k < K; k++) {
        const f = pair[k]!;
        const g = density[k]!;
        if (!(Math.abs(f) < 1e12 && Math.abs(g) < 1e12)) forbidden[c] = 1;
        if (settings.negativeDensity && g < -SIGN_SLACK) forbidden[c] = 1;
        if (settings.negativePair && f < -SIGN_SLACK) forbidden[c] = 1;
        if (g > top) top = g;
      }
      largest = Math.max(largest, forbidden[c] ? 0 : top);
      // a forbidden candidate must not slow the kernel down with denormals or NaN
      if (forbidden[c]) {
        batch.pair.fill(0, c * K, (c + 1) * K);
        batch.density.fill(1e-3, c * K, (c + 1) * K);
      } else {
        batch.pair.set(pair, c * K);
        batch.density.set(density, c * K);
      }
      batch.floor[c] = network.settings.densityFloor;
      if (network.sqrtPowers) {
        batch.embedding.fill(0, c * MAX_DEGREE, (c + 1) * MAX_DEGREE);
        network.sqrtPowers.forEach((m, q) => {
          batch.embedding[c * MAX_DEGREE + m - 1]! += p[network.offset.embedding + q]!;
        });
      }
      atFloor[c] = embeddingAtFloor(network, p, this.floorBy);
    }
    const table = network.sqrtPowers ? undefined : embeddingTables(network, candidates, Math.max(1e-6, largest * this.highest));
    await this.backend.energies(batch, this.energies, this.lowest, table);
    for (let c = 0; c < n; c++) {
      if (forbidden[c] || !(this.lowest[c]! >= 0)) {
        losses[c] = settings.penalty;
        continue;
      }
      const base = c * nStructures;
      const offset = settings.referenceEnergy ?? bestOffset(this.energies, base, this.reference, this.weights.energy) + atFloor[c]!;
      const shift = offset - atFloor[c]!;
      let total = 0;
      for (let s = 0; s < nStructures; s++)
        total += this.weights.energy[s]! * Math.abs(this.energies[base + s]! + shift - this.reference[s]!);
      this.offsets[c] = offset;
      losses[c] = Number.isFinite(total) ? total : settings.penalty;
    }
  }
}

/** Negative values smaller than this (density units, eV) are rounding, not a sign. */
const SIGN_SLACK = 1e-6;

function emptyBatch(count: number, K: number): CandidateBatch {
  return {
    count,
    pair: new Float64Array(count * K),
    density: new Float64Array(count * K),
    floor: new Float64Array(count),
    embedding: new Float64Array(count * MAX_DEGREE),
    degree: MAX_DEGREE,
  };
}
