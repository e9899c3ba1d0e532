import { type Markup, markup, raw } from '../markup.js';
import { half, n2 } from './coordinates.js';
import { type LegendEntry, legendRows, renderLegend, textWidth } from './legend.js';
import { linearScale, logScale, type Scale, type Tick } from './scale.js';

/**
 * One axis. Label and unit are both required, so that no axis can go without; a count's unit is what is counted, and only an axis
 * whose ticks are names or whose numbers have none has an empty unit.
 */
export interface Axis {
  label: string;
  unit: string;
  domain: readonly [number, number];
  log?: boolean;
  /** ticks in place of the automatic ones */
  ticks?: readonly Tick[];
}

/** The drawing area that marks are placed in. */
export interface Frame {
  /** unique in the page; a clip path is made of it */
  id: string;
  x: Scale;
  y: Scale;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** Draws something into the area; clipped to it. */
export type Mark = (frame: Frame) => Markup;

export interface Plot {
  /** unique in the page, letters, digits and dashes */
  id: string;
  title?: string;
  subtitle?: string;
  /** what the figure shows, for readers who cannot see it */
  description: string;
  x: Axis;
  y: Axis;
  /** units of the drawing; text is 11 to 13 units high, so 340 is right for a phone's width */
  width?: number;
  height?: number;
  /** makes the drawing area a square and ignores `height` */
  square?: boolean;
  /** height of the drawing area whatever stands above and below it, in place of `height` */
  areaHeight?: number;
  /** least width of the margins for the labels, so that figures side by side have areas of one size */
  margins?: { left: number; right: number };
  marks: readonly Mark[];
  legend?: readonly LegendEntry[];
}

const TICK_TEXT = 11;
const LABEL_TEXT = 12;
const TITLE_TEXT = 13;
/** Bold letters are wider. */
const BOLD = 1.06;
const LEGEND_ROW = 17;

/** A figure as inline SVG. Colours and fonts come from the page's style sheet. */
export function renderPlot(plot: Plot): Markup {
  const width = plot.width ?? 340;
  const titles = wrapped(plot.title ?? '', TITLE_TEXT * BOLD, width - 8);
  const titleHeight = 18 * titles.length + (plot.subtitle ? 16 : 0);
  const xLabel = wrapped(axisLabel(plot.x), LABEL_TEXT, width - 8);
  const yLabel = wrapped(
    axisLabel(plot.y),
    LABEL_TEXT,
    plot.square ? width - 70 : (plot.areaHeight ?? (plot.height ?? 270) - titleHeight - 45) + 20,
  );
  const below = 27 + 15 * Math.max(1, xLabel.length);
  // ticks do not depend much on the final size of the area, so a guess of it gives the widths of their labels
  const left = Math.max(
    plot.margins?.left ?? 40,
    11 + 15 * yLabel.length + Math.max(...scaleOf(plot.y, [200, 0]).ticks.map((tick) => textWidth(tick.label, TICK_TEXT))),
  );
  const right = width - Math.max(plot.margins?.right ?? 12, overhang(scaleOf(plot.x, [left, width - 12]), width - 12));
  const rows = legendRows(plot.legend ?? [], right - left);
  const top = 8 + titleHeight + rows.length * LEGEND_ROW + (titleHeight || rows.length ? 4 : 0);
  const bottom = plot.square ? top + (right - left) : plot.areaHeight !== undefined ? top + plot.areaHeight : (plot.height ?? 270) - below;
  const height = bottom + below;
  const frame: Frame = {
    id: plot.id,
    x: scaleOf(plot.x, [left, right]),
    y: scaleOf(plot.y, [bottom, top]),
    left,
    right,
    top,
    bottom,
  };
  const middle = (left + right) / 2;
  return markup`<svg class="plot" id="${plot.id}" viewBox="0 0 ${width} ${n2(height)}" role="img" aria-labelledby="${plot.id}-d">
<desc id="${plot.id}-d">${plot.description}</desc>
<clipPath id="${plot.id}-c"><rect x="${n2(left)}" y="${n2(top)}" width="${n2(right - left)}" height="${n2(bottom - top)}"/></clipPath>
${titles.map((text, k) => markup`<text class="plot-title" x="${n2(inside(middle, textWidth(text, TITLE_TEXT) * BOLD, width))}" y="${18 + 18 * k}" text-anchor="middle" font-size="${TITLE_TEXT}">${text}</text>`)}
${plot.subtitle && markup`<text class="plot-subtitle" x="${n2(middle)}" y="${16 + 18 * titles.length}" text-anchor="middle" font-size="${LABEL_TEXT}">${plot.subtitle}</text>`}
${renderLegend(rows, left, titleHeight + 8, LEGEND_ROW)}
${grid(frame, plot)}
<g clip-path="url(#${plot.id}-c)">${plot.marks.map((mark) => mark(frame))}</g>
${axes(frame)}
<g class="axis-label" data-axis="x" text-anchor="middle" font-size="${LABEL_TEXT}">${xLabel.map((text, k) => markup`<text x="${n2(inside(middle, textWidth(text, LABEL_TEXT), width))}" y="${n2(bottom + 35 + 15 * k)}">${k > 0 && ' '}${text}</text>`)}</g>
<g class="axis-label" data-axis="y" transform="translate(13 ${n2((top + bottom) / 2)}) rotate(-90)" text-anchor="middle" font-size="${LABEL_TEXT}">${yLabel.map((text, k) => markup`<text y="${15 * k}">${k > 0 && ' '}${text}</text>`)}</g>
</svg>`;
}

/** Middle of a text that stands over or below the middle of the area, or further left where it would not fit. */
function inside(middle: number, length: number, width: number): number {
  return Math.max(length / 2 + 2, Math.min(middle, width - length / 2 - 2));
}

/** Lines no longer than `width`, broken between words. */
function wrapped(text: string, size: number, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ').filter(Boolean)) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : word;
    if (lines.length > 0 && textWidth(longer, size) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function axisLabel(axis: Axis): string {
  return axis.unit === '' ? axis.label : `${axis.label} (${axis.unit})`;
}

function scaleOf(axis: Axis, range: [number, number]): Scale {
  const length = Math.abs(range[1] - range[0]);
  // vertical axes have room for a label every 40 units, horizontal ones for one every 60
  const wanted = Math.max(2, Math.min(6, Math.floor(length / (range[0] > range[1] ? 40 : 56))));
  const scale = axis.log ? logScale(axis.domain, range, wanted) : linearScale(axis.domain, range, wanted);
  return axis.ticks ? { ...scale, ticks: axis.ticks, minor: [] } : scale;
}

/** How far the label of the last tick reaches over the right end of the area. */
function overhang(scale: Scale, right: number): number {
  const last = scale.ticks.at(-1);
  return last ? scale.at(last.value) + textWidth(last.label, TICK_TEXT) / 2 - right + 2 : 0;
}

function grid(frame: Frame, plot: Plot): Markup {
  const { x, y, left, right, top, bottom } = frame;
  const vertical = x.ticks.map((tick) => `M${half(x.at(tick.value))} ${half(top)}V${half(bottom)}`);
  const horizontal = y.ticks.map((tick) => `M${half(left)} ${half(y.at(tick.value))}H${half(right)}`);
  return markup`<path class="grid" d="${raw((plot.x.ticks ? horizontal : [...vertical, ...horizontal]).join(''))}"/>`;
}

function axes(frame: Frame): Markup {
  const { x, y, left, right, top, bottom } = frame;
  const box = `M${half(left)} ${half(top)}H${half(right)}V${half(bottom)}H${half(left)}Z`;
  const marks = [
    ...x.ticks.map((tick) => `M${half(x.at(tick.value))} ${half(bottom)}v4`),
    ...y.ticks.map((tick) => `M${half(left)} ${half(y.at(tick.value))}h-4`),
    ...x.minor.map((value) => `M${half(x.at(value))} ${half(bottom)}v2.5`),
    ...y.minor.map((value) => `M${half(left)} ${half(y.at(value))}h-2.5`),
  ];
  return markup`<path class="axis" d="${raw(box + marks.join(''))}"/>
<g class="ticks" font-size="${TICK_TEXT}">${withoutCollisions(x).map((tick) => markup`<text x="${n2(x.at(tick.value))}" y="${n2(bottom + 17)}" text-anchor="middle">${tick.label}</text>`)}${y.ticks.map((tick) => markup`<text x="${n2(left - 7)}" y="${n2(y.at(tick.value) + 3.8)}" text-anchor="end">${tick.label}</text>`)}</g>`;
}

/** Labels of a horizontal axis that would run into their neighbour are left out. */
function withoutCollisions(scale: Scale): Tick[] {
  const kept: Tick[] = [];
  let end = -Infinity;
  for (const tick of scale.ticks) {
    const width = textWidth(tick.label, TICK_TEXT);
    const at = scale.at(tick.value);
    if (at - width / 2 < end + 4) continue;
    kept.push(tick);
    end = at + width / 2;
  }
  return kept;
}
