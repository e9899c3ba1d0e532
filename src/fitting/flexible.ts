import { type RadialMap, radialMap, reduced } from '../math/chebyshev.js';
import { solveCholesky } from '../math/linear.js';
import { quinticTaper } from '../potentials/cutoffs/quintic.js';
import type { EamPotential, Evaluation, ScalarFunction } from '../potentials/eam.js';
import { evaluateEam } from '../potentials/evaluate-eam.js';
import { LammpsSpline } from '../potentials/lammps-spline.js';
import type { Structure } from '../structures/structure.js';
import { FlexibleSolver, type FlexibleTask, noiseScale } from './flexible-solver.js';
import { buildMoments, collectNeighbours } from './moments.js';

/** Number of terms of the three functions, and how strongly they are held in check. */
export interface FlexibleShape {
  /** tapered Chebyshev terms of the pair function */
  pair: number;
  /** tapered Chebyshev terms of the density */
  density: number;
  /** powers of sqrt(rho) of the embedding function */
  embedding: number;
  /** strength of the prior that keeps coefficients small and, growing with the square of the order, functions smooth */
  ridge: number;
}

/**
 * Terms for a set of `count` structures: at most a third as many numbers as structures, so that a wrong energy cannot bend the model
 * to itself, and at most 32.
 */
export function flexibleShape(count: number): FlexibleShape {
  const terms = (perStructure: number, least: number, most: number) => Math.max(least, Math.min(most, Math.round(count * perStructure)));
  return { pair: terms(1 / 8, 4, 16), density: terms(1 / 13, 3, 10), embedding: terms(1 / 20, 2, 6), ridge: 1e-2 };
}

export interface FlexibleFit {
  /** pair, density and embedding coefficients, then the energy zeros */
  parameters: Float64Array;
  /** energy zeros, eV/atom */
  zeros: Float64Array;
  /** standard deviations of the differences of the zeros from the first one, eV/atom */
  zeroErrors: Float64Array;
  /** energies of all structures, also of those not fitted, eV/atom */
  energies: Float64Array;
  /** robust noise scale at the energy of each fitted structure, eV/atom; it never falls with the energy */
  sigma: Float64Array;
}

/** Density of an atom without neighbours, in units of the typical one: keeps the slope of sqrt(rho) finite. */
export const FLEXIBLE_FLOOR = 0.002;
/** Densities below this count as this much. */
const LOWEST_DENSITY = 1e-4;
/** Radial nodes of the moments. */
const NODES = 32;
/** Atoms whose neighbours are held at a time. */
const CHUNK = 20000;
/** Steps of one round, and rounds in which the noise scale follows the residuals. */
const ROBUST_STEPS = 40;
const ROUNDS = 5;

/**
 * A flexible embedded-atom model of the energies of a set of structures: about thirty numbers, fitted in a fraction of a second
 * by Levenberg-Marquardt with a Cauchy loss, so that a few wrong energies do not bend it. It serves as a judge of data, not as a
 * potential: a structure whose energy it cannot reproduce from the others is worth a look.
 */
export class FlexibleModel {
  readonly count: number;
  /** number of coefficients without the energy zeros */
  readonly size: number;
  readonly map: RadialMap;
  /** shape (structures, pair terms) */
  private readonly pairSums: Float64Array;
  /** shape (rows, density terms) */
  private readonly densitySums: Float64Array;
  /** shape (rows) */
  private readonly weights: Float64Array;
  /** shape (structures + 1) */
  private readonly rowStart: Int32Array;
  /** tapered Chebyshev terms at the nodes, shape (terms, K) */
  private readonly nodal: Float64Array;
  /** inverse widths of the prior, shape (size) */
  readonly prior: Float64Array;

