import type { Structure } from '../structures/structure.js';

/** A copy that shares nothing; labels of a frame are not carried over. */
export function copyStructure(structure: Structure): Structure {
  return {
    cell: structure.cell.slice(),
    pbc: [...structure.pbc],
    species: [...structure.species],
    positions: structure.positions.slice(),
  };
}
