import type { AlloyModel } from '../potentials/alloy/model.js';
import { roundedText } from '../report/sections/front.js';
import { alloyParts } from '../workflows/alloy-functions.js';
import type { PointFitResult } from '../workflows/fit-points.js';
import { pointSummary } from './point-summary.js';

/** The equations and the result of a fit of several elements for a person. */
export function alloySummary(result: PointFitResult<AlloyModel>): string {
  const lines = alloyParts(result.model).map(({ symbol, of, variable, text }) => `  ${symbol}_${of}(${variable}) = ${roundedText(text)}`);
  return `\n${lines.join('\n')}\n${pointSummary(result)}`;
}