  /**
   * @param structures of one element
   * @param range Å; `shortest` is at most the shortest distance of all structures
   */
  constructor(
    structures: readonly Structure[],
    range: { shortest: number; cutoff: number },
    readonly shape: FlexibleShape = flexibleShape(structures.length),
    progress?: (done: number, of: number) => void,
  ) {
    this.count = structures.length;
    this.size = shape.pair + shape.density + shape.embedding;
    this.map = radialMap(range.shortest, range.cutoff, NODES);
    const terms = Math.max(shape.pair, shape.density);
    this.nodal = new Float64Array(terms * NODES);
    for (let k = 0; k < NODES; k++) {
      const values = flexibleTerms(this.map.nodes[k]!, range.shortest, range.cutoff, terms);
      for (let q = 0; q < terms; q++) this.nodal[q * NODES + k] = values[q]!;
    }
    this.pairSums = new Float64Array(this.count * shape.pair);
    this.rowStart = new Int32Array(this.count + 1);
    const weights: Float64Array[] = [];
    const sums: Float64Array[] = [];
    let rows = 0;
    // neighbours of a few structures at a time: only a dozen numbers of each unique atom are kept
    for (let at = 0; at < this.count; ) {
      let end = at;
      for (let atoms = 0; end < this.count && (end === at || atoms + structures[end]!.species.length <= CHUNK); end++)
        atoms += structures[end]!.species.length;
      const table = buildMoments(collectNeighbours(structures.slice(at, end), range.cutoff), NODES, range.shortest);
      this.pairSums.set(this.project(table.pair, end - at, shape.pair), at * shape.pair);
      sums.push(this.project(table.rows, table.weights.length, shape.density));
      weights.push(table.weights);
      for (let s = at; s < end; s++) this.rowStart[s + 1] = rows + table.rowStart[s - at + 1]!;
      rows += table.weights.length;
      at = end;
      progress?.(end, this.count);
    }
    this.weights = concatenate(weights);
    this.densitySums = concatenate(sums);
    this.prior = new Float64Array(this.size);
    // typical sizes: a few eV for pair and embedding terms; the density is of the order of one for twelve neighbours
    for (let q = 0; q < shape.pair; q++) this.prior[q] = (shape.ridge * (1 + q * q)) / 3;
    for (let q = 0; q < shape.density; q++) this.prior[shape.pair + q] = (shape.ridge * (1 + q * q)) / 0.3;
    for (let q = 0; q < shape.embedding; q++) this.prior[shape.pair + shape.density + q] = (shape.ridge * (1 + q)) / 3;
  }

  private project(sums: Float64Array, count: number, terms: number): Float64Array {
    const out = new Float64Array(count * terms);
    for (let s = 0; s < count; s++)
      for (let q = 0; q < terms; q++) {
        let v = 0;
        for (let k = 0; k < NODES; k++) v += sums[s * NODES + k]! * this.nodal[q * NODES + k]!;
        out[s * terms + q] = v;
      }
    return out;
  }

  /**
   * Robust fit. From scratch it starts with several fixed exponential densities, for which everything else is linear, and keeps the
   * best; steps on a coarse scale come first, then rounds in which the scale of the Cauchy loss follows the residuals.
   * @param start a fit of nearly the same task, which saves most of the work
   */
  fit(task: FlexibleTask, start?: FlexibleFit): FlexibleFit {
    const solver = new FlexibleSolver(this, task);
    let p = start?.parameters.slice() ?? solver.begin(this.starts());
    let sigma = start ? noiseScale(solver.residuals(p), task) : new Float64Array(this.count).fill(0.03);
    for (let round = 0; round < (start ? 2 : ROUNDS); round++) {
      p = solver.improve(p, sigma, start ? ROBUST_STEPS / 2 : ROBUST_STEPS);
      sigma = noiseScale(solver.residuals(p), task);
    }
    const zeros = p.slice(this.size);
    return { parameters: p, zeros, zeroErrors: solver.zeroErrors(p, sigma), energies: this.energies(p, task.zeroOf), sigma };
  }

  /**
   * Energies of the fitted structures, each from a fit without its fold, eV/atom; structures that are not fitted get the energies
   * of `full`.
   * @param fold number of the fold of each structure
   */
  crossValidate(
    task: FlexibleTask,
    full: FlexibleFit,
    fold: ArrayLike<number>,
    progress?: (done: number, of: number) => void,
  ): Float64Array {
    const out = full.energies.slice();
    const folds = new Set<number>();
    for (let s = 0; s < this.count; s++) if (task.use[s]) folds.add(fold[s]!);
    let done = 0;
    for (const f of [...folds].sort((a, b) => a - b)) {
      const use = task.use.map((u, s) => (u && fold[s] !== f ? 1 : 0));
      const { energies } = this.fit({ ...task, use }, full);
      for (let s = 0; s < this.count; s++) if (task.use[s] && fold[s] === f) out[s] = energies[s]!;
      progress?.(++done, folds.size);
    }
    return out;
  }

