import { determinant, repeat, type Structure } from '../../structures/structure.js';
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
