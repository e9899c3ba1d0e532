import { determinant, multiplyRows } from '../../structures/structure.js';

/** Rows of coefficients (3, 3) times lattice vectors (rows). */
export function combined(coefficients: ArrayLike<number>, cell: Float64Array): Float64Array {
  return multiplyRows(coefficients, cell);
}

export function row(cell: Float64Array, d: number): Float64Array {
  return cell.subarray(3 * d, 3 * d + 3);
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
}

export function cross(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  return Float64Array.of(a[1]! * b[2]! - a[2]! * b[1]!, a[2]! * b[0]! - a[0]! * b[2]!, a[0]! * b[1]! - a[1]! * b[0]!);
}

export function norm(a: ArrayLike<number>): number {
  return Math.sqrt(dot(a, a));
}

/** Another right-handed basis of the same lattice with short vectors: pairwise reduction. */
export function shortened(cell: Float64Array): Float64Array {
  const out = cell.slice();
  for (let changed = true; changed; ) {
    changed = false;
    for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) if (i !== j && reduce(row(out, i), row(out, j))) changed = true;
  }
  if (determinant(out) < 0) for (let k = 0; k < 9; k++) out[k]! *= -1;
  return out;
}

/** Takes whole multiples of b from a so that a becomes shortest. @returns whether a changed */
export function reduce(a: Float64Array, b: ArrayLike<number>): boolean {
  const share = dot(a, b) / dot(b, b);
  // a tie would go back and forth for ever
  if (Math.abs(share) < 0.5 + 1e-9) return false;
  const count = Math.round(share);
  for (let d = 0; d < 3; d++) a[d]! -= count * b[d]!;
  return true;
}
