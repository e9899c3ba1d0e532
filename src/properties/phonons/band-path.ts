import { inverse, multiplyRows, type Structure } from '../../structures/structure.js';
import { primitiveCell } from '../crystal/primitive.js';
import { dot, norm, row } from '../crystal/vectors.js';
import type { System } from '../system.js';

/** A wave vector in units of the reciprocal lattice vectors of the conventional cell. */
export type WaveVector = readonly [number, number, number];

/** Lattices whose special points are known by name. */
export type BandLattice = 'fcc' | 'bcc' | 'sc' | 'hexagonal' | 'other';

/** Names of special points, in units of the conventional cell's reciprocal vectors; `other`: of the primitive cell's. */
export const SPECIAL_POINTS: Readonly<Record<BandLattice, Readonly<Record<string, WaveVector>>>> = {
  fcc: { Γ: [0, 0, 0], X: [0, 0, 1], U: [0.25, 0.25, 1], K: [0.75, 0.75, 0], L: [0.5, 0.5, 0.5], W: [0.5, 0, 1] },
  bcc: { Γ: [0, 0, 0], H: [1, 0, 0], N: [0.5, 0.5, 0], P: [0.5, 0.5, 0.5] },
  sc: { Γ: [0, 0, 0], X: [0.5, 0, 0], M: [0.5, 0.5, 0], R: [0.5, 0.5, 0.5] },
  hexagonal: { Γ: [0, 0, 0], M: [0.5, 0, 0], K: [1 / 3, 1 / 3, 0], A: [0, 0, 0.5], L: [0.5, 0, 0.5], H: [1 / 3, 1 / 3, 0.5] },
  other: {
    Γ: [0, 0, 0],
    X: [0.5, 0, 0],
    S: [0.5, 0.5, 0],
    Y: [0, 0.5, 0],
    Z: [0, 0, 0.5],
    U: [0.5, 0, 0.5],
    R: [0.5, 0.5, 0.5],
    T: [0, 0.5, 0.5],
  },
};

/**
 * Standard paths (W. Setyawan and S. Curtarolo, Comput. Mater. Sci. 49, 299 (2010)), that of fcc in the order of seed figures:
 * Γ-X-U|K-Γ-L-W-X. Each list is gone through without a break.
 */
const PATHS: Readonly<Record<BandLattice, readonly string[]>> = {
  fcc: ['Γ X U', 'K Γ L W X'],
  bcc: ['Γ H N Γ P H', 'P N'],
  sc: ['Γ X M Γ R X', 'M R'],
  hexagonal: ['Γ M K Γ A L H A', 'L M', 'K H'],
  other: ['Γ X S Y Γ Z U R T Z'],
};

/** A straight piece of the path. */
export interface BandSegment {
  from: string;
  to: string;
  /** ends as fractions of the primitive cell's reciprocal vectors, what Phonopy wants */
  ends: readonly [Float64Array, Float64Array];
  /** length in the picture, units of 2π over the first lattice vector */
  length: number;
  /** the piece before does not end where this one begins */
  broken: boolean;
}

/** The primitive cell of a crystal with the path through its Brillouin zone. */
export interface BandPath {
  lattice: BandLattice;
  primitive: Structure;
  segments: BandSegment[];
  /** fractions of the primitive reciprocal vectors from multiples of the conventional ones */
  fractions(q: WaveVector): Float64Array;
  /** Cartesian, not normalised */
  cartesian(q: WaveVector): Float64Array;
}

/** The kind of lattice that a crystal has. Of `other` crystals those with cubic or hexagonal cells are recognised. */
export function bandLattice(system: System): BandLattice {
  if (system.kind === 'hcp') return 'hexagonal';
  if (system.kind === 'diamond') return 'fcc';
  if (system.kind !== 'other') return system.kind;
  const { start } = system;
  const [a, b, c] = [row(start.cell, 0), row(start.cell, 1), row(start.cell, 2)] as const;
  const equal = (x: number, y: number) => Math.abs(x - y) < 1e-4 * system.a0;
  const right = (x: Float64Array, y: Float64Array) => Math.abs(dot(x, y)) < 1e-4 * norm(x) * norm(y);
  const share = start.species.length / primitiveCell(start).species.length;
  if (equal(norm(a), norm(b)) && right(a, c) && right(b, c)) {
    if (equal(norm(a), norm(c)) && right(a, b)) {
      const lattice = { 1: 'sc', 2: 'bcc', 4: 'fcc' }[share];
      if (lattice) return lattice as BandLattice;
    }
    if (share === 1 && equal(dot(a, b) / norm(a), -norm(b) / 2)) return 'hexagonal';
  }
  return 'other';
}

/**
 * The path of a crystal.
 * @param crystal relaxed conventional cell; lengths in the picture are those of the cell before relaxation, so that the pictures of
 * several potentials lie upon each other
 */
export function bandPath(system: System, crystal: Structure): BandPath {
  const lattice = bandLattice(system);
  const primitive = primitiveCell(crystal);
  // rows of the primitive cell as combinations of those of the conventional one
  const combination =
    lattice === 'other' ? Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) : multiplyRows(primitive.cell, inverse(crystal.cell));
  const fractions = (q: WaveVector) => Float64Array.from([0, 1, 2], (d) => dot(row(combination, d), q));
  const reciprocal = (cell: Float64Array, q: WaveVector) => {
    const columns = inverse(cell);
    return Float64Array.from([0, 1, 2], (d) => dot(row(columns, d), q));
  };
  const drawn = lattice === 'other' ? primitiveCell(system.start).cell : system.start.cell;
  const points = SPECIAL_POINTS[lattice];
  const segments = PATHS[lattice].flatMap((path, p) => {
    const labels = path.split(' ');
    return labels.slice(1).map((to, k): BandSegment => {
      const from = labels[k]!;
      const [start, end] = [reciprocal(drawn, points[from]!), reciprocal(drawn, points[to]!)];
      return {
        from,
        to,
        ends: [fractions(points[from]!), fractions(points[to]!)],
        length: Math.hypot(...end.map((x, d) => x - start[d]!)) * Math.hypot(...row(drawn, 0)),
        broken: p > 0 && k === 0,
      };
    });
  });
  const own = lattice === 'other' ? primitive.cell : crystal.cell;
  return { lattice, primitive, segments, fractions, cartesian: (q) => reciprocal(own, q) };
}
