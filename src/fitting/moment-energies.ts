import { MAX_DEGREE, MomentKernel } from '../kernels/moment-kernel.js';
import { embeddingAtFloor, embeddingDerivatives } from './embedding.js';
import type { EquationNetwork, NodalEvaluator } from './equation-network.js';
import type { MomentTable } from './moments.js';

/** Densities of one evaluation. */
export interface Densities {
  /** of every unique environment, with the floor; a view that the next evaluation overwrites */
  values: Float64Array;
  /** whether all densities are positive and the radial functions are numbers */
  valid: boolean;
}

/** Energies of a set of structures by their moments, with derivatives along the parameters of a network. */
export class MomentEnergies {
  /** eV/atom without the reference energy, shape (structures) */
  readonly energies: Float64Array;
  /** derivatives along the moving parameters, one row of them for each structure */
  readonly rows: Float64Array;
  private readonly kernel: MomentKernel;
  private readonly floorBy: Float64Array;
  private readonly count: number;

  /** @param nodal radial functions at the nodes of the moments, evaluated before each call; it may be shared */
  constructor(
    private readonly network: EquationNetwork,
    private readonly nodal: NodalEvaluator,
    readonly moments: MomentTable,
  ) {
    this.count = moments.rowStart.length - 1;
    this.kernel = new MomentKernel(moments);
    this.energies = new Float64Array(this.count);
    this.rows = new Float64Array(this.count * (network.size + 1));
    this.floorBy = new Float64Array(network.embedding.size);
  }

  /**
   * Energies at p, and with `moving` (indices of parameters, growing; the last of all being the reference energy) their derivatives
   * into `rows`, one row of `moving.length` for each structure.
   */
  evaluate(p: Float64Array, moving?: readonly number[]): Densities {
    const { network, nodal, moments, count } = this;
    const K = moments.map.count;
    const embedding = new Float64Array(MAX_DEGREE);
    network.sqrtPowers?.forEach((m, q) => {
      embedding[m - 1]! += p[network.offset.embedding + q]!;
    });
    const general: { values: Float64Array; byParameter: Float64Array } | undefined = network.sqrtPowers
      ? undefined
      : { values: new Float64Array(0), byParameter: new Float64Array(0) };
    const result = this.kernel.jacobian(
      nodal.density,
      network.settings.densityFloor,
      embedding,
      MAX_DEGREE,
      general &&
        ((rho, slope) => {
          const all = embeddingDerivatives(network, p, rho.slice());
          slope.set(all.slopes);
          general.values = all.values;
          general.byParameter = all.byParameter;
        }),
      moving !== undefined,
    );
    const atFloor = embeddingAtFloor(network, p, this.floorBy);
    const nRows = moments.weights.length;
    for (let s = 0; s < count; s++) {
      let e = -atFloor;
      for (let k = 0; k < K; k++) e += moments.pair[s * K + k]! * nodal.pair[k]!;
      if (!general) e += result.energies[s]!;
      else for (let i = moments.rowStart[s]!; i < moments.rowStart[s + 1]!; i++) e += moments.weights[i]! * general.values[i]!;
      this.energies[s] = e;
    }
    if (moving) {
      const { density: firstDensity, embedding: firstEmbedding } = network.offset;
      const m = moving.length;
      const { rows } = this;
      // matrix-vector products of (structures, K) with one column of nodal derivatives each
      const column = (c: number, matrix: Float64Array, nodes: Float64Array): void => {
        for (let s = 0; s < count; s++) {
          let v = 0;
          const base = s * K;
          for (let k = 0; k < K; k++) v += matrix[base + k]! * nodes[k]!;
          rows[s * m + c] = v;
        }
      };
      moving.forEach((index, c) => {
        if (index < firstDensity) column(c, moments.pair, nodal.pairJacobian.subarray(index * K, (index + 1) * K));
        else if (index < firstEmbedding) {
          const q = index - firstDensity;
          column(c, result.byDensity, nodal.densityJacobian.subarray(q * K, (q + 1) * K));
        } else if (index < network.size) {
          const q = index - firstEmbedding;
          for (let s = 0; s < count; s++) {
            let v = -this.floorBy[q]!;
            if (network.sqrtPowers) v += result.byEmbedding[s * MAX_DEGREE + network.sqrtPowers[q]! - 1]!;
            else
              for (let i = moments.rowStart[s]!; i < moments.rowStart[s + 1]!; i++)
                v += moments.weights[i]! * general!.byParameter[q * nRows + i]!;
            rows[s * m + c] = v;
          }
        } else for (let s = 0; s < count; s++) rows[s * m + c] = 1;
      });
    }
    return { values: result.densities, valid: this.allowed(result.lowest) };
  }

  /** Whether all densities of atoms are positive and the radial functions are numbers. */
  private allowed(lowest: number): boolean {
    const floor = this.network.settings.densityFloor;
    if (!(lowest > 0) && !(lowest === 0 && floor === 0)) return false;
    const { pair, density } = this.nodal;
    for (let k = 0; k < pair.length; k++) if (!Number.isFinite(pair[k]!) || !Number.isFinite(density[k]!)) return false;
    return true;
  }
}
