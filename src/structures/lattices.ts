import type { Structure } from './structure.js';

/** Conventional cubic cells: basis in fractional coordinates. */
const CUBIC_BASES = {
  sc: [0, 0, 0],
  bcc: [0, 0, 0, 0.5, 0.5, 0.5],
  fcc: [0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0],
  diamond: [0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0, 0.25, 0.25, 0.25, 0.25, 0.75, 0.75, 0.75, 0.25, 0.75, 0.75, 0.75, 0.25],
} as const;

export type CubicLattice = keyof typeof CUBIC_BASES;

/** Conventional cubic cell of one element; `a` is the lattice constant, Å. */
export function cubic(lattice: CubicLattice, symbol: string, a: number): Structure {
  const basis = CUBIC_BASES[lattice];
  return {
    cell: Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, a),
    pbc: [true, true, true],
    species: Array.from({ length: basis.length / 3 }, () => symbol),
    positions: Float64Array.from(basis, (x) => x * a),
  };
}
