import { fractionalPositions, inverse, multiplyRows, type Structure, volume } from '../../structures/structure.js';

/** Largest difference of two arrays of numbers. */
export function cellDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let k = 0; k < a.length; k++) largest = Math.max(largest, Math.abs(a[k]! - b[k]!));
  return largest;
}

/** Strain that takes the cell `from` to the cell `to` (engineering shears left out: yz is the tensor component), in per cent. */
export function strainText(from: Float64Array, to: Float64Array): string {
  // rows: to = from (1 + strain)
  const f = multiplyRows(inverse(from), to);
  const symmetric = [f[0]! - 1, f[4]! - 1, f[8]! - 1, (f[5]! + f[7]!) / 2, (f[2]! + f[6]!) / 2, (f[1]! + f[3]!) / 2];
  const names = ['xx', 'yy', 'zz', 'yz', 'xz', 'xy'];
  const text = symmetric.flatMap((e, k) => (Math.abs(e) < 2e-5 ? [] : [`${names[k]} ${e > 0 ? '+' : ''}${(100 * e).toFixed(3)} %`]));
  return text.length > 0 ? text.join(', ') : 'none';
}

/** Whether there is vacuum along a lattice vector: a layer without atoms much wider than the distances in the structure. */
export function hasGap(structure: Structure, direction: number): boolean {
  const u = fractionalPositions(structure);
  const n = structure.species.length;
  const along = Array.from({ length: n }, (_, i) => u[3 * i + direction]! - Math.floor(u[3 * i + direction]!)).sort((a, b) => a - b);
  let gap = 1 - along[n - 1]! + along[0]!;
  for (let i = 1; i < n; i++) gap = Math.max(gap, along[i]! - along[i - 1]!);
  const c = structure.cell;
  const [a, b] = [(direction + 1) % 3, (direction + 2) % 3];
  const area = Math.hypot(
    c[3 * a + 1]! * c[3 * b + 2]! - c[3 * a + 2]! * c[3 * b + 1]!,
    c[3 * a + 2]! * c[3 * b]! - c[3 * a]! * c[3 * b + 2]!,
    c[3 * a]! * c[3 * b + 1]! - c[3 * a + 1]! * c[3 * b]!,
  );
  return (gap * volume(c)) / area > 4.5;
}
