import type { Format } from '../format.js';
import { readVasprun } from './read.js';

/**
 * VASP's vasprun.xml (versions 5 and 6), one frame for each complete ionic step.
 * Energy: `e_fr_energy` (the free energy, consistent with the forces) or, with energy kind `sigma0`, the energy extrapolated to
 * zero smearing: the free energy plus the last electronic step's `e_0_energy` - `e_fr_energy`, because VASP 5 writes something
 * else into the `e_0_energy` of the ionic step. Forces eV/Å. Stress: kilobar, positive = compression in the file; eV/Å³,
 * positive = tension here. Positions are fractional in the file. Thermal motion is in neither energy nor stress.
 */
export const vasprun: Format = {
  name: 'vasprun',
  description: "VASP's vasprun.xml; of a truncated file the complete ionic steps",
  sniff: (name, head) => /<modeling>/.test(head) || (/vasprun.*\.xml$/i.test(name) && /^\uFEFF?\s*</.test(head)),
  read: readVasprun,
};
