import type { ScalarFunction } from '../potentials/eam.js';
import { LammpsSpline } from '../potentials/lammps-spline.js';

/**
 * An embedding function with both ends as a LAMMPS table holds them: below `rhoF` (0 for nowhere) the piecewise cubic that
 * LAMMPS makes of the table's first rows, from `rhoLine` on the straight line with which LAMMPS continues a table. `pair_style adp` has
 * no such line, but keeps the last energy: there F bends from `rhoLine` on, until it is constant from `flatFrom` on, since forces with a
 * slope that the energy does not have would heat what is so dense.
 *
 * The low end is for functions such as sqrt(rho) whose slope has no bound at zero: no uniform table follows them there. A
 * function that a table can follow has to be fixed by sampling and interpolating it; the interpolant itself is, with a
 * continuous slope. Twice differentiable polynomials (F(0) + a u + b u^n + c u^(n+1), n = 2 to 5) that a table of 200,000
 * rows holds to 1e-6 eV stay 3.5 times further from sqrt(rho), and over four times the densities.
 */
export class EdgedEmbedding implements ScalarFunction {
  private readonly low: LammpsSpline | undefined;
  private readonly atZero: number;
  private readonly slopeAtZero: number;
  private readonly lineValue: number;
  private readonly lineSlope: number;

  /** @param step of the table; `rhoF` is a whole number of steps */
  constructor(
    private readonly f: ScalarFunction,
    step: number,
    private readonly rhoF: number,
    private readonly rhoLine: number,
    private readonly flatFrom = Infinity,
  ) {
    const slope = new Float64Array(1);
    if (rhoF > 0) {
      // the last slopes of a table are poorer, so it goes on a little
      const rows = Math.round(rhoF / step) + 6;
      const values = Float64Array.from({ length: rows }, (_, i) => f.evaluate(i * step, slope));
      this.low = new LammpsSpline(values, step, 'hold');
    }
    this.atZero = f.evaluate(0, slope);
    this.slopeAtZero = Number.isFinite(slope[0]!) ? slope[0]! : 0;
    this.lineValue = f.evaluate(rhoLine, slope);
    this.lineSlope = slope[0]!;
  }

  evaluate(rho: number, derivative: Float64Array): number {
    if (rho > this.rhoLine) {
      const beyond = Math.min(rho, this.flatFrom) - this.rhoLine;
      // a parabola, a straight line where it is never flat
      const part = beyond / (this.flatFrom - this.rhoLine);
      derivative[0] = this.lineSlope * (1 - part);
      return this.lineValue + this.lineSlope * beyond * (1 - part / 2);
    }
    if (rho >= this.rhoF && rho > 0) return this.f.evaluate(rho, derivative);
    if (this.low) return this.low.evaluate(rho, derivative);
    derivative[0] = this.slopeAtZero;
    return this.atZero + this.slopeAtZero * rho;
  }
}
