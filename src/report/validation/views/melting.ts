import { singleFigure } from '../categories.js';
import { generalFigures } from './general.js';
import type { View } from './view.js';

/** Melting points with their uncertainties, and how crystal and melt shared the boxes over time. */
export const melting: View = {
  property: 'melting',
  figures: (validation, property) => [
    singleFigure(validation, 'melting_point', 'melting point', ({ detail }) =>
      typeof detail.uncertainty_k === 'number' ? detail.uncertainty_k : undefined,
    ),
    ...generalFigures(validation, property),
  ],
};
