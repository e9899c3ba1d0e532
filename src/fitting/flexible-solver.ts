import { solveCholesky } from '../math/linear.js';
import { median } from '../math/median.js';
import type { FlexibleModel } from './flexible.js';

/** Which structures are fitted to what. */
export interface FlexibleTask {
  /** reference energies, eV/atom, shape (structures); ignored where `use` is 0 */
  energies: Float64Array;
  /** 1 for structures to fit, shape (structures) */
  use: Uint8Array;
  /** number of the energy zero of each structure, from 0 without gaps, shape (structures); one zero for all when absent */
  zeroOf?: Int32Array;
}

/** z at which the Cauchy loss starts to forgive. */
const CAUCHY = 2;
/** Smallest noise scale, eV/atom: what the radial nodes and the form itself leave. */
const SIGMA_FLOOR = 3e-4;
/** Steps for one start with its density held, and for the best start with nothing held, both on a coarse scale. */
const LINEAR_STEPS = 12;
const COARSE_STEPS = 60;

/**
 * Robust noise scale by energy: the median absolute residual of the 31 fitted structures nearest in energy, made non-decreasing
 * from low to high energy (structures near equilibrium are the ones any model fits best, so wrong ones among them cannot raise
 * their own scale).
 */
export function noiseScale(residuals: Float64Array, task: FlexibleTask): Float64Array {
  const { energies, use, zeroOf } = task;
  // each zero counts from its own lowest energy
  const lowest = new Map<number, number>();
  const zero = (s: number) => (zeroOf ? zeroOf[s]! : 0);
  for (let s = 0; s < use.length; s++)
    if (use[s]) lowest.set(zero(s), Math.min(lowest.get(zero(s)) ?? Number.POSITIVE_INFINITY, energies[s]!));
  const above = (s: number) => energies[s]! - lowest.get(zero(s))!;
  const order = Array.from(use.keys())
    .filter((s) => use[s])
    .sort((a, b) => above(a) - above(b));
  const sigma = new Float64Array(use.length).fill(Number.POSITIVE_INFINITY);
  let running = Number.POSITIVE_INFINITY;
  for (let k = order.length - 1; k >= 0; k--) {
    const near = order.slice(Math.max(0, k - 15), k + 16).map((s) => Math.abs(residuals[s]!));
    running = Math.min(running, median(near) / 0.6745);
    sigma[order[k]!] = Math.max(running, SIGMA_FLOOR);
  }
  return sigma;
}

/** Levenberg-Marquardt on a Cauchy loss with the model's prior. */
export class FlexibleSolver {
  private readonly n: number;
  private readonly jacobian: Float64Array;
  private readonly scratch: Float64Array;

  constructor(
    private readonly model: FlexibleModel,
    private readonly task: FlexibleTask,
  ) {
    let zeros = 1;
    for (const z of task.zeroOf ?? []) zeros = Math.max(zeros, z + 1);
    this.n = model.size + zeros;
    this.jacobian = new Float64Array(model.count * this.n);
    this.scratch = new Float64Array(model.count);
  }

  residuals(p: Float64Array): Float64Array {
    this.model.evaluate(p, this.task.zeroOf, this.scratch);
    return this.scratch.map((e, s) => e - this.task.energies[s]!);
  }

  /** The best of several densities, each with everything else fitted on a coarse scale, then all of it. */
  begin(starts: readonly Float64Array[]): Float64Array {
    const coarse = new Float64Array(this.model.count).fill(0.1);
    const { pair, density } = this.model.shape;
    let best: Float64Array | undefined;
    let bestLoss = Number.POSITIVE_INFINITY;
    for (const start of starts) {
      const p = new Float64Array(this.n);
      p.set(start);
      const linear = this.improve(p, coarse, LINEAR_STEPS, [pair, pair + density]);
      const loss = this.loss(linear, coarse);
      if (loss < bestLoss) {
        best = linear;
        bestLoss = loss;
      }
    }
    if (best) return this.improve(best, coarse, COARSE_STEPS);
    return new Float64Array(this.n);
  }

