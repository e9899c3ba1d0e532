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
  /** value and slope times the spacing, shape (points, 2) */
  readonly values: Float64Array;
  /** the same of each derivative, zero for columns that are not its own, shape (points, 2, width) */
  readonly derivatives: Float64Array;
  /** stretch of the columns in a row of derivatives, both even: the kernel works on pairs */
  readonly first: number;
  readonly width: number;

  /** @param columnOf column of each parameter of the potential in a row of derivatives, -1 without one; undefined for the function alone */
  constructor(f: ParametricFunction, p: ArrayLike<number>, grid: RadialGrid, columnOf: Int32Array | undefined) {
    const which = columnOf ? f.parameters.flatMap((q, k) => (columnOf[q]! >= 0 ? [{ k, column: columnOf[q]! }] : [])) : [];
    const columns = which.map(({ column }) => column);
    this.first = columns.length === 0 ? 0 : Math.min(...columns) & ~1;
    this.width = columns.length === 0 ? 0 : even(Math.max(...columns) + 1) - this.first;
    const { first, width } = this;
    const { count } = grid;
    this.values = new Float64Array(2 * count);
    this.derivatives = new Float64Array(2 * count * width);
    const out = new Float64Array(1 + f.parameters.length);
    for (let g = 0; g < count; g++) {
      this.values[2 * g] = f.evaluate(grid.distance(g), p, out);
      for (const { k, column } of which) this.derivatives[2 * g * width + column - first] = out[1 + k]!;
    }
    differences(this.values, count, 1);
    differences(this.derivatives, count, width);
  }
}

/** The next even number. */
export function even(n: number): number {
  return n + (n & 1);
}

function differences(data: Float64Array, count: number, width: number): void {
  const row = 2 * width;
  for (let g = 2; g < count - 2; g++)
    for (let c = 0; c < width; c++) {
      const at = g * row + c;
      data[at + width] = (data[at - 2 * row]! - 8 * data[at - row]! + 8 * data[at + row]! - data[at + 2 * row]!) / 12;
    }
}
