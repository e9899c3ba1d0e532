import { cubic } from '../../structures/lattices.js';
import type { Curve } from './curve.js';

/** Energy of the crystal at other lattice constants less that at its own. */
export const equationOfState: Curve = {
  axes: 'lattice constant (Å), energy above the crystal (eV/atom)',
  point(x, y, { kind, element, cell }) {
    if (!(x > 0)) throw new RangeError('a lattice constant is above zero');
    const structure = cubic(kind, element, x);
    const n = structure.species.length;
    return {
      value: y,
      functional: {
        unit: 'eV/atom',
        offset: 0,
        geometries: [
          { structure, relax: 'none', perEnergy: 1 / n },
          { structure: cell, relax: 'none', perEnergy: -1 / n },
        ],
      },
    };
  },
};
