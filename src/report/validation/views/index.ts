import { phonons } from './phonons.js';
import { speed } from './speed.js';
import { surfaces } from './surfaces.js';
import type { View } from './view.js';

/** Views of properties that need pictures of their own. */
export const VIEWS: readonly View[] = [surfaces, phonons, speed];
