import type { ScalarFunction } from '../potentials/eam.js';

/** The rows of a pair table file, evenly spaced in r. */
export interface PairRows {
  /** Å, of the first and the last row */
  inner: number;
  outer: number;
  /** eV */
  energy: Float64Array;
  /** -dE/dr, eV/Å */
  force: Float64Array;
  /** d force/dr at the first and the last row (FPRIME), eV/Å² */
  forceSlopes: readonly [number, number];
}

/**
 * What LAMMPS makes of a pair table with `pair_style table spline N` (src/pair_table.cpp): the file's rows are splined in r,
 * taken at N points evenly spaced in r squared, and splined there again, energy and force each for itself.
 */
export class LammpsPairTable implements ScalarFunction {
  private readonly innerSquared: number;
  private readonly delta: number;
  private readonly e: Float64Array;
  private readonly e2: Float64Array;
  private readonly f: Float64Array;
  private readonly f2: Float64Array;

  /**
   * @param n points of the internal table
   * @param endSlopes what LAMMPS takes for the slopes of the energy at both ends: versions up to 2022 forgot that they are
   * over r squared (`length`), later ones have `square`
   */
  constructor(rows: PairRows, n: number, endSlopes: 'length' | 'square' = 'length') {
    const { inner, outer, energy, force, forceSlopes } = rows;
    const count = energy.length;
    const r = Float64Array.from({ length: count }, (_, i) => inner + ((outer - inner) * i) / (count - 1));
    const e2file = splineCurvatures(r, energy, -force[0]!, -force[count - 1]!);
    const f2file = splineCurvatures(r, force, forceSlopes[0], forceSlopes[1]);
    this.innerSquared = inner * inner;
    this.delta = (outer * outer - this.innerSquared) / (n - 1);
    const squares = Float64Array.from({ length: n }, (_, i) => this.innerSquared + i * this.delta);
    this.e = squares.map((s) => splineValue(r, energy, e2file, Math.sqrt(s)));
    this.f = squares.map((s) => splineValue(r, force, f2file, Math.sqrt(s)));
    const first = endSlopes === 'length' ? 1 : 1 / (2 * inner);
    const last = endSlopes === 'length' ? 1 : 1 / (2 * outer);
    this.e2 = splineCurvatures(squares, this.e, -this.f[0]! * first, -this.f[n - 1]! * last);
    const low = (forceSlopes[0] / inner - this.f[0]! / this.innerSquared) / (2 * inner);
    const high = (forceSlopes[1] / outer - this.f[n - 1]! / (outer * outer)) / (2 * outer);
    for (let i = 0; i < n; i++) this.f[i]! /= Math.sqrt(squares[i]!);
    this.f2 = splineCurvatures(squares, this.f, low, high);
  }

  /** Pair energy (eV); `derivative[0]` is minus LAMMPS's force, which is a table of its own. */
  evaluate(r: number, derivative: Float64Array): number {
    const scaled = (r * r - this.innerSquared) / this.delta;
    const k = Math.max(0, Math.min(Math.trunc(scaled), this.e.length - 2));
    const b = scaled - k;
    const a = 1 - b;
    const third = (this.delta * this.delta) / 6;
    const value = (y: Float64Array, y2: Float64Array) =>
      a * y[k]! + b * y[k + 1]! + ((a * a * a - a) * y2[k]! + (b * b * b - b) * y2[k + 1]!) * third;
    derivative[0] = -r * value(this.f, this.f2);
    return value(this.e, this.e2);
  }
}

/** Second derivatives of the cubic spline with given end slopes (PairTable::spline, after Numerical Recipes). */
function splineCurvatures(x: Float64Array, y: Float64Array, first: number, last: number): Float64Array {
  const n = x.length;
  const y2 = new Float64Array(n);
  const u = new Float64Array(n);
  y2[0] = -0.5;
  u[0] = (3 / (x[1]! - x[0]!)) * ((y[1]! - y[0]!) / (x[1]! - x[0]!) - first);
  for (let i = 1; i < n - 1; i++) {
    const sig = (x[i]! - x[i - 1]!) / (x[i + 1]! - x[i - 1]!);
    const p = sig * y2[i - 1]! + 2;
    y2[i] = (sig - 1) / p;
    const bend = (y[i + 1]! - y[i]!) / (x[i + 1]! - x[i]!) - (y[i]! - y[i - 1]!) / (x[i]! - x[i - 1]!);
    u[i] = ((6 * bend) / (x[i + 1]! - x[i - 1]!) - sig * u[i - 1]!) / p;
  }
  const un = (3 / (x[n - 1]! - x[n - 2]!)) * (last - (y[n - 1]! - y[n - 2]!) / (x[n - 1]! - x[n - 2]!));
  y2[n - 1] = (un - 0.5 * u[n - 2]!) / (0.5 * y2[n - 2]! + 1);
  for (let k = n - 2; k >= 0; k--) y2[k] = y2[k]! * y2[k + 1]! + u[k]!;
  return y2;
}

function splineValue(x: Float64Array, y: Float64Array, y2: Float64Array, at: number): number {
  // the rows are evenly spaced
  const h = (x[x.length - 1]! - x[0]!) / (x.length - 1);
  const k = Math.max(0, Math.min(Math.floor((at - x[0]!) / h), x.length - 2));
  const width = x[k + 1]! - x[k]!;
  const a = (x[k + 1]! - at) / width;
  const b = (at - x[k]!) / width;
  return a * y[k]! + b * y[k + 1]! + (((a * a * a - a) * y2[k]! + (b * b * b - b) * y2[k + 1]!) * width * width) / 6;
}
