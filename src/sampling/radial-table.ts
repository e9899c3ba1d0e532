import type { ScalarFunction } from '../potentials/eam.js';

/**
 * Pair and density functions of one pair of elements on a common uniform grid, as cubic Hermite pieces with exact slopes. At
 * 4000 intervals the relative error of an inverse ninth power is below 1e-8 from a sixth of the cutoff on, and a look-up costs
 * a tenth of evaluating printed equations.
 */
export interface RadialTable {
  /** Å; below it the functions themselves are to be asked */
  start: number;
  inverseStep: number;
  /** pair, step * slope of pair, density, step * slope of density at each grid point, shape (intervals + 1, 4) */
  values: Float64Array;
  pair: ScalarFunction;
  density: ScalarFunction;
}

/** @param cutoff Å; @param start lower end of the grid, Å */
export function radialTable(pair: ScalarFunction, density: ScalarFunction, cutoff: number, start: number, intervals = 4000): RadialTable {
  const step = (cutoff - start) / intervals;
  const values = new Float64Array(4 * (intervals + 1));
  const slope = new Float64Array(1);
  for (let k = 0; k <= intervals; k++) {
    // a shifted function jumps in slope at the cutoff: the table wants the slope from inside
    const r = k === intervals ? cutoff * (1 - 1e-13) : start + k * step;
    values[4 * k] = pair.evaluate(r, slope);
    values[4 * k + 1] = slope[0]! * step;
    values[4 * k + 2] = density.evaluate(r, slope);
    values[4 * k + 3] = slope[0]! * step;
  }
  return { start, inverseStep: 1 / step, values, pair, density };
}
