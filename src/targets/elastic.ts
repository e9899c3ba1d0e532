import { GPA_PER_EV_PER_ANGSTROM3 } from '../properties/units.js';
import { volume } from '../structures/structure.js';
import type { Functional, Geometry, TargetFamily } from './family.js';
import { strained } from './strain.js';

/** Usual strain of the five-point formula; the largest one is twice this. */
const STEP = 0.01;

/** Strains whose second derivative of the energy, over the volume, are C11, C11 + 2 C12 (three times the bulk modulus) and C44. */
const WAYS = {
  uniaxial: [1, 0, 0, 0, 0, 0, 0, 0, 0],
  volumetric: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  // engineering strain 1
  shear: [0, 0.5, 0, 0.5, 0, 0, 0, 0, 0],
} as const;

/** By way: how often its second derivative enters. d2E/V of the volumetric way is 3 C11 + 6 C12. */
const CONSTANTS: Readonly<Record<string, Partial<Record<keyof typeof WAYS, number>>>> = {
  c11: { uniaxial: 1 },
  c12: { volumetric: 1 / 6, uniaxial: -1 / 2 },
  c44: { shear: 1 },
  bulk_modulus: { volumetric: 1 / 9 },
};

/** Elastic constants of cubic crystals with one atom in the primitive cell (nothing relaxes inside) from energies under strain. */
export const elastic: TargetFamily = {
  names: Object.keys(CONSTANTS).join(', '),
  knows: (name) => Object.hasOwn(CONSTANTS, name),
  build(name, { cell, strain: step = STEP }): Functional {
    const perVolume = GPA_PER_EV_PER_ANGSTROM3 / volume(cell.cell) / (12 * step * step);
    const geometries: Geometry[] = [];
    for (const [way, times] of Object.entries(CONSTANTS[name]!) as [keyof typeof WAYS, number][])
      for (const [k, c] of [
        [-2, -1],
        [-1, 16],
        [0, -30],
        [1, 16],
        [2, -1],
      ] as const)
        geometries.push({
          structure: strained(
            cell,
            WAYS[way].map((x) => x * k * step),
          ),
          relax: 'none',
          perEnergy: times * c * perVolume,
        });
    return { unit: 'GPa', offset: 0, geometries };
  },
};
