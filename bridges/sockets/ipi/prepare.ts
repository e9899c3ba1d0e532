import { tensorBack, toLammps, vectorsBack } from '../../../src/engines/lammps/structures.js';
import { InputError } from '../../../src/errors.js';
import { inverse, multiplyRows, type Structure, volume } from '../../../src/structures/structure.js';
import type { IpiForces } from './connection.js';

/** A structure as a client wants it, and the way back for what the client gives. */
export interface PreparedStructure {
  /** lattice vectors as rows, Å */
  cell: Float64Array;
  /** Å, shape (n, 3), atoms of one element after those of another */
  positions: Float64Array;
  /** in our axes and our order of the atoms */
  back(forces: IpiForces): StructureForces;
}

export interface StructureForces {
  /** eV */
  energy: number;
  /** eV/Å, shape (n, 3) */
  forces: Float64Array;
  /** eV/Å³, shape (3, 3), positive = tension; undefined where there is none */
  stress: Float64Array | undefined;
}

/** The atoms ordered by element, so that all structures of one composition suit the same client. */
export function sortedByElement(structure: Structure): { structure: Structure; order: number[] } {
  const { species, positions } = structure;
  const order = species.map((_, i) => i).sort((i, j) => (species[i]! < species[j]! ? -1 : species[i]! > species[j]! ? 1 : i - j));
  return {
    structure: {
      ...structure,
      species: order.map((i) => species[i]!),
      positions: Float64Array.from({ length: positions.length }, (_, k) => positions[3 * order[Math.floor(k / 3)]! + (k % 3)]!),
    },
    order,
  };
}

/**
 * For LAMMPS: right-handed lower-triangular lattice vectors with small tilts, and every atom in the box that `fix ipi` makes of them, which
 * has its middle, not its corner, at the origin. LAMMPS brings back atoms that are out by one period; those farther out it puts at the
 * border of the box, and says nothing of that.
 * @param elements in the order of LAMMPS's atom types
 * @param cutoff Å; vacuum along directions without periodicity is wider
 * @throws InputError for an element that is not there, or a cell that is none
 */
export function prepareForLammps(given: Structure, elements: readonly string[], cutoff: number): PreparedStructure {
  const { structure, order } = sortedByElement(given);
  const { box, positions, rotation } = toLammps(structure, elements, cutoff);
  const middle = [0.5 * box[0]!, 0.5 * box[4]!, 0.5 * box[8]!] as const;
  const fractional = multiplyRows(
    positions.map((x, k) => x + middle[(k % 3) as 0 | 1 | 2]),
    inverse(box),
  );
  const inside = multiplyRows(
    fractional.map((f) => f - Math.floor(f)),
    box,
  );
  return {
    cell: box,
    positions: inside.map((x, k) => x - middle[(k % 3) as 0 | 1 | 2]),
    back: ({ energy, forces, virial }) => ({
      energy,
      forces: unsorted(vectorsBack(forces, rotation), order),
      stress: virial && stressOf(tensorBack(virial, rotation), given.cell),
    }),
  };
}

/** For clients that take cells and positions as they are: ASE, GPAW, pw.x. */
export function prepareAsIs(given: Structure): PreparedStructure {
  if (given.pbc.some(Boolean) && !(volume(given.cell) > 0)) throw new InputError('the structure is periodic, but its cell has no volume');
  const { structure, order } = sortedByElement(given);
  return {
    cell: structure.cell,
    positions: structure.positions,
    back: ({ energy, forces, virial }) => ({
      energy,
      forces: unsorted(forces, order),
      stress: virial && stressOf(virial, given.cell),
    }),
  };
}

function stressOf(virial: Float64Array, cell: Float64Array): Float64Array | undefined {
  const v = volume(cell);
  return v > 0 ? virial.map((value) => -value / v) : undefined;
}

function unsorted(vectors: Float64Array, order: readonly number[]): Float64Array {
  const out = new Float64Array(vectors.length);
  for (const [k, i] of order.entries()) out.set(vectors.subarray(3 * k, 3 * k + 3), 3 * i);
  return out;
}
