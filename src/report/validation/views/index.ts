import { melting } from './melting.js';
import { phonons } from './phonons.js';
import { radialDistribution } from './radial-distribution.js';
import { speed } from './speed.js';
import { surfaces } from './surfaces.js';
import type { View } from './view.js';

/** Views of properties that need pictures of their own. */
export const VIEWS: readonly View[] = [surfaces, phonons, speed, melting, radialDistribution];
