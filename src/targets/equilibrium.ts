import { GPA_PER_EV_PER_ANGSTROM3 } from '../properties/units.js';
import type { Functional, TargetFamily } from './family.js';
import { strained } from './strain.js';

/** Of the lattice constant. */
const STEP = 5e-3;

/**
 * Lattice constant and cohesive energy. The lattice constant is that of zero pressure to first order: a less the pressure at a over three
 * bulk moduli.
 */
export const equilibrium: TargetFamily = {
  names: 'lattice_constant, cohesive_energy',
  knows: (name) => name === 'lattice_constant' || name === 'cohesive_energy',
  build(name, { cell, a, bulkModulus }): Functional {
    const atoms = cell.species.length;
    if (name === 'cohesive_energy')
      return { unit: 'eV/atom', offset: 0, geometries: [{ structure: cell, relax: 'none', perEnergy: 1 / atoms }] };
    const scaled = (k: number) => strained(cell, [k * STEP, 0, 0, 0, k * STEP, 0, 0, 0, k * STEP]);
    // dE/dln a by a five-point formula; E'' = 9 B V
    const curvature = (9 * bulkModulus * a ** 3) / GPA_PER_EV_PER_ANGSTROM3;
    const per = -a / curvature / (12 * STEP);
    return {
      unit: 'Å',
      offset: a,
      geometries: (
        [
          [-2, 1],
          [-1, -8],
          [1, 8],
          [2, -1],
        ] as const
      ).map(([k, c]) => ({ structure: scaled(k), relax: 'none', perEnergy: per * c })),
    };
  },
};
