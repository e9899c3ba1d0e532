import { type Markup, markup } from '../markup.js';
import type { ModelStyles } from '../models.js';
import { significant } from '../numbers.js';
import type { ReportCurve, ReportCurves } from '../report-data.js';
import { figures, note, type Section } from '../section.js';
import type { LegendEntry } from '../svg/legend.js';
import { band, level, line } from '../svg/marks.js';
import { type Axis, renderPlot } from '../svg/plot.js';
import { extent } from '../svg/scale.js';

/** The three functions, drawn over what training saw of their argument. */
export function functionsSection(curves: ReportCurves, styles: ModelStyles): Section | undefined {
  const radial = { label: 'distance r', unit: 'Å' };
  const figureList = [
    plotCurves(
      'pair',
      'Pair energy φ(r)',
      curves.pair,
      { ...radial, ...from(curves) },
      { label: 'pair energy φ', unit: 'eV' },
      met(curves),
      styles,
    ),
    plotCurves(
      'density',
      'Density ρ(r)',
      curves.density,
      { ...radial, ...from(curves) },
      { label: 'density ρ', unit: 'units of ρ' },
      met(curves),
      styles,
    ),
    plotCurves(
      'embedding',
      'Embedding energy F(ρ)',
      curves.embedding,
      { label: 'density ρ', unit: 'units of ρ' },
      { label: 'embedding energy F', unit: 'eV' },
      curves.densityRange,
      styles,
    ),
  ].filter((figure): figure is Markup => figure !== undefined);
  if (figureList.length === 0) return undefined;
  const remarks = [
    curves.shortest !== undefined && `Shortest distance of the data: ${significant(curves.shortest, 4)} Å.`,
    curves.densityRange && `Densities of the data: ${curves.densityRange.map((v) => significant(v, 4)).join(' to ')}.`,
    'Outside the shaded ranges the equation extrapolates.',
  ].filter((remark) => typeof remark === 'string');
  return {
    id: 'functions',
    title: 'The three functions',
    body: markup`${figures(figureList)}
${(curves.shortest !== undefined || curves.densityRange) && note(remarks.join(' '))}`,
  };
}

/** Distances are shown from a little below the shortest one of the data. */
function from(curves: ReportCurves): { low?: number } {
  return curves.shortest === undefined ? {} : { low: 0.85 * curves.shortest };
}

function met(curves: ReportCurves): readonly [number, number] | undefined {
  return curves.shortest === undefined ? undefined : [curves.shortest, Infinity];
}

function plotCurves(
  id: string,
  title: string,
  curves: readonly ReportCurve[],
  x: Omit<Axis, 'domain'> & { low?: number },
  y: Omit<Axis, 'domain'>,
  range: readonly [number, number] | undefined,
  styles: ModelStyles,
): Markup | undefined {
  const whole = extent(
    curves.map((curve) => curve.x),
    0,
  );
  if (!whole) return undefined;
  const domain: [number, number] = [Math.max(whole[0], x.low ?? -Infinity), whole[1]];
  const limits = valueLimits(curves, id === 'embedding' ? domain : [Math.max(domain[0], range?.[0] ?? -Infinity), domain[1]]);
  if (!limits) return undefined;
  // the fit first: its broad line stays visible under the thin, dashed ones of models that nearly coincide with it
  const ordered = [...curves].sort((a, b) => Number(b.role === 'fit') - Number(a.role === 'fit'));
  const legend: LegendEntry[] = curves.map((curve) => ({ label: curve.name, className: classOf(curve, styles), symbol: 'line' }));
  if (range) legend.push({ label: 'met in training', className: '', symbol: 'band' });
  return renderPlot({
    id: `${id}-curve`,
    title,
    description: `${title} of ${curves.map((curve) => curve.name).join(', ')}.`,
    height: 270,
    x: { label: x.label, unit: x.unit, domain },
    y: { label: y.label, unit: y.unit, domain: limits },
    marks: [
      ...(range ? [band(range[0], Math.min(range[1], domain[1]))] : []),
      level(0),
      ...ordered.map((curve) => line(curve.x, curve.y, classOf(curve, styles), { tooltip: curve.name })),
    ],
    legend,
  });
}

function classOf(curve: ReportCurve, styles: ModelStyles): string {
  return `${styles.of(curve.name).className}${curve.role === 'fit' ? ' fit' : ''}`;
}

/**
 * Limits that show where the function does its work. A repulsive wall is a hundred times higher than the well is deep, so
 * the fitted function's highest values (a fifth of the range) may leave the figure.
 */
function valueLimits(curves: readonly ReportCurve[], [low, high]: readonly [number, number]): [number, number] | undefined {
  const leading = curves.filter((curve) => curve.role !== 'comparison');
  const values: number[] = [];
  for (const curve of leading.length ? leading : curves)
    for (let k = 0; k < curve.x.length; k++)
      if (curve.x[k]! >= low && curve.x[k]! <= high && Number.isFinite(curve.y[k]!)) values.push(curve.y[k]!);
  if (values.length === 0) return undefined;
  values.sort((a, b) => a - b);
  const least = values[0]!;
  const most = values.at(-1)!;
  const usual = values[Math.floor(0.8 * (values.length - 1))]!;
  const top = most - least > 3 * (usual - least) ? least + 1.5 * (usual - least) : most;
  return extent([[least, top, 0]], 0.07);
}
