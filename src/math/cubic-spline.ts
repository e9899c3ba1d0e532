/** Evenly spaced knots of a cubic spline with given end slopes; past the ends it goes on as straight lines. */
export interface SplineKnots {
  /** position of the first knot */
  first: number;
  /** position of the last knot */
  last: number;
  /** values at the knots, shape (n), n at least 2 */
  values: Float64Array;
  /** slopes at the first and the last knot */
  slopes: readonly [number, number];
}

/**
 * Slopes times the knot spacing at all knots of the twice continuously differentiable cubic spline through `values` (n), written to
 * `out` (n).
 * @param first slope at the first knot times the spacing
 * @param last slope at the last knot times the spacing
 */
export function scaledSlopes(values: ArrayLike<number>, first: number, last: number, out: Float64Array): void {
  const n = values.length;
  out[0] = first;
  out[n - 1] = last;
  // s[i-1] + 4 s[i] + s[i+1] = 3 (y[i+1] - y[i-1]) by elimination; the pivots follow from the recursion alone
  const pivots = new Float64Array(n);
  let pivot = 4;
  for (let i = 1; i < n - 1; i++) {
    const right = 3 * (values[i + 1]! - values[i - 1]!) - (i === n - 2 ? last : 0);
    if (i > 1) pivot = 4 - 1 / pivot;
    pivots[i] = pivot;
    out[i] = (right - out[i - 1]!) / pivot;
  }
  for (let i = n - 3; i > 0; i--) out[i]! -= out[i + 1]! / pivots[i]!;
}

/**
 * The cubic spline of LAMMPS's `pair_style meam/spline` (PairMEAMSpline::SplineFunction): clamped at both ends, continued as straight
 * lines.
 */
export class CubicSpline {
  readonly count: number;
  /** distance of neighbouring knots */
  readonly spacing: number;
  /** slopes at the knots times the spacing, shape (n) */
  readonly scaled: Float64Array;

  constructor(readonly knots: SplineKnots) {
    const { values, slopes, first, last } = knots;
    this.count = values.length;
    this.spacing = (last - first) / (this.count - 1);
    this.scaled = new Float64Array(this.count);
    scaledSlopes(values, slopes[0] * this.spacing, slopes[1] * this.spacing, this.scaled);
  }

  /** Value at x; the slope is written to `derivative[0]`. */
  evaluate(x: number, derivative: Float64Array): number {
    const { first, last, values, slopes } = this.knots;
    const n = this.count;
    if (x <= first || x >= last) {
      const [at, end] = x <= first ? [0, first] : [n - 1, last];
      const slope = slopes[x <= first ? 0 : 1];
      derivative[0] = slope;
      return values[at]! + slope * (x - end);
    }
    const t = (x - first) / this.spacing;
    const k = Math.min(n - 2, Math.floor(t));
    const u = t - k;
    const rise = values[k + 1]! - values[k]!;
    const [s0, s1] = [this.scaled[k]!, this.scaled[k + 1]!];
    const c2 = 3 * rise - 2 * s0 - s1;
    const c3 = s0 + s1 - 2 * rise;
    derivative[0] = (s0 + u * (2 * c2 + 3 * u * c3)) / this.spacing;
    return values[k]! + u * (s0 + u * (c2 + u * c3));
  }

  /** Second derivatives at the knots, shape (n). */
  curvatures(): Float64Array {
    const { values } = this.knots;
    const n = this.count;
    const h2 = this.spacing ** 2;
    return Float64Array.from({ length: n }, (_, k) =>
      k < n - 1
        ? (6 * (values[k + 1]! - values[k]!) - 4 * this.scaled[k]! - 2 * this.scaled[k + 1]!) / h2
        : (-6 * (values[k]! - values[k - 1]!) + 2 * this.scaled[k - 1]! + 4 * this.scaled[k]!) / h2,
    );
  }
}

/**
 * Values and scaled slopes at the knots as linear functions of the parameters [values (n), first slope, last slope]: a matrix of shape
 * (2 n, n + 2), rows value 0, slope 0, value 1, slope 1, ...
 */
export function hermiteMatrix(n: number, spacing: number): Float64Array {
  const columns = n + 2;
  const out = new Float64Array(2 * n * columns);
  const values = new Float64Array(n);
  const slopes = new Float64Array(n);
  for (let c = 0; c < columns; c++) {
    values.fill(0);
    if (c < n) values[c] = 1;
    scaledSlopes(values, c === n ? spacing : 0, c === n + 1 ? spacing : 0, slopes);
    for (let k = 0; k < n; k++) {
      out[2 * k * columns + c] = values[k]!;
      out[(2 * k + 1) * columns + c] = slopes[k]!;
    }
  }
  return out;
}
