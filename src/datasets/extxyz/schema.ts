import type { Format } from '../format.js';
import { readExtxyz } from './read.js';
import { writeExtxyz } from './write.js';

/**
 * Extended XYZ (libAtoms/extxyz, ASE). Positions Å, energy eV, forces eV/Å. Lattice="a1 a2 a3 b1 b2 b3 c1 c2 c3" lists the lattice
 * vectors one after another. `stress` is eV/Å³, positive = tension, nine numbers or six in the order xx yy zz yz xz xy (ASE).
 * `virial` is eV; stress = -virial/V (ASE, GAP, MACE, NequIP: "virial = -stress x volume", NequIP guide, Conventions).
 */
export const extxyz: Format = {
  name: 'extxyz',
  description: 'extended XYZ of ASE, GAP and MACE; plain XYZ',
  sniff: (name, head) => /\.(ext)?xyz$/i.test(name) || /^\uFEFF?\s*\d+[ \t]*\r?\n/.test(head),
  read: readExtxyz,
  write: writeExtxyz,
};
