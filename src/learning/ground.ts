import { solveCholesky } from '../math/linear.js';
import type { Frame } from '../structures/structure.js';

/** Keeps the equations solvable where compositions do not tell elements apart, relative. */
const RIDGE = 1e-9;

/**
 * The lowest energy of labelled frames as a function of the composition, eV/atom: the plane through their energies, lowered until none
 * is below it. Of one element it is the lowest energy.
 * @param frames with energies
 */
export function groundOf(elements: readonly string[], frames: readonly Frame[]): (species: readonly string[]) => number {
  const n = elements.length;
  const shares = (species: readonly string[]): number[] =>
    elements.map((symbol) => species.filter((one) => one === symbol).length / species.length);
  const rows = frames.map((frame) => ({ x: shares(frame.species), energy: frame.energy! / frame.species.length }));
  const lowest = Math.min(...rows.map(({ energy }) => energy));
  if (n === 1) return () => lowest;
  const a = new Float64Array(n * n);
  const b = new Float64Array(n);
  for (const { x, energy } of rows)
    for (let p = 0; p < n; p++) {
      b[p]! += x[p]! * energy;
      for (let q = 0; q < n; q++) a[p * n + q]! += x[p]! * x[q]!;
    }
  for (let p = 0; p < n; p++) a[p * n + p]! += RIDGE * rows.length;
  const plane = solveCholesky(a, b, n);
  if (!plane) return () => lowest;
  const at = (x: readonly number[]): number => x.reduce((sum, share, p) => sum + share * plane[p]!, 0);
  const lower = Math.min(...rows.map(({ x, energy }) => energy - at(x)));
  return (species) => at(shares(species)) + lower;
}
