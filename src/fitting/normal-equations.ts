/**
 * Adds one residual r with weight w and derivatives rows[at ... at + n) to a gradient (n) and to the lower triangle of a Gauss-Newton
 * matrix (n, n).
 */
export function addRow(
  rows: Float64Array,
  at: number,
  n: number,
  w: number,
  r: number,
  gradient: Float64Array,
  hessian?: Float64Array,
): void {
  for (let a = 0; a < n; a++) {
    const v = w * rows[at + a]!;
    if (v === 0) continue;
    gradient[a]! += v * r;
    if (hessian) for (let b = 0; b <= a; b++) hessian[a * n + b]! += v * rows[at + b]!;
  }
}
