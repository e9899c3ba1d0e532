import { phonons } from './phonons.js';
import type { View } from './view.js';

/** Views of properties that need pictures of their own. */
export const VIEWS: readonly View[] = [phonons];
