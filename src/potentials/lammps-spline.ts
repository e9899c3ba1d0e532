import type { ScalarFunction } from './eam.js';

/**
 * A function tabulated at x = 0, dx, 2 dx, ... exactly as LAMMPS interpolates it: cubic pieces whose slopes at the grid
 * points are five-point estimates inside and two- and three-point ones at the ends (LAMMPS src/MANYBODY/pair_eam.cpp,
 * PairEAM::interpolate and PairEAM::compute, stable_29Sep2021 and stable_22Jul2025 alike).
 */
export class LammpsSpline implements ScalarFunction {
  readonly count: number;
  private readonly inverse: number;
  /** slopes times dx at the grid points */
  private readonly slopes: Float64Array;

  /**
   * @param values at x = i dx; at least 5
   * @param spacing dx
   * @param beyond what LAMMPS does past the last point: `hold` (pair and density) or `line` (embedding)
   */
  constructor(
    readonly values: Float64Array,
    readonly spacing: number,
    private readonly beyond: 'hold' | 'line',
  ) {
    const n = values.length;
    this.count = n;
    this.inverse = 1 / spacing;
    const f = values;
    const slopes = new Float64Array(n);
    slopes[0] = f[1]! - f[0]!;
    slopes[1] = 0.5 * (f[2]! - f[0]!);
    slopes[n - 2] = 0.5 * (f[n - 1]! - f[n - 3]!);
    slopes[n - 1] = f[n - 1]! - f[n - 2]!;
    for (let m = 2; m < n - 2; m++) slopes[m] = (f[m - 2]! - f[m + 2]! + 8 * (f[m + 1]! - f[m - 1]!)) / 12;
    this.slopes = slopes;
  }

  evaluate(x: number, derivative: Float64Array): number {
    const last = this.count - 1;
    const scaled = x * this.inverse;
    // below zero LAMMPS extrapolates the first piece
    const m = Math.max(0, Math.min(Math.trunc(scaled), last - 1));
    const p = Math.min(scaled - m, 1);
    const f0 = this.values[m]!;
    const f1 = this.values[m + 1]!;
    const s0 = this.slopes[m]!;
    const s1 = this.slopes[m + 1]!;
    const c2 = 3 * (f1 - f0) - 2 * s0 - s1;
    const c3 = s0 + s1 - 2 * (f1 - f0);
    let value = ((c3 * p + c2) * p + s0) * p + f0;
    const slope = ((3 * c3 * p + 2 * c2) * p + s0) * this.inverse;
    const end = last * this.spacing;
    if (this.beyond === 'line' && x > end) value += slope * (x - end);
    derivative[0] = slope;
    return value;
  }
}

/** A pair energy tabulated as r phi(r), as eam/alloy and eam/fs files hold it. */
export class LammpsPairSpline implements ScalarFunction {
  private readonly table: LammpsSpline;
  /** @param rTimesPhi r phi(r) at r = i dr, eV Å */
  constructor(rTimesPhi: Float64Array, spacing: number) {
    this.table = new LammpsSpline(rTimesPhi, spacing, 'hold');
  }

  evaluate(r: number, derivative: Float64Array): number {
    const z = this.table.evaluate(r, derivative);
    const phi = z / r;
    derivative[0] = (derivative[0]! - phi) / r;
    return phi;
  }
}
