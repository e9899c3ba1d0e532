import { type Markup, markup } from '../markup.js';
import { significant } from '../numbers.js';
import { n2 } from '../svg/coordinates.js';
import type { LegendEntry } from '../svg/legend.js';
import { band, diagonal, line, points } from '../svg/marks.js';
import { type Mark, renderPlot } from '../svg/plot.js';
import { extent } from '../svg/scale.js';
import { namesOf, REFERENCE, seriesOf, withUnit } from './context.js';
import type { Validation, Verdict } from './validation.js';

/** Values of one unit that belong to one property: what a picture compares. */
export interface ValueGroup {
  property: string;
  title: string;
  unit: string;
  names: readonly string[];
}

/** Least number of values that a picture is worth. */
const FEW = 5;
/** Least number of reference values for a picture of computed against reference. */
const FEW_REFERENCES = 4;

/** Values of a property by unit, those that at least one potential has, where there are several. */
export function valueGroups(validation: Validation, property: { id: string; title: string; values: readonly string[] }): ValueGroup[] {
  const units = new Map<string, string[]>();
  for (const name of namesOf(validation, property.values)) {
    const verdict = Object.values(validation.potentials).find((verdicts) => verdicts[name]?.value != null)?.[name];
    if (verdict) units.set(verdict.unit, [...(units.get(verdict.unit) ?? []), name]);
  }
  return [...units]
    .filter(([, names]) => names.length >= FEW)
    .map(([unit, names]) => ({ property: property.id, title: property.title, unit, names }));
}

/** One row for each value, a mark for each potential, the reference with its tolerance behind them. */
export function dotFigure(validation: Validation, group: ValueGroup): Markup | undefined {
  const { names, unit } = group;
  const series = seriesOf(validation);
  const verdict = (potential: string, name: string) => validation.potentials[potential]![name];
  const reference = names.map((name) => validation.reference?.values[name]);
  const bar = (potential: string, name: string): number => {
    const spread = verdict(potential, name)?.uncertainty;
    return spread ? spread.spread * spread.scale : 0;
  };
  const computed = series.flatMap((style) =>
    names.flatMap((name) => {
      const [value, half] = [verdict(style.name, name)?.value ?? Number.NaN, bar(style.name, name)];
      return [value - half, value + half];
    }),
  );
  const bands = reference.flatMap((one) => (one ? [one.value - (one.tolerance ?? 0), one.value + (one.tolerance ?? 0)] : []));
  const domain = extent([computed, bands], 0.05);
  if (!domain) return undefined;
  // the first name stands on top
  const at = (k: number) => names.length - 1 - k;
  const lane = (m: number) => (series.length > 1 ? ((series.length - 1) / 2 - m) * Math.min(0.2, 0.6 / (series.length - 1)) : 0);
  const legend: LegendEntry[] = series.map(({ name, className, shape }) => ({ label: name, className, symbol: shape }));
  const bars: Mark[] = series.flatMap(({ name: potential, className }, m) =>
    names.flatMap((name, k) => {
      const [value, half] = [verdict(potential, name)?.value ?? Number.NaN, bar(potential, name)];
      return half > 0 ? [line([value - half, value + half], [at(k) + lane(m), at(k) + lane(m)], `${className} error`)] : [];
    }),
  );
  const marks: Mark[] = series.map(({ name: potential, className, shape }, m) =>
    points(
      names.map((name, k) => {
        const value = verdict(potential, name)?.value ?? Number.NaN;
        return {
          x: value,
          y: at(k) + lane(m),
          tooltip: `${potential}, ${name}: ${withUnit(value, unit)}${bar(potential, name) > 0 ? ` ± ${significant(bar(potential, name), 2)}` : ''}`,
        };
      }),
      className,
      shape,
      3.2,
    ),
  );
  marks.unshift(...bars);
  if (bands.length > 0) {
    marks.unshift(...reference.map((one, k) => referenceMark(one, at(k))));
    legend.push({
      label: reference.some((one) => one?.tolerance !== undefined) ? 'reference and tolerance' : 'reference',
      className: 'reference',
      symbol: 'band',
    });
  }
  const rowHeight = Math.max(21, 7 * series.length);
  return renderPlot({
    id: `dots-${group.property}-${names[0]}`.replace(/[^A-Za-z0-9-]+/g, '-'),
    title: 'All values',
    description: `${group.title} of ${series.map(({ name }) => name).join(', ')}${bands.length > 0 ? ' and of the reference' : ''}, ${names.length} values.`,
    areaHeight: rowHeight * names.length,
    x: { label: quantity(names), unit, domain },
    y: {
      label: '',
      unit: '',
      domain: [-0.5, names.length - 0.5],
      ticks: names.map((name, k) => ({ value: at(k), label: shortName(name, names) })),
    },
    marks,
    legend,
  });
}

