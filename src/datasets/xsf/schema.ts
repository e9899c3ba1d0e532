import type { Format } from '../format.js';
import { readXsf } from './read.js';

/**
 * XCrySDen structure files (http://www.xcrysden.org/doc/XSF.html) and the animated form. Coordinates Å.
 * Energy: from a comment `# total energy = -850.27 eV`, as aenet writes it. Forces (the three numbers after x y z): eV/Å in files
 * with that comment (aenet), hartree/Å otherwise (XCrySDen's specification). Forces that are all exactly zero are placeholders
 * and count as absent. There is no stress.
 */
export const xsf: Format = {
  name: 'xsf',
  description: 'XCrySDen structures, animated ones too; energy in a comment as aenet writes it',
  sniff: (name, head) =>
    /\.a?xsf$/i.test(name) || /^\s*(ANIMSTEPS\s+\d+|PRIMVEC|CRYSTAL|SLAB|POLYMER|MOLECULE|ATOMS)\b[^\n:=]*$/m.test(head.replace(/\r/g, '')),
  read: readXsf,
};
