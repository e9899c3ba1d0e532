import { supercell } from '../properties/crystal/supercell.js';
import { GPA_PER_EV_PER_ANGSTROM3 } from '../properties/units.js';
import { volume } from '../structures/structure.js';
import type { Functional, Geometry, TargetFamily } from './family.js';
import { strained } from './strain.js';

/** eV/K, CODATA 2018. */
export const BOLTZMANN = 8.617333262e-5;
const NAME = /^lattice_constant_(\d{2,4})$/;
/** Least width of the cell, Å: 108 atoms of copper. */
const WIDTH = 10;
const SNAPSHOTS = 6;
/** Relative change of the lattice constant for the pressure. */
const STEP = 4e-3;

/**
 * Lattice constant at a temperature (K) of the classical crystal: of zero pressure to first order, as `lattice_constant`. The pressure at the
 * lattice constant that is wanted is N k T / V - (dE/da) a / (3 V), the mean of configurations of a run with the potential itself. They stand
 * in pairs u and -u, so that what is odd in the displacements does not make noise.
 */
export const thermal: TargetFamily = {
  names: 'lattice_constant_T (T in K, classical)',
  knows: (name) => NAME.test(name),
  build(name, { cell, a, bulkModulus }, value): Functional {
    const temperature = Number(NAME.exec(name)![1]);
    const stretch = value / a - 1;
    const hot = supercell(strained(cell, [stretch, 0, 0, 0, stretch, 0, 0, 0, stretch]), WIDTH);
    const n = hot.species.length;
    const stiffness = (9 * bulkModulus * volume(hot.cell)) / GPA_PER_EV_PER_ANGSTROM3;
    const geometries: Geometry[] = [];
    for (let snapshot = 0; snapshot < SNAPSHOTS; snapshot++)
      for (const k of [-1, 1] as const)
        geometries.push({
          structure: hot,
          relax: { temperature, snapshot, of: SNAPSHOTS, scale: 1 + k * STEP },
          perEnergy: (-k * value) / (2 * STEP * SNAPSHOTS * stiffness),
        });
    return { unit: 'Å', offset: value * (1 + (3 * (n - 1) * BOLTZMANN * temperature) / stiffness), geometries };
  },
};
