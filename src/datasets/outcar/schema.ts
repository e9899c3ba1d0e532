import type { Format } from '../format.js';
import { readOutcar } from './read.js';

/**
 * VASP's OUTCAR (versions 5 and 6), one frame for each complete ionic step.
 * Energy: `free  energy   TOTEN` (consistent with the forces) or, with energy kind `sigma0`, `energy(sigma->0)`. Forces eV/Å.
 * Stress: the line `in kB`, order xx yy zz xy yz zx, kilobar, positive = compression; eV/Å³, positive = tension here.
 * OUTCAR prints positions with five decimals only, and none at all in later steps with NWRITE = 0 (these steps are left out):
 * prefer vasprun.xml where both exist.
 */
export const outcar: Format = {
  name: 'outcar',
  description: "VASP's OUTCAR; of a truncated file the complete ionic steps",
  sniff: (name, head) => /^\s*vasp\.\d/.test(head) || (/OUTCAR/i.test(name) && !/\.(ext)?xyz$|\.xml$|\.json$/i.test(name)),
  read: readOutcar,
};
