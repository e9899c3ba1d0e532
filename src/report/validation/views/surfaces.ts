import { generalFigures } from './general.js';
import type { View } from './view.js';
import { wulffShapes } from './wulff.js';

/** Energies by plane, computed against reference, and equilibrium shapes. */
export const surfaces: View = { property: 'surfaces', figures: generalFigures, below: wulffShapes };