/** One value of all potentials: a row for each. `spread` gives an uncertainty where there is one. */
export function singleFigure(
  validation: Validation,
  name: string,
  label: string,
  spread: (verdict: Verdict) => number | undefined = () => undefined,
): Markup | undefined {
  const series = seriesOf(validation).flatMap((style) => {
    const verdict = validation.potentials[style.name]![name];
    return verdict?.value == null ? [] : [{ style, value: verdict.value, unit: verdict.unit, error: spread(verdict) ?? 0 }];
  });
  const reference = validation.reference?.values[name];
  const tolerance = reference?.tolerance ?? 0;
  const all = [
    series.flatMap(({ value, error }) => [value - error, value + error]),
    reference ? [reference.value - tolerance, reference.value + tolerance] : [],
  ];
  const span = extent(all, 0.08);
  if (!span || series.length === 0 || series.length + (reference ? 1 : 0) < 2) return undefined;
  const rows = series.length + (reference ? 1 : 0);
  const at = (k: number) => rows - 1 - k;
  return renderPlot({
    id: `single-${name}`.replace(/[^A-Za-z0-9-]+/g, '-'),
    description: `${label} of ${series.map(({ style }) => style.name).join(', ')}${reference ? ' and of the reference' : ''}.`,
    areaHeight: 24 * rows,
    x: { label, unit: series[0]!.unit, domain: span },
    y: {
      label: '',
      unit: '',
      domain: [-0.5, rows - 0.5],
      ticks: [
        ...series.map(({ style }, k) => ({ value: at(k), label: style.name })),
        ...(reference ? [{ value: 0, label: REFERENCE.name }] : []),
      ],
    },
    marks: [
      ...(reference
        ? [
            referenceMark({ ...reference, tolerance: undefined }, 0),
            band(reference.value - tolerance, reference.value + tolerance, 'reference'),
          ]
        : []),
      ...series.flatMap(({ style, value, unit, error }, k) => [
        ...(error > 0 ? [line([value - error, value + error], [at(k), at(k)], `${style.className} error`)] : []),
        points(
          [{ x: value, y: at(k), tooltip: `${style.name}: ${withUnit(value, unit)}${error > 0 ? ` ± ${significant(error, 2)}` : ''}` }],
          style.className,
          style.shape,
          4,
        ),
      ]),
    ],
  });
}

/** Computed against reference, for many values. */
export function parityFigure(validation: Validation, group: ValueGroup): Markup | undefined {
  const { names, unit, property } = group;
  const series = seriesOf(validation);
  const known = names.flatMap((name) => {
    const one = validation.reference?.values[name];
    return one ? [{ name, value: one.value }] : [];
  });
  if (known.length < FEW_REFERENCES) return undefined;
  const computed = series.flatMap((style) => known.map(({ name }) => validation.potentials[style.name]![name]?.value ?? Number.NaN));
  const domain = extent([known.map(({ value }) => value), computed], 0.06);
  if (!domain || computed.every((value) => !Number.isFinite(value))) return undefined;
  return renderPlot({
    id: `parity-${property}-${names[0]}`.replace(/[^A-Za-z0-9-]+/g, '-'),
    title: 'Computed against reference',
    description: `${group.title}: values of ${series.map(({ name }) => name).join(', ')} against ${known.length} reference values.`,
    square: true,
    x: { label: 'reference', unit, domain },
    y: { label: 'computed', unit, domain },
    marks: [
      diagonal,
      ...series.map(({ name: potential, className, shape }) =>
        points(
          known.map(({ name, value }) => {
            const y = validation.potentials[potential]![name]?.value ?? Number.NaN;
            return { x: value, y, tooltip: `${potential}, ${name}: ${withUnit(y, unit)}, reference ${withUnit(value, unit)}` };
          }),
          className,
          shape,
          3.2,
        ),
      ),
    ],
    legend: series.map(({ name, className, shape }) => ({ label: name, className, symbol: shape })),
  });
}

/** A reference value as a stroke, its tolerance as a band. */
function referenceMark(one: { value: number; tolerance?: number | undefined; unit: string } | undefined, y: number): Mark {
  return (frame) => {
    if (!one) return markup``;
    const x = (value: number) => Math.max(frame.left, Math.min(frame.right, frame.x.at(value)));
    const top = frame.y.at(y + 0.36);
    const bottom = frame.y.at(y - 0.36);
    const { value, tolerance } = one;
    const text = `reference ${withUnit(value, one.unit)}${tolerance === undefined ? '' : ` ± ${significant(tolerance, 3)}`}`;
    return markup`<g class="${REFERENCE.className}">${
      tolerance !== undefined &&
      markup`<rect class="band" x="${n2(x(value - tolerance))}" y="${n2(top)}" width="${n2(Math.max(1, x(value + tolerance) - x(value - tolerance)))}" height="${n2(bottom - top)}"/>`
    }<path class="stroke" d="M${n2(x(value))} ${n2(top)}V${n2(bottom)}"><title>${text}</title></path></g>`;
  };
}

/** `surface` of `surface_111`, `surface_100`, ...; else `value`. */
function quantity(names: readonly string[]): string {
  return commonPrefix(names).replace(/_$/, '').replaceAll('_', ' ') || 'value';
}

/** A name without what all of them begin with. */
function shortName(name: string, names: readonly string[]): string {
  return name.slice(commonPrefix(names).length).replaceAll('_', ' ');
}

function commonPrefix(names: readonly string[]): string {
  const parts = names.map((name) => name.split('_'));
  let n = 0;
  while (parts.every((each) => each.length > n + 1 && each[n] === parts[0]![n])) n++;
  return n === 0 ? '' : `${parts[0]!.slice(0, n).join('_')}_`;
}
