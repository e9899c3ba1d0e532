import { GPA_PER_EV_PER_ANGSTROM3 } from '../properties/units.js';
import { type Structure, volume } from '../structures/structure.js';
import type { Functional, Geometry } from './family.js';
import { strained } from './strain.js';

/** A crystal of any elements and symmetry whose properties are wanted. */
export interface GivenCrystal {
  /** cell that the constants are wanted of, in the axes that they are given in */
  cell: Structure;
  /** GPa, for the conversion of stresses to changes of the lattice constants */
  bulkModulus: number;
}

/** Largest strain of the five-point formulas is twice this. */
const STEP = 0.01;
/** eV/Å: second derivatives of energies need atoms that are better relaxed than single energies do (0.005). */
const FORCE = 5e-4;
/** Five-point formulas of the first and the second derivative, over 12 h and 12 h². */
const FIRST = [
  [-2, 1],
  [-1, -8],
  [1, 8],
  [2, -1],
] as const;
const SECOND = [
  [-2, -1],
  [-1, 16],
  [0, -30],
  [1, 16],
  [2, -1],
] as const;

/** Matrices of the strains xx, yy, zz, yz, xz, xy; engineering shear 1. */
const VOIGT: readonly (readonly number[])[] = [
  [1, 0, 0, 0, 0, 0, 0, 0, 0],
  [0, 0, 0, 0, 1, 0, 0, 0, 0],
  [0, 0, 0, 0, 0, 0, 0, 0, 1],
  [0, 0, 0, 0, 0, 0.5, 0, 0.5, 0],
  [0, 0, 0.5, 0, 0, 0, 0.5, 0, 0],
  [0, 0.5, 0, 0.5, 0, 0, 0, 0, 0],
];
const LENGTHS = ['lattice_constant', 'lattice_b', 'lattice_c'];
const CONSTANT = /^c([1-6])([1-6])$/;

/** Names of the properties, for people. */
export const GIVEN_CRYSTAL_NAMES = `c11 to c66, bulk_modulus, ${LENGTHS.join(', ')}`;

/** Whether a property of a given crystal can be a target. */
export function knowsGivenCrystal(name: string): boolean {
  const [, i, j] = CONSTANT.exec(name) ?? [];
  return (i !== undefined && i <= j!) || name === 'bulk_modulus' || LENGTHS.includes(name);
}

/**
 * A property as a sum of energies of strained cells, the atoms of which relax.
 *
 * Elastic constants are second derivatives at the cell that is given: C_ij from E(e_i + e_j) - E(e_i) - E(e_j), with the bulk modulus of even strain (the
 * Voigt mean). Lattice constants are those of zero stress to first order, with the compliance of an isotropic solid of Poisson's ratio 1/3: exact where all
 * stresses are zero.
 * @param name one that `knowsGivenCrystal` knows
 */
export function givenCrystalFunctional(name: string, { cell, bulkModulus }: GivenCrystal): Functional {
  const [, i, j] = (CONSTANT.exec(name) ?? []).map(Number);
  if (i !== undefined) {
    const [a, b] = [VOIGT[i - 1]!, VOIGT[j! - 1]!];
    if (i === j) return { unit: 'GPa', offset: 0, geometries: curvature(cell, a, 1) };
    const both = a.map((x, k) => x + b[k]!);
    return {
      unit: 'GPa',
      offset: 0,
      geometries: [...curvature(cell, both, 0.5), ...curvature(cell, a, -0.5), ...curvature(cell, b, -0.5)],
    };
  }
  if (name === 'bulk_modulus') return { unit: 'GPa', offset: 0, geometries: curvature(cell, [1, 0, 0, 0, 1, 0, 0, 0, 1], 1 / 9) };
  const axis = LENGTHS.indexOf(name);
  const length = Math.hypot(...cell.cell.subarray(3 * axis, 3 * axis + 3));
  // a strain along the vector itself is that of its length
  const along = [...cell.cell.subarray(3 * axis, 3 * axis + 3)].map((x) => x / length);
  const own = along.flatMap((x) => along.map((y) => x * y));
  // of an isotropic solid with Poisson's ratio 1/3: Young's modulus is the bulk modulus
  const across = own.map((x, k) => x - ((k % 4 === 0 ? 1 : 0) - x) / 3);
  const per = (-length * GPA_PER_EV_PER_ANGSTROM3) / bulkModulus / volume(cell.cell) / (12 * STEP);
  return { unit: 'Å', offset: length, geometries: points(cell, across, FIRST, per) };
}

/** d2E/V along a strain, GPa, times a factor. */
function curvature(cell: Structure, way: readonly number[], factor: number): Geometry[] {
  return points(cell, way, SECOND, (factor * GPA_PER_EV_PER_ANGSTROM3) / volume(cell.cell) / (12 * STEP * STEP));
}

function points(cell: Structure, way: readonly number[], formula: readonly (readonly [number, number])[], per: number): Geometry[] {
  return formula.map(([k, c]) => ({
    structure: strained(
      cell,
      way.map((x) => x * k * STEP),
    ),
    relax: 'atoms',
    force: FORCE,
    perEnergy: c * per,
  }));
}
