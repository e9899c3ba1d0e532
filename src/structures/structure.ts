import { InputError } from '../errors.js';

/** An atomic structure. Lattice vectors are rows; units Å. */
export interface Structure {
  /** lattice vectors as rows, Å, shape (3, 3) row-major; all zero for a fully non-periodic structure without a cell */
  cell: Float64Array;
  /** periodicity along each lattice vector */
  pbc: [boolean, boolean, boolean];
  /** chemical symbol of each atom, shape (n) */
  species: string[];
  /** Cartesian coordinates, Å, shape (n, 3) row-major */
  positions: Float64Array;
}

/** Where a frame was read. */
export interface FrameOrigin {
  /** path as given by the user */
  file: string;
  /** 0-based position in that file */
  index: number;
  /** 1-based line of the frame's first line, for text formats */
  line?: number;
}

/** What computed a label, and with what. */
export interface LabelOrigin {
  /** vasp, gpaw, espresso, lammps, reference, ... */
  engine: string;
  /** of the program, as it calls itself */
  version: string;
  /** hash of everything that changes the numbers: functional, cutoff, k-points, potential file, ... */
  settings: string;
  /** hash of the input as the program got it */
  input: string;
  /** time from start to result, s; absent where a data file does not say */
  wallSeconds?: number;
  /** settings that were changed for this structure alone, after a failure */
  changed?: Record<string, string>;
}

/** A structure with the labels that a data set holds for it. Absent labels are undefined, never zero. */
export interface Frame extends Structure {
  /** total energy of the structure, eV */
  energy?: number;
  /** eV/Å, shape (n, 3) row-major */
  forces?: Float64Array;
  /** eV/Å³, shape (3, 3) row-major, positive = tension */
  stress?: Float64Array;
  /** group of the frame; 'default' where the data names none */
  configType: string;
  /** free label of the frame within its data set; '' where the data names none */
  source: string;
  origin: FrameOrigin;
  /** what computed the labels, where the data says so */
  labelOrigin?: LabelOrigin;
}

/** Volume of the cell, Å³ (positive). */
export function volume(cell: Float64Array): number {
  return Math.abs(determinant(cell));
}

/** Signed determinant of a 3x3 row-major matrix. */
export function determinant(m: ArrayLike<number>): number {
  return m[0]! * (m[4]! * m[8]! - m[5]! * m[7]!) - m[1]! * (m[3]! * m[8]! - m[5]! * m[6]!) + m[2]! * (m[3]! * m[7]! - m[4]! * m[6]!);
}

/**
 * Inverse of a 3x3 row-major matrix.
 * @throws InputError when the matrix is singular
 */
export function inverse(m: ArrayLike<number>): Float64Array {
  const det = determinant(m);
  if (!(Math.abs(det) > 1e-12)) throw new InputError('the cell has no volume (its lattice vectors are dependent)');
  const f = 1 / det;
  return Float64Array.of(
    (m[4]! * m[8]! - m[5]! * m[7]!) * f,
    (m[2]! * m[7]! - m[1]! * m[8]!) * f,
    (m[1]! * m[5]! - m[2]! * m[4]!) * f,
    (m[5]! * m[6]! - m[3]! * m[8]!) * f,
    (m[0]! * m[8]! - m[2]! * m[6]!) * f,
    (m[2]! * m[3]! - m[0]! * m[5]!) * f,
    (m[3]! * m[7]! - m[4]! * m[6]!) * f,
    (m[1]! * m[6]! - m[0]! * m[7]!) * f,
    (m[0]! * m[4]! - m[1]! * m[3]!) * f,
  );
}

/** Rows `a` (n, 3) times the 3x3 matrix `m`; both row-major. Fractional to Cartesian: `multiplyRows(fractional, cell)`. */
export function multiplyRows(a: ArrayLike<number>, m: ArrayLike<number>): Float64Array {
  const out = new Float64Array(a.length);
  for (let i = 0; i < a.length; i += 3) {
    const x = a[i]!;
    const y = a[i + 1]!;
    const z = a[i + 2]!;
    out[i] = x * m[0]! + y * m[3]! + z * m[6]!;
    out[i + 1] = x * m[1]! + y * m[4]! + z * m[7]!;
    out[i + 2] = x * m[2]! + y * m[5]! + z * m[8]!;
  }
  return out;
}

/** Fractional coordinates, shape (n, 3), not wrapped. */
export function fractionalPositions(structure: Structure): Float64Array {
  return multiplyRows(structure.positions, inverse(structure.cell));
}

/** The structure repeated na x nb x nc times along its lattice vectors; labels are not carried over. */
export function repeat(structure: Structure, counts: readonly [number, number, number]): Structure {
  const { cell, positions, species } = structure;
  const n = species.length;
  const copies = counts[0] * counts[1] * counts[2];
  const out = new Float64Array(3 * n * copies);
  const outSpecies: string[] = [];
  let at = 0;
  for (let a = 0; a < counts[0]; a++)
    for (let b = 0; b < counts[1]; b++)
      for (let c = 0; c < counts[2]; c++)
        for (let i = 0; i < n; i++) {
          for (let d = 0; d < 3; d++) out[at++] = positions[3 * i + d]! + a * cell[d]! + b * cell[3 + d]! + c * cell[6 + d]!;
          outSpecies.push(species[i]!);
        }
  return {
    cell: cell.map((value, k) => value * counts[Math.floor(k / 3) as 0 | 1 | 2]),
    pbc: [...structure.pbc],
    species: outSpecies,
    positions: out,
  };
}
