import { cubic } from '../../structures/lattices.js';
import { strained } from '../strain.js';
import type { Curve } from './curve.js';

/** Energy of tetragonal cells at the volume of the crystal less that of the crystal; c/a is 1 for fcc and 0.7071 for bcc. */
export const bainPath: Curve = {
  axes: 'c/a (fcc 1, bcc 0.7071), energy above the crystal at its volume (eV/atom)',
  point(x, y, { kind, element, a, cell }) {
    if (!(x > 0)) throw new RangeError('c/a is above zero');
    // fcc of the same volume per atom, stretched along z at constant volume
    const fcc = cubic('fcc', element, kind === 'fcc' ? a : a * Math.cbrt(2));
    const across = x ** (-1 / 3) - 1;
    const structure = strained(fcc, [across, 0, 0, 0, across, 0, 0, 0, x ** (2 / 3) - 1]);
    return {
      value: y,
      functional: {
        unit: 'eV/atom',
        offset: 0,
        geometries: [
          { structure, relax: 'none', perEnergy: 1 / structure.species.length },
          { structure: cell, relax: 'none', perEnergy: -1 / cell.species.length },
        ],
      },
    };
  },
};
