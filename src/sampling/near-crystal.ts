import { InputError } from '../errors.js';
import type { RandomStream } from '../math/random.js';
import { type CubicLattice, cubic } from '../structures/lattices.js';
import { multiplyRows, repeat, type Structure } from '../structures/structure.js';

export interface NearCrystalOptions {
  /** conventional cells along each axis; default 2 x 2 x 2 */
  repeat?: readonly [number, number, number];
  /** largest strain; default 0.05 */
  maximumStrain?: number;
  /** normal deviate of every coordinate in all but the first structure, Å; default 0.03. 0 leaves perfect strained crystals. */
  rattle?: number;
}

/** A strained crystal with what was done to it, such as `shear +0.025`. */
export interface StrainedCrystal {
  structure: Structure;
  label: string;
}

/** Strain tensors of size e, shape (3, 3) row-major, that the structures take in turn. */
const MODES: Record<string, (e: number) => number[]> = {
  volumetric: (e) => [e, 0, 0, 0, e, 0, 0, 0, e],
  uniaxial: (e) => [0, 0, 0, 0, 0, 0, 0, 0, e],
  shear: (e) => [0, e / 2, 0, e / 2, 0, 0, 0, 0, 0],
};

/**
 * Structures near the ground state of an element: the perfect crystal first, then volumetric, uniaxial ([001]) and shear (xy)
 * strains in turn, spread evenly over +-maximumStrain without zero, with small random displacements.
 * @param a lattice constant, Å
 * @param count number of structures, 21 in the paper's recovery of Sutton-Chen
 */
export function nearCrystal(
  element: string,
  lattice: CubicLattice,
  a: number,
  count: number,
  random: RandomStream,
  options: NearCrystalOptions = {},
): StrainedCrystal[] {
  if (!(a > 0)) throw new InputError(`the lattice constant must be positive, not ${a} Å`);
  if (!(Number.isInteger(count) && count > 0))
    throw new InputError(`the number of near-crystal structures must be a positive integer, not ${count}`);
  return strainedCrystals(repeat(cubic(lattice, element, a), options.repeat ?? [2, 2, 2]), count, random, options);
}

/** The same for any crystal. */
export function strainedCrystals(
  perfect: Structure,
  count: number,
  random: RandomStream,
  options: Omit<NearCrystalOptions, 'repeat'> = {},
): StrainedCrystal[] {
  const maximumStrain = options.maximumStrain ?? 0.05;
  const rattle = options.rattle ?? 0.03;
  const names = Object.keys(MODES);
  const out: StrainedCrystal[] = [{ structure: perfect, label: 'perfect' }];
  for (let k = 0; k < count - 1; k++) {
    const name = names[k % names.length]!;
    const inMode = Math.floor((count - 2 - (k % names.length)) / names.length) + 1;
    const strain = spread(Math.floor(k / names.length), inMode) * maximumStrain;
    const stretch = MODES[name]!(strain).map((x, i) => x + (i % 4 === 0 ? 1 : 0));
    const positions = multiplyRows(perfect.positions, stretch);
    if (rattle > 0) for (let i = 0; i < positions.length; i++) positions[i]! += rattle * random.normal();
    out.push({
      structure: { cell: multiplyRows(perfect.cell, stretch), pbc: [true, true, true], species: [...perfect.species], positions },
      label: `${name} ${strain < 0 ? '' : '+'}${strain.toFixed(4)}`,
    });
  }
  return out;
}

/** place `index` of `n` places that are even on [-1, 1] without zero: -1 ... -1/h, 1/h ... 1 */
function spread(index: number, n: number): number {
  const half = Math.ceil(n / 2);
  return index < half ? -(half - index) / half : (index - half + 1) / Math.max(1, n - half);
}