  /** Energies of all structures, eV/atom. */
  energies(p: Float64Array, zeroOf?: Int32Array): Float64Array {
    const out = new Float64Array(this.count);
    this.evaluate(p, zeroOf, out);
    return out;
  }

  /**
   * Energies (structures), with their derivatives along the parameters (structures, parameters) when asked for, of the structures
   * marked in `only` (all when absent).
   */
  evaluate(p: Float64Array, zeroOf: Int32Array | undefined, energies: Float64Array, jacobian?: Float64Array, only?: Uint8Array): void {
    const { pair: nP, density: nD, embedding: nF } = this.shape;
    const { rowStart, weights } = this;
    const n = p.length;
    for (let s = 0; s < this.count; s++) {
      if (only && only[s] !== 1) continue;
      const zero = this.size + (zeroOf ? zeroOf[s]! : 0);
      const J = s * n;
      let e = p[zero]!;
      for (let q = 0; q < nP; q++) e += p[q]! * this.pairSums[s * nP + q]!;
      if (jacobian) {
        jacobian.fill(0, J, J + n);
        for (let q = 0; q < nP; q++) jacobian[J + q] = this.pairSums[s * nP + q]!;
        jacobian[J + zero] = 1;
      }
      for (let row = rowStart[s]!; row < rowStart[s + 1]!; row++) {
        let rho = FLEXIBLE_FLOOR;
        for (let q = 0; q < nD; q++) rho += p[nP + q]! * this.densitySums[row * nD + q]!;
        const t = Math.sqrt(Math.max(rho, LOWEST_DENSITY));
        const w = weights[row]!;
        let power = w;
        let slope = 0;
        for (let m = 0; m < nF; m++) {
          const c = p[nP + nD + m]!;
          slope += (m + 1) * c * power;
          power *= t;
          e += c * power;
          if (jacobian) jacobian[J + nP + nD + m]! += power;
        }
        if (!jacobian || rho < LOWEST_DENSITY) continue;
        const g = slope / (2 * t);
        for (let q = 0; q < nD; q++) jacobian[J + nP + q]! += g * this.densitySums[row * nD + q]!;
      }
      energies[s] = e;
    }
  }

  /**
   * What keeps densities meaningful, as squares of residuals: their mean near one (the scale of the density is a convention), none
   * negative. Returns the sum; adds to the Gauss-Newton matrix (lower triangle, n wide) and right-hand side when given.
   */
  densityPenalty(p: Float64Array, only: Uint8Array, n: number, a?: Float64Array, b?: Float64Array): number {
    const { pair: nP, density: nD } = this.shape;
    const mean = new Float64Array(nD);
    let count = 0;
    let total = 0;
    const add = (sums: Float64Array, at: number, residual: number, scale: number) => {
      total += residual * residual * scale;
      if (!a || !b) return;
      for (let q = 0; q < nD; q++) {
        b[nP + q]! -= sums[at + q]! * residual * scale;
        for (let m = 0; m <= q; m++) a[(nP + q) * n + nP + m]! += sums[at + q]! * sums[at + m]! * scale;
      }
    };
    for (let s = 0; s < this.count; s++) {
      if (only[s] !== 1) continue;
      count++;
      for (let row = this.rowStart[s]!; row < this.rowStart[s + 1]!; row++) {
        let rho = 0;
        for (let q = 0; q < nD; q++) {
          rho += p[nP + q]! * this.densitySums[row * nD + q]!;
          mean[q]! += this.weights[row]! * this.densitySums[row * nD + q]!;
        }
        if (rho < 0) add(this.densitySums, row * nD, rho, this.weights[row]! / 0.01 ** 2);
      }
    }
    let rho = 0;
    for (let q = 0; q < nD; q++) {
      mean[q]! /= Math.max(1, count);
      rho += mean[q]! * p[nP + q]!;
    }
    add(mean, 0, rho - 1, 1 / 0.1 ** 2);
    return total;
  }

