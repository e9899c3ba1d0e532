import type { ParametricFunction } from '../potentials/zjw04/parametric.js';

/** Spacing of the tables, Å. */
const STEP = 0.01;
/** Points before the shortest distance and after the cutoff, for the differences. */
const MARGIN = 3;

/** The even grid of distances of all tables, Å. */
export class RadialGrid {
  readonly from: number;
  readonly count: number;
  readonly inverseStep = 1 / STEP;

  constructor(shortest: number, cutoff: number) {
    this.from = shortest - MARGIN * STEP;
    this.count = Math.ceil((cutoff - this.from) / STEP) + MARGIN;
  }

  distance(g: number): number {
    return this.from + g * STEP;
  }
}

/**
 * A function and its derivatives along some of its parameters as tables over distance, interpolated by cubics. The slopes at the points are fourth-order
 * differences of the values, so that the interpolated derivatives are exactly those of the interpolated function.
 */
export class FunctionTable {
  /** value and slope times the spacing of each column at each point, shape (points, columns, 2); column 0 is the function itself */
  readonly data: Float64Array;
  readonly width: number;
  /** column of the parameters in a row of derivatives, shape (columns - 1) */
  readonly columns: Int32Array;

  /** @param columnOf column of each parameter of the potential in a row of derivatives, -1 without one; undefined for the function alone */
  constructor(f: ParametricFunction, p: ArrayLike<number>, grid: RadialGrid, columnOf: Int32Array | undefined) {
    const which = columnOf ? f.parameters.flatMap((q, k) => (columnOf[q]! >= 0 ? [k] : [])) : [];
    this.columns = Int32Array.from(which, (k) => columnOf![f.parameters[k]!]!);
    const width = 1 + which.length;
    this.width = width;
    const { count } = grid;
    const data = new Float64Array(2 * count * width);
    const out = new Float64Array(1 + f.parameters.length);
    for (let g = 0; g < count; g++) {
      data[2 * g * width] = f.evaluate(grid.distance(g), p, out);
      which.forEach((k, c) => {
        data[2 * (g * width + c + 1)] = out[1 + k]!;
      });
    }
    const row = 2 * width;
    for (let g = 2; g < count - 2; g++)
      for (let c = 0; c < row; c += 2) {
        const at = g * row + c;
        data[at + 1] = (data[at - 2 * row]! - 8 * data[at - row]! + 8 * data[at + row]! - data[at + 2 * row]!) / 12;
      }
    this.data = data;
  }
}

/** Slope of the last function that was looked up. */
export const found = new Float64Array(1);

/** Value of a function at place x of piece g; its slope is left in `found`. */
export function lookUp({ data, width }: FunctionTable, g: number, x: number, inverseStep: number): number {
  const at = 2 * g * width;
  const next = at + 2 * width;
  const v0 = data[at]!;
  const s0 = data[at + 1]!;
  const rise = data[next]! - v0;
  const s1 = data[next + 1]!;
  const c2 = 3 * rise - 2 * s0 - s1;
  const c3 = s0 + s1 - 2 * rise;
  found[0] = (s0 + x * (2 * c2 + 3 * x * c3)) * inverseStep;
  return v0 + x * (s0 + x * (c2 + x * c3));
}

/** Adds the derivatives of a function's value, times a factor, to a row. */
export function addValues(
  { data, width, columns }: FunctionTable,
  g: number,
  x: number,
  factor: number,
  row: Float64Array,
  to: number,
): void {
  const x2 = x * x;
  const h1 = factor * x2 * (3 - 2 * x);
  const h0 = factor - h1;
  const d0 = factor * x * (1 - x) * (1 - x);
  const d1 = factor * x2 * (x - 1);
  let at = 2 * (g * width + 1);
  let next = at + 2 * width;
  for (let c = 0; c < columns.length; c++, at += 2, next += 2)
    row[to + columns[c]!]! += h0 * data[at]! + d0 * data[at + 1]! + h1 * data[next]! + d1 * data[next + 1]!;
}

/** Adds the derivatives of a function's slope, times a factor over the spacing, to a row. */
export function addSlopes({ data, width, columns }: FunctionTable, g: number, x: number, factor: number, row: Float64Array): void {
  const h1 = 6 * x * (1 - x) * factor;
  const d0 = (1 - x) * (1 - 3 * x) * factor;
  const d1 = x * (3 * x - 2) * factor;
  let at = 2 * (g * width + 1);
  let next = at + 2 * width;
  for (let c = 0; c < columns.length; c++, at += 2, next += 2)
    row[columns[c]!]! += h1 * (data[next]! - data[at]!) + d0 * data[at + 1]! + d1 * data[next + 1]!;
}

/** Adds value times one vector and slope times another for each derivative of a function. */
export function addVectors(
  { data, width, columns }: FunctionTable,
  g: number,
  x: number,
  inverseStep: number,
  place: Int32Array,
  out: Float64Array,
  vx: number,
  vy: number,
  vz: number,
  sx: number,
  sy: number,
  sz: number,
): void {
  let at = 2 * (g * width + 1);
  let next = at + 2 * width;
  for (let c = 0; c < columns.length; c++, at += 2, next += 2) {
    const v0 = data[at]!;
    const s0 = data[at + 1]!;
    const rise = data[next]! - v0;
    const s1 = data[next + 1]!;
    const c2 = 3 * rise - 2 * s0 - s1;
    const c3 = s0 + s1 - 2 * rise;
    const slope = (s0 + x * (2 * c2 + 3 * x * c3)) * inverseStep;
    const value = v0 + x * (s0 + x * (c2 + x * c3));
    const to = 3 * place[columns[c]!]!;
    out[to]! += value * vx + slope * sx;
    out[to + 1]! += value * vy + slope * sy;
    out[to + 2]! += value * vz + slope * sz;
  }
}
