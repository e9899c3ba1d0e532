import type { Format } from '../format.js';
import { readPoscarFrame } from './read.js';

/**
 * VASP's POSCAR and CONTCAR (version 5 and later, with a line of chemical symbols): one structure, Å, without labels. Velocities
 * and selective dynamics are not read. Known by the file's name only, as the first line may hold anything.
 */
export const poscar: Format = {
  name: 'poscar',
  description: "VASP's POSCAR and CONTCAR: a structure without labels",
  sniff: (name) => /^(POSCAR|CONTCAR)|\.(poscar|vasp|contcar)$/i.test(name),
  read: readPoscarFrame,
};
