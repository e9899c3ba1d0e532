import type { Markup } from '../../markup.js';
import { dotFigure, parityFigure, valueGroups } from '../categories.js';
import { curveFigure, curveGroups } from '../curves.js';
import type { Validation } from '../validation.js';
import type { ViewedProperty } from './view.js';

/** Pictures of values where there are many, then every curve; a few curves come first. */
export function generalFigures(validation: Validation, property: ViewedProperty): (Markup | undefined)[] {
  const curves = curveGroups(validation, property.id).map((group) => curveFigure(group));
  const values = valueFigures(validation, property);
  return curves.length <= FEW_CURVES ? [...curves, ...values] : [...values, ...curves];
}

/** With more curves the values are the better overview. */
const FEW_CURVES = 3;

/** Pictures of the values of a property. */
export function valueFigures(validation: Validation, property: ViewedProperty): (Markup | undefined)[] {
  return valueGroups(validation, property).flatMap((group) => [dotFigure(validation, group), parityFigure(validation, group)]);
}