  private loss(p: Float64Array, sigma: Float64Array): number {
    const { energies, use } = this.task;
    this.model.evaluate(p, this.task.zeroOf, this.scratch, undefined, use);
    let total = this.model.densityPenalty(p, use, this.n);
    for (let s = 0; s < use.length; s++) {
      if (!use[s]) continue;
      const z = (this.scratch[s]! - energies[s]!) / sigma[s]!;
      total += CAUCHY * CAUCHY * Math.log1p((z * z) / (CAUCHY * CAUCHY));
    }
    const prior = this.model.prior;
    for (let q = 0; q < prior.length; q++) total += (prior[q]! * p[q]!) ** 2;
    return total;
  }

  /** Gauss-Newton matrix (lower triangle) and right-hand side at p. */
  private normal(p: Float64Array, sigma: Float64Array): { a: Float64Array; b: Float64Array } {
    const { n, jacobian } = this;
    const { energies, use, zeroOf } = this.task;
    this.model.evaluate(p, zeroOf, this.scratch, jacobian, use);
    const a = new Float64Array(n * n);
    const b = new Float64Array(n);
    for (let s = 0; s < use.length; s++) {
      if (!use[s]) continue;
      const r = this.scratch[s]! - energies[s]!;
      const z = r / sigma[s]!;
      const w = 1 / (1 + (z * z) / (CAUCHY * CAUCHY)) / (sigma[s]! * sigma[s]!);
      for (let i = 0; i < n; i++) {
        const ji = jacobian[s * n + i]! * w;
        if (ji === 0) continue;
        b[i]! -= ji * r;
        for (let k = 0; k <= i; k++) a[i * n + k]! += ji * jacobian[s * n + k]!;
      }
    }
    this.model.densityPenalty(p, use, n, a, b);
    const prior = this.model.prior;
    for (let q = 0; q < prior.length; q++) {
      a[q * n + q]! += prior[q]! ** 2;
      b[q]! -= prior[q]! ** 2 * p[q]!;
    }
    return { a, b };
  }

  improve(start: Float64Array, sigma: Float64Array, steps: number, frozen: readonly [number, number] = [0, 0]): Float64Array {
    const { n } = this;
    let p = start;
    let loss = this.loss(p, sigma);
    let damping = 1e-2;
    for (let step = 0; step < steps; step++) {
      const { a, b } = this.normal(p, sigma);
      for (let q = frozen[0]; q < frozen[1]; q++) {
        for (let k = 0; k < n; k++) a[q * n + k] = a[k * n + q] = 0;
        a[q * n + q] = 1;
        b[q] = 0;
      }
      let gain = 0;
      for (let attempt = 0; attempt < 10; attempt++) {
        const m = a.slice();
        for (let q = 0; q < n; q++) m[q * n + q] = m[q * n + q]! * (1 + damping) + 1e-9;
        const dx = solveCholesky(m, b, n);
        const candidate = dx?.map((d, q) => d + p[q]!);
        const reached = candidate ? this.loss(candidate, sigma) : Number.POSITIVE_INFINITY;
        if (reached < loss) {
          gain = (loss - reached) / loss;
          p = candidate!;
          loss = reached;
          damping = Math.max(1e-10, damping / 5);
          break;
        }
        damping *= 6;
      }
      if (gain < 1e-5) break;
    }
    return p;
  }

  /** Standard deviations of zero[g] - zero[0] from the Gauss-Newton matrix. */
  zeroErrors(p: Float64Array, sigma: Float64Array): Float64Array {
    const { n } = this;
    const first = this.model.size;
    const { a } = this.normal(p, sigma);
    return Float64Array.from({ length: n - first }, (_, g) => {
      if (g === 0) return 0;
      const along = new Float64Array(n);
      along[first + g] = 1;
      along[first] = -1;
      // coefficients that the data hardly determine make the matrix nearly singular: damp as little as it takes
      for (let damping = 1e-12; damping < 1e-3; damping *= 10) {
        const m = a.slice();
        for (let q = 0; q < n; q++) m[q * n + q]! *= 1 + damping;
        const x = solveCholesky(m, along, n);
        const variance = x ? x[first + g]! - x[first]! : -1;
        if (variance > 0) return Math.sqrt(variance);
      }
      return Number.POSITIVE_INFINITY;
    });
  }
}
