import { multiplyRows, type Structure } from '../structures/structure.js';

/** A structure under a homogeneous strain. @param strain symmetric tensor, shape (3, 3) */
export function strained(structure: Structure, strain: readonly number[]): Structure {
  const map = strain.map((x, k) => x + (k % 4 === 0 ? 1 : 0));
  return { ...structure, cell: multiplyRows(structure.cell, map), positions: multiplyRows(structure.positions, map) };
}
