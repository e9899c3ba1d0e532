import { PROTOTYPES } from '../properties/crystal/prototypes.js';
import { cubic } from '../structures/lattices.js';
import type { Functional, TargetFamily } from './family.js';

/** Nearest distance of a crystal that is wanted, Å. */
const nearestOf = { fcc: Math.SQRT1_2, bcc: Math.sqrt(3) / 2 };

/** Energies of other crystals of the element less that of the wanted one, relaxed; and bcc on the Bain path, at the volume of fcc. */
export const crystals: TargetFamily = {
  names: 'polymorph_hcp, polymorph_bcc, polymorph_dhcp, ..., bain_bcc',
  knows: (name) => name === 'bain_bcc' || PROTOTYPES.some((one) => name === `polymorph_${one.name}`),
  build(name, { kind, cell, a, element }): Functional {
    const own = { structure: cell, relax: 'none' as const, perEnergy: -1 / cell.species.length };
    if (name === 'bain_bcc') {
      const structure = cubic('bcc', element, a / Math.cbrt(2));
      return { unit: 'eV/atom', offset: 0, geometries: [{ structure, relax: 'none', perEnergy: 1 / structure.species.length }, own] };
    }
    const prototype = PROTOTYPES.find((one) => name === `polymorph_${one.name}`)!;
    const structure = prototype.cell(element, a * nearestOf[kind]);
    return { unit: 'eV/atom', offset: 0, geometries: [{ structure, relax: 'lengths', perEnergy: 1 / structure.species.length }, own] };
  },
};
