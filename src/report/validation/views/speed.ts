import { singleFigure } from '../categories.js';
import type { View } from './view.js';

/** Time of a step of molecular dynamics, a row for each potential. */
export const speed: View = {
  property: 'md_speed',
  figures: (validation) => [singleFigure(validation, 'md_speed', 'time')],
};
