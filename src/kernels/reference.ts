import type { CandidateBatch, EnergyBackend, MomentArrays } from './moment-kernel.js';

/** The plain TypeScript version of the energy kernels, which the others are tested against. */
export class ReferenceKernel implements EnergyBackend {
  readonly name = 'reference';
  constructor(private readonly table: MomentArrays) {}

  energies(batch: CandidateBatch, energies: Float64Array, lowest: Float64Array): void {
    const { rows, weights, rowStart, pair, map } = this.table;
    const K = map.count;
    const nStructures = rowStart.length - 1;
    for (let c = 0; c < batch.count; c++) {
      lowest[c] = Infinity;
      for (let s = 0; s < nStructures; s++) {
        let energy = 0;
        for (let k = 0; k < K; k++) energy += pair[s * K + k]! * batch.pair[c * K + k]!;
        for (let i = rowStart[s]!; i < rowStart[s + 1]!; i++) {
          let rho = batch.floor[c]!;
          for (let k = 0; k < K; k++) rho += rows[i * K + k]! * batch.density[c * K + k]!;
          lowest[c] = Math.min(lowest[c]!, rho);
          let embedded = 0;
          for (let m = 1; m <= batch.degree; m++) embedded += batch.embedding[c * batch.degree + m - 1]! * Math.sqrt(rho) ** m;
          energy += weights[i]! * embedded;
        }
        energies[c * nStructures + s] = energy;
      }
    }
  }
}
