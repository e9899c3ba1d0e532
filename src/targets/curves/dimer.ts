import type { Curve } from './curve.js';

/** Energy of two atoms on their own less that of free atoms. */
export const dimer: Curve = {
  axes: 'distance (Å), energy of the dimer (eV)',
  point(x, y, { element }) {
    if (!(x > 0)) throw new RangeError('a distance is above zero');
    const structure = {
      cell: new Float64Array(9),
      pbc: [false, false, false] as [boolean, boolean, boolean],
      species: [element, element],
      positions: Float64Array.of(0, 0, 0, x, 0, 0),
    };
    return { value: y, functional: { unit: 'eV', offset: 0, geometries: [{ structure, relax: 'none', perEnergy: 1 }] } };
  },
};
