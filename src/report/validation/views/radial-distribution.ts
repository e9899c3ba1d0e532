import { curveFigure, curveGroups } from '../curves.js';
import type { View } from './view.js';

/** Radial distributions up to their highest peaks. */
export const radialDistribution: View = {
  property: 'radial_distribution',
  figures: (validation, { id }) => curveGroups(validation, id).map((group) => curveFigure(group, { whole: true })),
};
