import { withFunctions } from './adp.js';
import type { EamPotential, ScalarFunction } from './eam.js';
import { LammpsPairSpline, LammpsSpline } from './lammps-spline.js';

/** Spacing of the look-up table, Å. */
const STEP = 0.002;
/** Below this distance, Å, functions are evaluated as they are. */
const START = 1.2;

/**
 * A radial function looked up in a fine table of cubic pieces with exact values and slopes at the grid points, the last of which is
 * the cutoff. The error of a piece is h^4 f''''/384: below 1e-10 eV for metals' pair terms, whose fourth derivatives are of the order
 * of 1e3 eV/Å^4 at close approach. Distances below the table go to the function itself.
 */
export class SplinedFunction implements ScalarFunction {
  /** value and slope times the spacing at each point, shape (points, 2) */
  private readonly table: Float64Array;
  private readonly points: number;
  private readonly step: number;

  /** @param cutoff Å; zero from here on */
  constructor(
    private readonly exact: ScalarFunction,
    private readonly cutoff: number,
  ) {
    this.points = Math.max(1, Math.ceil((cutoff - START) / STEP));
    this.step = (cutoff - START) / this.points;
    this.table = new Float64Array(2 * (this.points + 1));
    const slope = new Float64Array(1);
    for (let k = 0; k <= this.points; k++) {
      // the last point stands just inside, where a function that is shifted to zero still has its slope
      const r = k === this.points ? cutoff * (1 - 1e-12) : START + k * this.step;
      this.table[2 * k] = exact.evaluate(r, slope);
      this.table[2 * k + 1] = slope[0]! * this.step;
    }
  }

  evaluate(r: number, derivative: Float64Array): number {
    if (r >= this.cutoff) {
      derivative[0] = 0;
      return 0;
    }
    if (!(r >= START)) return this.exact.evaluate(r, derivative);
    const at = (r - START) / this.step;
    const k = Math.min(this.points - 1, Math.floor(at));
    const x = at - k;
    const t = this.table;
    const f0 = t[2 * k]!;
    const g0 = t[2 * k + 1]!;
    const rise = t[2 * k + 2]! - f0;
    const g1 = t[2 * k + 3]!;
    const c2 = 3 * rise - 2 * g0 - g1;
    const c3 = g0 + g1 - 2 * rise;
    derivative[0] = (g0 + x * (2 * c2 + 3 * x * c3)) / this.step;
    return f0 + x * (g0 + x * (c2 + x * c3));
  }
}

/** The potential with its radial functions tabulated finely: for long equations several times faster, within 1e-8 eV/atom of them. */
export function splined(potential: EamPotential): EamPotential {
  const tables = new Map<ScalarFunction, SplinedFunction>();
  const fast = (f: ScalarFunction): ScalarFunction => {
    // already a table, and another one would only blur its pieces
    if (f instanceof LammpsSpline || f instanceof LammpsPairSpline) return f;
    let table = tables.get(f);
    if (!table) {
      table = new SplinedFunction(f, potential.cutoff);
      tables.set(f, table);
    }
    return table;
  };
  return withFunctions(potential, { radial: fast });
}
