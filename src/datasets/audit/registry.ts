import type { Check } from './check.js';
import { cells } from './checks/cells.js';
import { distances } from './checks/distances.js';
import { duplicates } from './checks/duplicates.js';
import { energies } from './checks/energies.js';
import { forces } from './checks/forces.js';
import { labels } from './checks/labels.js';
import { zeros } from './checks/zeros.js';

/** Every check, in the order in which they run. Cells come before all that uses coordinates: what they mend is judged as mended. */
export const CHECKS: readonly Check[] = [labels, cells, distances, duplicates, energies, zeros, forces];
