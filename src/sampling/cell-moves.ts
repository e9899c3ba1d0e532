import type { RandomStream } from '../math/random.js';
import { determinant, inverse, multiplyRows, type Structure } from '../structures/structure.js';

/** How cells may change during sampling. Fractional coordinates stay. */
export interface CellMoves {
  /** allowed range of the volume per atom, Å³ */
  volume: readonly [number, number];
  /** largest strain component of the shape against the cell that the sampler started from; default 0, the shape is kept */
  maximumStrain?: number;
}

/**
 * A cell near the given one: the volume scaled by a random factor, the shape strained by a random traceless symmetric matrix.
 * @param step relative size of the change
 * @param origin lattice vectors that the limit of the strain counts from, shape (3, 3)
 * @returns undefined where the limits are passed, or, with probability 1 - (V'/V)^(n+1), for a shrinking cell: sampling is uniform
 *   over the volume and over positions in it, and steps are even in the logarithm of the volume
 */
export function proposeCell(
  structure: Structure,
  origin: Float64Array,
  moves: CellMoves,
  step: number,
  random: RandomStream,
): Structure | undefined {
  const n = structure.species.length;
  const scale = Math.exp(random.range(-step, step));
  const maximumStrain = moves.maximumStrain ?? 0;
  const stretch = Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  if (maximumStrain > 0) {
    const [xx, yy, zz, yz, xz, xy] = Array.from({ length: 6 }, () => random.range(-step, step)) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const mean = (xx + yy + zz) / 3;
    const strain = [xx - mean, xy, xz, xy, yy - mean, yz, xz, yz, zz - mean];
    for (let k = 0; k < 9; k++) stretch[k]! += strain[k]!;
  }
  const size = Math.cbrt(scale / determinant(stretch));
  for (let k = 0; k < 9; k++) stretch[k]! *= size;
  const cell = multiplyRows(structure.cell, stretch);
  const volume = Math.abs(determinant(cell)) / n;
  if (!(volume >= moves.volume[0] && volume <= moves.volume[1])) return undefined;
  if (random.uniform() >= scale ** (n + 1)) return undefined;
  if (maximumStrain > 0) {
    // deformation from the origin, with its volume change taken out
    const deformation = multiplyRows(inverse(origin), cell);
    const unit = Math.cbrt(Math.abs(determinant(deformation)));
    for (let k = 0; k < 9; k++) if (Math.abs(deformation[k]! / unit - (k % 4 === 0 ? 1 : 0)) > maximumStrain) return undefined;
  }
  return { ...structure, cell, positions: multiplyRows(structure.positions, stretch) };
}
