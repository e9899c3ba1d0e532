import { solveCholesky } from '../math/linear.js';

/** An equation of state of third order. */
export interface BirchMurnaghan {
  /** energy at the minimum, eV */
  energy: number;
  /** volume at the minimum, Å³ */
  volume: number;
  /** bulk modulus at the minimum, eV/Å³ */
  bulkModulus: number;
  /** its derivative by pressure */
  derivative: number;
  /** root mean square of what the fit leaves, eV */
  residual: number;
}

/**
 * Least-squares fit of the third-order Birch-Murnaghan equation (F. Birch, Phys. Rev. 71, 809 (1947)), which is a polynomial of
 * third degree in V^(-2/3), so the fit is linear.
 * @param volumes Å³
 * @param energies eV
 * @returns undefined where the points have no minimum in their range
 */
export function fitBirchMurnaghan(volumes: readonly number[], energies: readonly number[]): BirchMurnaghan | undefined {
  const middle = volumes[Math.floor(volumes.length / 2)]!;
  const zero = energies[0]!;
  // x is 0 in the middle and of the order of 1 at the ends, for the sake of the normal equations
  const x = volumes.map((v) => 20 * ((middle / v) ** (2 / 3) - 1));
  const n = 4;
  const normal = new Float64Array(n * n);
  const right = new Float64Array(n);
  for (const [k, t] of x.entries())
    for (let i = 0; i < n; i++) {
      right[i]! += t ** i * (energies[k]! - zero);
      for (let j = 0; j < n; j++) normal[i * n + j]! += t ** (i + j);
    }
  const c = solveCholesky(normal, right, n);
  if (!c) return undefined;
  // minimum of c0 + c1 t + c2 t^2 + c3 t^3
  const root = Math.sqrt(c[2]! ** 2 - 3 * c[1]! * c[3]!);
  const t0 = -c[1]! / (c[2]! + root);
  if (!Number.isFinite(t0) || t0 < Math.min(...x) || t0 > Math.max(...x) || !(c[2]! + root > 0)) return undefined;
  const second = 2 * c[2]! + 6 * c[3]! * t0;
  const y = 1 + t0 / 20;
  const volume = middle * y ** -1.5;
  // dt/dV = 20 dy/dV with y = (middle / V)^(2/3)
  const slope = (-20 * (2 / 3) * y) / volume;
  const bulkModulus = volume * second * slope ** 2;
  // B' = -(1 + V E''' / E''), with the derivatives of t(V) by the chain rule
  const curvature = (20 * (2 / 3) * (5 / 3) * y) / volume ** 2;
  const third = 6 * c[3]! * slope ** 3 + 3 * second * slope * curvature;
  const value = (t: number) => c[0]! + t * (c[1]! + t * (c[2]! + t * c[3]!));
  const squares = x.reduce((sum, t, k) => sum + (value(t) + zero - energies[k]!) ** 2, 0);
  return {
    energy: value(t0) + zero,
    volume,
    bulkModulus,
    derivative: -1 - (volume * third) / (second * slope ** 2),
    residual: Math.sqrt(squares / x.length),
  };
}
