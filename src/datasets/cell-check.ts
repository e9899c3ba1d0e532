import { type ErrorPlace, InputError } from '../errors.js';
import { determinant } from '../structures/structure.js';

/**
 * Checks that the lattice vectors along periodic directions span a length, an area or a volume.
 * @param cell Å, shape (3, 3), rows are lattice vectors
 * @throws InputError
 */
export function checkCell(cell: ArrayLike<number>, pbc: readonly boolean[], place: ErrorPlace): void {
  const row = (d: number) => [cell[3 * d]!, cell[3 * d + 1]!, cell[3 * d + 2]!] as const;
  const lengths = [0, 1, 2].map((d) => Math.hypot(...row(d)));
  const periodic = [0, 1, 2].filter((d) => pbc[d]);
  for (const d of periodic)
    if (!(lengths[d]! > 1e-8))
      throw new InputError(`lattice vector ${d + 1} is zero, but the structure is periodic along it`, place, {
        hint: 'give the lattice vector, or set pbc to F along it',
      });
  // relative to the product of lengths, so that the test does not depend on the size of the cell
  let relative = 1;
  if (periodic.length === 3) relative = Math.abs(determinant(cell)) / (lengths[0]! * lengths[1]! * lengths[2]!);
  else if (periodic.length === 2) {
    const [u, v] = [row(periodic[0]!), row(periodic[1]!)];
    const area = Math.hypot(u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]);
    relative = area / (lengths[periodic[0]!]! * lengths[periodic[1]!]!);
  }
  if (relative < 1e-6)
    throw new InputError('the cell has no volume (its lattice vectors are dependent)', place, {
      hint: 'expected three independent lattice vectors, as rows, in Å',
    });
}
