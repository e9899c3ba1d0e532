import type { Markup } from '../../markup.js';
import { dotFigure, parityFigure, valueGroups } from '../categories.js';
import { curveFigure, curveGroups } from '../curves.js';
import type { Validation } from '../validation.js';
import type { ViewedProperty } from './view.js';

/** Every curve, and pictures of values where there are many. */
export function generalFigures(validation: Validation, property: ViewedProperty): (Markup | undefined)[] {
  return [...curveGroups(validation, property.id).map((group) => curveFigure(group)), ...valueFigures(validation, property)];
}

/** Pictures of the values of a property. */
export function valueFigures(validation: Validation, property: ViewedProperty): (Markup | undefined)[] {
  return valueGroups(validation, property).flatMap((group) => [dotFigure(validation, group), parityFigure(validation, group)]);
}
