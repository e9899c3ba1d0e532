import type { EmbeddingTable } from '../kernels/moment-kernel.js';
import type { EquationNetwork } from './equation-network.js';

/** The embedding function of a network at given densities. */
export interface EmbeddingDerivatives {
  /** F, eV, shape (n) */
  values: Float64Array;
  /** dF/drho, shape (n) */
  slopes: Float64Array;
  /** d2F/drho2, shape (n) */
  curvatures: Float64Array;
  /** dF/dp, shape (size, n) */
  byParameter: Float64Array;
  /** d2F/(drho dp), shape (size, n) */
  slopesByParameter: Float64Array;
}

/**
 * Values and derivatives at densities rho (with the floor). Powers of sqrt(rho) are differentiated in closed form, other networks
 * along rho by central differences (relative accuracy about 1e-8). At rho = 0, an atom without neighbours and without a floor, where
 * sqrt(rho) has no finite slope, slopes and curvatures are zero: nothing that could move that atom's density multiplies them.
 */
export function embeddingDerivatives(network: EquationNetwork, p: ArrayLike<number>, rho: Float64Array): EmbeddingDerivatives {
  const n = rho.length;
  const net = network.embedding;
  const at = network.offset.embedding;
  const out: EmbeddingDerivatives = {
    values: new Float64Array(n),
    slopes: new Float64Array(n),
    curvatures: new Float64Array(n),
    byParameter: new Float64Array(net.size * n),
    slopesByParameter: new Float64Array(net.size * n),
  };
  if (network.sqrtPowers) {
    const powers = network.sqrtPowers;
    for (let i = 0; i < n; i++) {
      const x = rho[i]!;
      if (x === 0) continue;
      const root = Math.sqrt(x);
      const inverse = 1 / x;
      for (let q = 0; q < powers.length; q++) {
        const m = powers[q]!;
        let power = root;
        for (let k = 1; k < m; k++) power *= root;
        const w = p[at + q]!;
        const e = 0.5 * m;
        const slope = e * power * inverse;
        out.byParameter[q * n + i] = power;
        out.slopesByParameter[q * n + i] = slope;
        out.values[i]! += w * power;
        out.slopes[i]! += w * slope;
        out.curvatures[i]! += w * slope * (e - 1) * inverse;
      }
    }
    return out;
  }
  net.evaluate(p, at, rho, out.values, out.byParameter);
  const step = rho.map((x) => 1e-4 * x);
  const above = new Float64Array(n);
  const below = new Float64Array(n);
  const aboveBy = new Float64Array(net.size * n);
  const belowBy = new Float64Array(net.size * n);
  net.evaluate(
    p,
    at,
    rho.map((x, i) => x + step[i]!),
    above,
    aboveBy,
  );
  net.evaluate(
    p,
    at,
    rho.map((x, i) => x - step[i]!),
    below,
    belowBy,
  );
  for (let i = 0; i < n; i++) {
    if (rho[i] === 0) continue;
    out.slopes[i] = (above[i]! - below[i]!) / (2 * step[i]!);
    out.curvatures[i] = (above[i]! - 2 * out.values[i]! + below[i]!) / (step[i]! * step[i]!);
    for (let q = 0; q < net.size; q++) out.slopesByParameter[q * n + i] = (aboveBy[q * n + i]! - belowBy[q * n + i]!) / (2 * step[i]!);
  }
  return out;
}

/**
 * F at the density floor, which every atom's energy is counted from; with dF/dp written to `byParameter` (embedding size). Zero where
 * F has no finite value there (a negative power without a floor), as in the printed potential.
 */
export function embeddingAtFloor(network: EquationNetwork, p: ArrayLike<number>, byParameter: Float64Array): number {
  const floor = network.settings.densityFloor;
  byParameter.fill(0);
  if (floor === 0 && network.sqrtPowers) return 0;
  const value = new Float64Array(1);
  const at = Float64Array.of(floor);
  // without derivatives, so that terms of weight zero have no say
  network.embedding.evaluate(p, network.offset.embedding, at, value);
  const result = value[0]!;
  if (!Number.isFinite(result)) return 0;
  network.embedding.evaluate(p, network.offset.embedding, at, value, byParameter);
  for (let q = 0; q < byParameter.length; q++) if (!Number.isFinite(byParameter[q]!)) byParameter[q] = 0;
  return result;
}

const INTERVALS = 400;

/** Hermite tables in sqrt(rho) for the compiled kernels, one per candidate, up to density `highest`. */
export function embeddingTables(network: EquationNetwork, candidates: readonly ArrayLike<number>[], highest: number): EmbeddingTable {
  const step = Math.sqrt(highest) / INTERVALS;
  // the first point stands a little above zero, where logarithms and roots have no finite slope
  const t = Float64Array.from({ length: INTERVALS + 1 }, (_, i) => Math.max(i, 1e-3) * step);
  const h = 1e-4 * step;
  const low = t.map((x) => (x - h) ** 2);
  const high = t.map((x) => (x + h) ** 2);
  const padded = Math.ceil(candidates.length / 4) * 4;
  const values = new Float64Array(padded * (INTERVALS + 1) * 2);
  const a = new Float64Array(INTERVALS + 1);
  const b = new Float64Array(INTERVALS + 1);
  for (let c = 0; c < padded; c++) {
    const p = candidates[Math.min(c, candidates.length - 1)]!;
    network.embedding.evaluate(p, network.offset.embedding, low, a);
    network.embedding.evaluate(p, network.offset.embedding, high, b);
    for (let i = 0; i <= INTERVALS; i++) {
      const at = (c * (INTERVALS + 1) + i) * 2;
      values[at] = 0.5 * (a[i]! + b[i]!);
      values[at + 1] = ((b[i]! - a[i]!) / (2 * h)) * step;
    }
  }
  return { intervals: INTERVALS, step, values };
}
