import { PROTOTYPES } from '../properties/crystal/prototypes.js';
import { cubic } from '../structures/lattices.js';
import type { Functional, Geometry, TargetFamily } from './family.js';

/** Nearest distance of a crystal that is wanted, Å. */
const nearestOf = { fcc: Math.SQRT1_2, bcc: Math.sqrt(3) / 2 };

/** Energies of other crystals of the element less that of the wanted one, relaxed; and bcc less fcc on the Bain path, both at the volume of the crystal. */
export const crystals: TargetFamily = {
  names: 'polymorph_hcp, polymorph_bcc, polymorph_dhcp, ..., bain_bcc',
  knows: (name) => name === 'bain_bcc' || PROTOTYPES.some((one) => name === `polymorph_${one.name}`),
  build(name, { kind, cell, a, element }): Functional {
    if (name === 'bain_bcc') {
      // two atoms a cell in bcc, four in fcc
      const other = kind === 'fcc' ? cubic('bcc', element, a / Math.cbrt(2)) : cubic('fcc', element, a * Math.cbrt(2));
      const sign = kind === 'fcc' ? 1 : -1;
      const geometries: Geometry[] = [
        { structure: other, relax: 'none', perEnergy: sign / other.species.length },
        { structure: cell, relax: 'none', perEnergy: -sign / cell.species.length },
      ];
      return { unit: 'eV/atom', offset: 0, geometries };
    }
    const prototype = PROTOTYPES.find((one) => name === `polymorph_${one.name}`)!;
    const structure = prototype.cell(element, a * nearestOf[kind]);
    const geometries: Geometry[] = [
      { structure, relax: 'lengths', perEnergy: 1 / structure.species.length },
      { structure: cell, relax: 'volume', perEnergy: -1 / cell.species.length },
    ];
    return { unit: 'eV/atom', offset: 0, geometries };
  },
};
