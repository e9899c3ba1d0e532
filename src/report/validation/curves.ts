import type { Curve } from '../../properties/property.js';
import { type Markup, markup } from '../markup.js';
import { significant } from '../numbers.js';
import type { LegendEntry } from '../svg/legend.js';
import { level, line, points } from '../svg/marks.js';
import { type Mark, renderPlot } from '../svg/plot.js';
import { extent, type Tick } from '../svg/scale.js';
import { REFERENCE, type SeriesStyle, seriesOf } from './context.js';
import type { ReferenceCurve, Validation } from './validation.js';

/** Height of the drawing area of curves. */
const AREA_HEIGHT = 195;

/** Curves of one id of all potentials, and the reference points for it. */
export interface CurveGroup {
  property: string;
  id: string;
  curves: readonly { style: SeriesStyle; curve: Curve }[];
  references: readonly ReferenceCurve[];
}

/** The curves of a property by id, in the order in which they come. */
export function curveGroups(validation: Validation, property: string): CurveGroup[] {
  const groups = new Map<string, { style: SeriesStyle; curve: Curve }[]>();
  for (const style of seriesOf(validation))
    for (const curve of validation.curves[style.name]?.[property] ?? []) {
      const group = groups.get(curve.id);
      if (group) group.push({ style, curve });
      else groups.set(curve.id, [{ style, curve }]);
    }
  const references = validation.reference?.curves[property] ?? [];
  return [...groups].map(([id, curves], k) => ({
    property,
    id,
    curves,
    references: references.filter((reference) => (reference.curve ?? (k === 0 ? id : undefined)) === id),
  }));
}

/** Names of positions on the x axis, such as those of the Brillouin zone. */
export interface CurveOptions {
  ticks?: readonly Tick[];
  /** keeps all values in the figure, walls as well */
  whole?: boolean;
}

/** One figure with all potentials; undefined where nothing is finite. */
export function curveFigure(group: CurveGroup, options: CurveOptions = {}): Markup | undefined {
  const { curves, references } = group;
  const first = curves[0]!.curve;
  const reference = references.map((one) => ({ ...one, xy: referencePoints(one, options.ticks ?? []) }));
  const xDomain = extent(
    [...curves.map(({ curve }) => curve.x.values), ...reference.map(({ xy }) => xy.map(([x]) => x))],
    options.ticks ? 0.012 : 0.02,
  );
  const values = curves.map(({ curve }) => curve.y.values);
  const yDomain = limits([...values, ...reference.map(({ xy }) => xy.map(([, y]) => y))], options.whole ?? false);
  if (!xDomain || !yDomain) return undefined;
  const marks: Mark[] = [level(0)];
  const legend: LegendEntry[] = [];
  for (const { style, curve } of curves) {
    const { className, shape, name } = style;
    if (curve.style === 'points')
      marks.push(
        points(
          curve.x.values.map((x, k) => ({ x, y: curve.y.values[k] ?? Number.NaN, tooltip: tooltip(name, curve, k) })),
          className,
          shape,
          3.2,
        ),
      );
    else marks.push(options.ticks ? pathLine(curve, className, name) : line(curve.x.values, curve.y.values, className, { tooltip: name }));
    if (!legend.some(({ label }) => label === name))
      legend.push({ label: name, className, symbol: curve.style === 'points' ? shape : 'line' });
  }
  for (const { label, style, xy } of reference) {
    const { className, shape } = REFERENCE;
    if (style === 'line')
      marks.push(
        line(
          xy.map(([x]) => x),
          xy.map(([, y]) => y),
          className,
          { tooltip: label },
        ),
      );
    else
      marks.push(
        points(
          xy.map(([x, y]) => ({ x, y, tooltip: `${label}: ${significant(y, 5)} ${first.y.unit}` })),
          className,
          shape,
          3,
        ),
      );
    if (!legend.some((entry) => entry.label === label)) legend.push({ label, className, symbol: style === 'line' ? 'line' : shape });
  }
  return renderPlot({
    id: `curve-${group.property}-${group.id}`.replace(/[^A-Za-z0-9-]+/g, '-'),
    title: first.title,
    description: `${first.title}: ${first.y.label} against ${first.x.label} of ${[...curves.map(({ style }) => style.name), ...references.map(({ label }) => label)].join(', ')}.`,
    areaHeight: AREA_HEIGHT,
    x: { label: first.x.label, unit: first.x.unit, domain: xDomain, ...(options.ticks ? { ticks: options.ticks } : {}) },
    y: { label: first.y.label, unit: first.y.unit, domain: yDomain },
    marks: options.ticks ? [verticals(options.ticks), ...marks] : marks,
    legend,
  });
}

/** A line along a path through named positions; it breaks where the path does, at two points of one place. */
function pathLine({ x, y }: Curve, className: string, name: string): Mark {
  const xs: number[] = [];
  const ys: number[] = [];
  for (const [k, at] of x.values.entries()) {
    const value = y.values[k] ?? Number.NaN;
    if (k > 0 && at === x.values[k - 1] && Math.abs(value - ys.at(-1)!) > 0) {
      xs.push(Number.NaN);
      ys.push(Number.NaN);
    }
    xs.push(at);
    ys.push(value);
  }
  return line(xs, ys, className, { tooltip: name });
}

function tooltip(name: string, curve: Curve, k: number): string {
  return `${name}: ${significant(curve.x.values[k], 5)} ${curve.x.unit}, ${significant(curve.y.values[k], 5)} ${curve.y.unit}`;
}

/** Positions of reference points; names of positions are those of the ticks, and may stand at several. */
function referencePoints({ points: rows }: ReferenceCurve, ticks: readonly Tick[]): [number, number][] {
  return rows.flatMap(([at, ...values]) => {
    const xs =
      typeof at === 'number'
        ? [at]
        : ticks.filter(({ label }) => label.split('|').some((part) => part.trim() === at)).map(({ value }) => value);
    return xs.flatMap((x) => values.map((y): [number, number] => [x, y]));
  });
}

/** Lines through the named positions. */
function verticals(ticks: readonly Tick[]): Mark {
  return (frame) =>
    markup`${ticks.map(({ value }) => {
      const at = frame.x.at(value);
      return Number.isFinite(at) && markup`<path class="level" d="M${Math.round(at * 100) / 100} ${frame.top}V${frame.bottom}"/>`;
    })}`;
}

/**
 * Limits of the values. A repulsive wall or a collapse is a hundred times higher or deeper than what one wants to see, so the
 * outermost tenth on each side may leave the figure.
 */
function limits(lists: readonly (readonly number[])[], whole: boolean): [number, number] | undefined {
  const values = lists.flatMap((list) => list.filter((value) => Number.isFinite(value))).sort((a, b) => a - b);
  if (values.length === 0) return undefined;
  const least = values[0]!;
  const most = values.at(-1)!;
  if (whole) return extent([[least, most]], 0.06);
  const at = (share: number) => values[Math.round(share * (values.length - 1))]!;
  const [low, high] = [at(0.1), at(0.9)];
  const usual = high - low;
  const bottom = usual > 0 && low - least > 4 * usual ? low - 1.2 * usual : least;
  const top = usual > 0 && most - high > 4 * usual ? high + 1.2 * usual : most;
  return extent([[bottom, top]], 0.06);
}
