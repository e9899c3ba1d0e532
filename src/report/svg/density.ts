import { type Markup, markup, raw } from '../markup.js';
import { count } from '../numbers.js';
import { n2 } from './coordinates.js';
import type { LegendEntry } from './legend.js';
import type { Mark } from './plot.js';

/** A two-dimensional histogram on a square grid. */
export interface Histogram {
  /** cells along each side */
  bins: number;
  xDomain: readonly [number, number];
  yDomain: readonly [number, number];
  /** points in each cell, shape (bins along y, bins along x) */
  counts: Uint32Array;
  /** finite points outside the domains */
  outside: number;
  /** points with a coordinate that is not finite */
  broken: number;
}

/** Counts points on a grid, so that a figure's size does not grow with their number. */
export function histogram(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  xDomain: readonly [number, number],
  yDomain: readonly [number, number],
  bins = 72,
): Histogram {
  const counts = new Uint32Array(bins * bins);
  let outside = 0;
  let broken = 0;
  const dx = bins / (xDomain[1] - xDomain[0]);
  const dy = bins / (yDomain[1] - yDomain[0]);
  for (let k = 0; k < x.length; k++) {
    const i = Math.floor((x[k]! - xDomain[0]) * dx);
    const j = Math.floor((y[k]! - yDomain[0]) * dy);
    if (!Number.isFinite(i) || !Number.isFinite(j)) broken++;
    else if (i < 0 || j < 0 || i >= bins || j >= bins) outside++;
    else counts[j * bins + i]!++;
  }
  return { bins, xDomain, yDomain, counts, outside, broken };
}

/** Upper ends of the levels of grey: 1, 2-3, 4-9, 10-31, ...: half decades. */
function levelOf(n: number): number {
  return n === 1 ? 0 : n <= 3 ? 1 : Math.floor(2 * Math.log10(n) + 1e-9) + 1;
}

function levelRange(level: number): [number, number] {
  if (level === 0) return [1, 1];
  if (level === 1) return [2, 3];
  return [Math.ceil(10 ** ((level - 1) / 2)), Math.ceil(10 ** (level / 2)) - 1];
}

/** The cells, one path for each level of darkness; neighbouring cells of one row and level are one rectangle. */
export function cells(h: Histogram, className: string): Mark {
  return (frame) => {
    const levels: string[] = [];
    const { bins, counts } = h;
    const edgeX = Array.from({ length: bins + 1 }, (_, i) => n2(frame.x.at(h.xDomain[0] + (i / bins) * (h.xDomain[1] - h.xDomain[0]))));
    const edgeY = Array.from({ length: bins + 1 }, (_, j) => n2(frame.y.at(h.yDomain[0] + (j / bins) * (h.yDomain[1] - h.yDomain[0]))));
    for (let j = 0; j < bins; j++)
      for (let i = 0; i < bins; ) {
        const n = counts[j * bins + i]!;
        if (n === 0) {
          i++;
          continue;
        }
        const level = levelOf(n);
        let end = i + 1;
        while (end < bins && counts[j * bins + end]! > 0 && levelOf(counts[j * bins + end]!) === level) end++;
        levels[level] = `${levels[level] ?? ''}M${edgeX[i]} ${edgeY[j]}H${edgeX[end]}V${edgeY[j + 1]}H${edgeX[i]}z`;
        i = end;
      }
    const top = Math.max(1, levels.length - 1);
    const paths: Markup[] = [];
    levels.forEach((d, level) => {
      if (d)
        paths.push(markup`<path fill-opacity="${shade(level, top)}" d="${raw(d)}"><title>${levelText(level)} in a cell</title></path>`);
    });
    return markup`<g class="cells ${className}">${paths}</g>`;
  };
}

/** The darkness of a level, from faint to full. */
function shade(level: number, top: number): string {
  return n2(0.16 + (0.84 * level) / top);
}

function levelText(level: number): string {
  const [from, to] = levelRange(level);
  return from === to ? `${from} point` : `${count(from)} to ${count(to)} points`;
}

/** Legend of the darkness: the faintest and the darkest level. */
export function densityLegend(h: Histogram, className: string): LegendEntry[] {
  let most = 0;
  for (const n of h.counts) if (n > most) most = n;
  if (most === 0) return [];
  return [{ label: `1 to ${count(most)} points per cell`, className, symbol: 'ramp' }];
}
