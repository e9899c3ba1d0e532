import type { ReportData } from './report-data.js';
import { SHAPES, type Shape } from './svg/shapes.js';

/** Name that the fitted equation goes by in figures and tables. */
export const FIT = 'this fit';

/** How a model is drawn, in every figure of a report. */
export interface ModelStyle {
  /** class that sets the colour and the dash of lines */
  className: string;
  shape: Shape;
}

/** Number of colours in the style sheet; further models start again. */
export const SERIES_COLOURS = 7;

/** Colours and shapes by model name. The fit is always the first; others follow in the order in which the data names them. */
export class ModelStyles {
  private readonly index = new Map<string, number>();

  constructor(data: Pick<ReportData, 'parity' | 'curves'>) {
    this.index.set(FIT, 0);
    const named = [
      ...(data.parity?.comparisons ?? []),
      ...(data.curves?.pair ?? []),
      ...(data.curves?.density ?? []),
      ...(data.curves?.embedding ?? []),
    ];
    for (const model of named) {
      if ('role' in model && model.role === 'fit') this.index.set(model.name, 0);
      else if (!this.index.has(model.name)) this.index.set(model.name, new Set(this.index.values()).size);
    }
  }

  of(name: string): ModelStyle {
    return seriesStyle(this.index.get(name) ?? 0);
  }
}

/** Colour, dash and shape number `k`. */
export function seriesStyle(k: number): ModelStyle {
  return { className: `s${k % SERIES_COLOURS}`, shape: SHAPES[k % SHAPES.length]! };
}
