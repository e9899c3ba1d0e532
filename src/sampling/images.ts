import { InputError } from '../errors.js';
import { determinant, inverse, type Structure } from '../structures/structure.js';

/** What is needed to visit all images of an atom near another: differences are reduced to the central cell, then shifted. */
export interface Images {
  /** Cartesian to fractional, shape (3, 3) row-major */
  inverse: Float64Array;
  /** number of shifts */
  count: number;
  /** lattice translations, Å, shape (count, 3): every one that can bring a reduced difference below the range */
  shifts: Float64Array;
}

/**
 * Images up to `range` (Å) in the cell of a structure. A difference is reduced by rounding its fractional coordinates to
 * [-1/2, 1/2]; it and all shifts of it then hold every image within the range, for any cell shape.
 * @throws InputError when the structure is not periodic in all three directions
 */
export function imagesWithin(structure: Structure, range: number): Images {
  const { cell, pbc } = structure;
  if (!pbc.every(Boolean))
    throw new InputError(
      'sampling needs a structure that is periodic in all three directions',
      {},
      { hint: 'put a cluster or a slab into a cell with vacuum around it' },
    );
  const inv = inverse(cell);
  const det = Math.abs(determinant(cell));
  const reach = [0, 1, 2].map((d) => {
    const a = ((d + 1) % 3) * 3;
    const b = ((d + 2) % 3) * 3;
    const height =
      det /
      Math.hypot(
        cell[a + 1]! * cell[b + 2]! - cell[a + 2]! * cell[b + 1]!,
        cell[a + 2]! * cell[b]! - cell[a]! * cell[b + 2]!,
        cell[a]! * cell[b + 1]! - cell[a + 1]! * cell[b]!,
      );
    return Math.ceil(range / height + 0.5);
  }) as [number, number, number];
  let halfDiagonal = 0;
  for (const u of [-0.5, 0.5])
    for (const v of [-0.5, 0.5])
      halfDiagonal = Math.max(halfDiagonal, Math.hypot(...[0, 1, 2].map((x) => u * cell[x]! + v * cell[3 + x]! + 0.5 * cell[6 + x]!)));
  const shifts: number[] = [];
  for (let a = -reach[0]; a <= reach[0]; a++)
    for (let b = -reach[1]; b <= reach[1]; b++)
      for (let c = -reach[2]; c <= reach[2]; c++) {
        const shift = [0, 1, 2].map((x) => a * cell[x]! + b * cell[3 + x]! + c * cell[6 + x]!);
        if (Math.hypot(...shift) < range + halfDiagonal) shifts.push(...shift);
      }
  return { inverse: inv, count: shifts.length / 3, shifts: Float64Array.from(shifts) };
}

/**
 * Shortest distance (Å) of atom `atom`, put at (x, y, z), to every other atom of the structure and all images, as far as it is
 * below the range of `images`; infinity otherwise. Its own images are left out: they do not move against it.
 */
export function closest(structure: Structure, images: Images, atom: number, x: number, y: number, z: number): number {
  const { positions, cell } = structure;
  const { inverse: inv, shifts, count } = images;
  let least = Infinity;
  for (let j = 0; j < structure.species.length; j++) {
    if (j === atom) continue;
    const dx = positions[3 * j]! - x;
    const dy = positions[3 * j + 1]! - y;
    const dz = positions[3 * j + 2]! - z;
    let u = dx * inv[0]! + dy * inv[3]! + dz * inv[6]!;
    let v = dx * inv[1]! + dy * inv[4]! + dz * inv[7]!;
    let w = dx * inv[2]! + dy * inv[5]! + dz * inv[8]!;
    u -= Math.round(u);
    v -= Math.round(v);
    w -= Math.round(w);
    const rx = u * cell[0]! + v * cell[3]! + w * cell[6]!;
    const ry = u * cell[1]! + v * cell[4]! + w * cell[7]!;
    const rz = u * cell[2]! + v * cell[5]! + w * cell[8]!;
    for (let s = 0; s < count; s++) {
      const qx = rx + shifts[3 * s]!;
      const qy = ry + shifts[3 * s + 1]!;
      const qz = rz + shifts[3 * s + 2]!;
      const r2 = qx * qx + qy * qy + qz * qz;
      if (r2 < least) least = r2;
    }
  }
  return Math.sqrt(least);
}
