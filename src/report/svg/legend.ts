import { type Markup, markup, raw } from '../markup.js';
import { n2 } from './coordinates.js';
import { type Shape, shapePath } from './shapes.js';

/** One entry of a legend. */
export interface LegendEntry {
  label: string;
  /** the class that gives the marks their colour */
  className: string;
  symbol: 'line' | 'band' | 'ramp' | Shape;
}

interface Placed extends LegendEntry {
  /** from the left end of the row */
  x: number;
}

const TEXT = 11.5;
const SYMBOL = 24;
const RAMP = [0.16, 0.37, 0.58, 0.79, 1];
const RAMP_CELL = 11;
const GAP = 12;

function symbolWidth(entry: LegendEntry): number {
  return entry.symbol === 'ramp' ? RAMP.length * RAMP_CELL + 7 : SYMBOL;
}

/** Width of a text, estimated: a page without scripts cannot measure. Errs on the wide side: the widest of the usual system fonts decides. */
export function textWidth(text: string, size: number): number {
  let width = 0;
  for (const c of text)
    width += /[iljtf.,:;'|!()[\] \u2009⁻]/.test(c) ? 0.37 : /[mwMW@—]/.test(c) ? 0.95 : /[A-Z−×+=]/.test(c) ? 0.74 : 0.62;
  return width * size;
}

/** Breaks the entries into rows no wider than `width`. */
export function legendRows(entries: readonly LegendEntry[], width: number): Placed[][] {
  const rows: Placed[][] = [];
  let x = Infinity;
  for (const entry of entries) {
    const needed = symbolWidth(entry) + textWidth(entry.label, TEXT);
    if (x + needed > width) {
      rows.push([]);
      x = 0;
    }
    rows.at(-1)!.push({ ...entry, x });
    x += needed + GAP;
  }
  return rows;
}

/** @param top of the first row */
export function renderLegend(rows: readonly (readonly Placed[])[], left: number, top: number, rowHeight: number): Markup | undefined {
  if (rows.length === 0) return undefined;
  const entries = rows.flatMap((row, r) =>
    row.map((entry) => {
      const { label, className, symbol, x } = entry;
      const y = top + r * rowHeight + rowHeight / 2;
      const sx = left + x;
      return markup`<g class="${className}">${symbolMark(symbol, sx, y)}<text x="${n2(sx + symbolWidth(entry))}" y="${n2(y + 4)}">${label}</text></g>`;
    }),
  );
  return markup`<g class="legend" font-size="${TEXT}">${entries}</g>`;
}

function symbolMark(symbol: LegendEntry['symbol'], x: number, y: number): Markup {
  if (symbol === 'line') return markup`<path class="line" d="M${n2(x)} ${n2(y)}h19"/>`;
  if (symbol === 'band') return markup`<rect class="band" x="${n2(x + 1)}" y="${n2(y - 5)}" width="17" height="10"/>`;
  if (symbol === 'ramp')
    return markup`${RAMP.map((opacity, k) => markup`<rect class="cell" fill-opacity="${opacity}" x="${n2(x + k * RAMP_CELL)}" y="${n2(y - 5)}" width="${RAMP_CELL}" height="10"/>`)}`;
  return markup`<path class="point" d="${raw(shapePath(symbol, x + 10, y, 3.6))}"/>`;
}