  /** The potential of a fit for one element, its radial functions tabulated finely. Energies count from the isolated atom. */
  potential(fit: FlexibleFit, element: string): EamPotential {
    const { pair: nP, density: nD, embedding: nF } = this.shape;
    const p = fit.parameters;
    const pair = this.tabulate(p.subarray(0, nP));
    const density = this.tabulate(p.subarray(nP, nP + nD));
    const embedding: ScalarFunction = {
      evaluate(rho, derivative) {
        const t = Math.sqrt(Math.max(rho + FLEXIBLE_FLOOR, LOWEST_DENSITY));
        let value = 0;
        let slope = 0;
        for (let m = nF; m >= 1; m--) {
          slope = slope * t + m * p[nP + nD + m - 1]!;
          value = (value + p[nP + nD + m - 1]!) * t;
        }
        derivative[0] = slope / (2 * t);
        return value;
      },
    };
    return { elements: [element], cutoff: this.map.cutoff, pair: () => pair, density: () => density, embedding: () => embedding };
  }

  /** Forces (eV/Å) and stress (eV/Å³) of a fit; structures are of one element. */
  calculator(fit: FlexibleFit): (structure: Structure) => Evaluation {
    return (structure) => evaluateEam(this.potential(fit, structure.species[0] ?? 'X'), structure);
  }

  private tabulate(coefficients: Float64Array): ScalarFunction {
    const { shortest, cutoff } = this.map;
    const n = 2000;
    const step = (cutoff - shortest) / n;
    const values = new Float64Array(n + 1);
    for (let i = 0; i < n; i++) {
      const terms = flexibleTerms(shortest + i * step, shortest, cutoff, coefficients.length);
      for (let q = 0; q < coefficients.length; q++) values[i]! += coefficients[q]! * terms[q]!;
    }
    const table = new LammpsSpline(values, step, 'hold');
    return {
      evaluate(r, derivative) {
        if (r < cutoff) return table.evaluate(Math.max(0, r - shortest), derivative);
        derivative[0] = 0;
        return 0;
      },
    };
  }

  /** Densities exp(-beta (r/r0 - 1)) / 12 as coefficients, r0 being the typical nearest distance: starts of a fit. */
  private starts(): Float64Array[] {
    const { map } = this;
    const K = NODES;
    const n = this.shape.density;
    const r0 = map.cutoff / CUTOFF_IN_NEAREST;
    return [3, 5, 7, 9].map((beta) => {
      const a = new Float64Array(n * n);
      const b = new Float64Array(n);
      for (let k = 0; k < K; k++) {
        const r = map.nodes[k]!;
        if (r < 0.7 * r0) continue;
        const y = (Math.exp(-beta * (r / r0 - 1)) / 12) * taper(r, map.cutoff);
        for (let q = 0; q < n; q++) {
          b[q]! += this.nodal[q * K + k]! * y;
          for (let m = 0; m <= q; m++) a[q * n + m]! += this.nodal[q * K + k]! * this.nodal[m * K + k]!;
        }
      }
      for (let q = 0; q < n; q++) a[q * n + q]! += 1e-6 * (1 + q ** 4);
      const out = new Float64Array(this.size);
      out.set(solveCholesky(a, b, n) ?? [], this.shape.pair);
      return out;
    });
  }
}

/** Cutoff of the flexible model in typical nearest distances; wider ones fit better and see wrong energies worse (docs/audit.md). */
export const CUTOFF_IN_NEAREST = 2.4;

function concatenate(parts: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function taper(r: number, cutoff: number): number {
  return quinticTaper.evaluate(r, cutoff, 0.4 * cutoff, new Float64Array(1));
}

/** The tapered Chebyshev terms of the flexible model at a distance r (Å). */
export function flexibleTerms(r: number, shortest: number, cutoff: number, terms: number): Float64Array {
  const s = Math.max(-1, Math.min(1, reduced(r, shortest, cutoff)));
  const angle = Math.acos(s);
  const factor = taper(r, cutoff);
  return Float64Array.from({ length: terms }, (_, q) => Math.cos(q * angle) * factor);
}
