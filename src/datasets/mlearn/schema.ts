import type { Format } from '../format.js';
import { readMlearn } from './read.js';

/**
 * JSON of the SNAP and mlearn data sets (github materialsvirtuallab/mlearn and /snap): a list of records with a pymatgen `structure`
 * and `outputs` (mlearn, newer snap) or `data` (older snap).
 *
 * Energy: `energy`, eV, or `energy_per_atom` times the number of atoms. Forces eV/Å. Stress: `stress` or `virial_stress`, six
 * numbers in kilobar with VASP's sign (positive = compression), turned into eV/Å³, positive = tension. Order: xx yy zz xy yz xz, as
 * mlearn/potentials/gap.py and mtp.py (`vasp_stress_order`) say. The Mo set of mlearn departs from it (xx yy zz xy xz yz), which its
 * own strained cells prove: a cell sheared in xz has its stress in the fifth number. So the order is checked against
 * orthogonal cells sheared in one plane, and what they say is taken, with a warning; `shearOrder` overrides both.
 */
export const mlearn: Format = {
  name: 'mlearn',
  description: 'JSON of the mlearn and SNAP data sets (pymatgen structures, stress in kB)',
  sniff: (name, head) =>
    /^\uFEFF?\s*[[{]/.test(head) && (/"(structure|outputs|@module|sites|lattice)"/.test(head) || /\.json$/i.test(name)),
  read: readMlearn,
};
