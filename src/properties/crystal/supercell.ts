import { determinant, inverse, multiplyRows, repeat, type Structure } from '../../structures/structure.js';
import { cross, norm, row } from './vectors.js';

/** A crystal repeated until it is at least so wide (Å) between each pair of opposite faces. */
export function supercell(crystal: Structure, width: number): Structure {
  const { cell } = crystal;
  const volume = Math.abs(determinant(cell));
  const counts = [0, 1, 2].map((d) => {
    const distance = volume / norm(cross(row(cell, (d + 1) % 3), row(cell, (d + 2) % 3)));
    return Math.ceil(width / distance - 1e-9);
  });
  return repeat(crystal, counts as [number, number, number]);
}

/** The structure without one of its atoms. */
export function without(structure: Structure, atom: number): Structure {
  const { positions, species } = structure;
  return {
    ...structure,
    species: species.filter((_, i) => i !== atom),
    positions: positions.filter((_, k) => Math.floor(k / 3) !== atom),
  };
}

/** The structure with one atom more. */
export function withAtom(structure: Structure, symbol: string, position: ArrayLike<number>): Structure {
  return {
    ...structure,
    species: [...structure.species, symbol],
    positions: Float64Array.from([...structure.positions, position[0]!, position[1]!, position[2]!]),
  };
}

/** The shortest vectors among those that differ by lattice vectors, for cells that are not too oblique. @param vectors Å, shape (n, 3) */
export function shortest(vectors: ArrayLike<number>, cell: Float64Array): Float64Array {
  return multiplyRows(
    multiplyRows(vectors, inverse(cell)).map((x) => x - Math.round(x)),
    cell,
  );
}

/** Distance of the atom next to an atom of a supercell, Å. */
export function nearestDistance({ cell, positions }: Structure, atom = 0): number {
  const vectors = shortest(
    positions.map((x, k) => x - positions[3 * atom + (k % 3)]!),
    cell,
  );
  let nearest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < positions.length / 3; i++) if (i !== atom) nearest = Math.min(nearest, norm(vectors.subarray(3 * i, 3 * i + 3)));
  return nearest;
}
