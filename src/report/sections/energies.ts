import { type Markup, markup } from '../markup.js';
import { FIT, type ModelStyles } from '../models.js';
import { count, milli, plural, significant } from '../numbers.js';
import type { ReportEnergyPoint, ReportParity, ReportWindow } from '../report-data.js';
import { figures, note, type Section } from '../section.js';
import { cells, densityLegend, histogram } from '../svg/density.js';
import type { LegendEntry } from '../svg/legend.js';
import { diagonal, line, type Point, points } from '../svg/marks.js';
import { type Mark, renderPlot } from '../svg/plot.js';
import { extent, logExtent } from '../svg/scale.js';
import { renderTable } from '../table.js';

/** Above this many points a panel shows their density, so that a page stays small. */
export const MOST_POINTS = 1500;

const FOLDS = {
  'cross-validation': { className: 'held-out', shape: 'diamond', label: 'cross-validation' },
  train: { className: 's0', shape: 'circle', label: 'training' },
  test: { className: 'test', shape: 'triangle', label: 'test' },
} as const;

/** Energies: parity in windows from the ground state upwards, as figures 2, 3 and 5 of the SR1/SR2 paper, and errors by window. */
export function energiesSection(parity: ReportParity, styles: ModelStyles): Section | undefined {
  if (parity.energies.length === 0 && parity.windows.length === 0) return undefined;
  const lowest = parity.lowest ?? lowestOf(parity.energies);
  const broken = parity.energies.filter((p) => !Number.isFinite(p.reference) || !Number.isFinite(p.predicted)).length;
  const panels = parity.windows.map((window, k) => windowPanel(parity.energies, windowRange(parity, k), window, k, lowest));
  const drawn = panels.filter((panel): panel is Panel => panel !== undefined);
  const outside = drawn.reduce((total, panel) => total + panel.outside, 0);
  const remarks = [
    Number.isFinite(lowest) && `Energies count from the lowest reference energy, ${significant(lowest, 7)} eV/atom.`,
    outside > 0 && `${plural(outside, 'point')} lie outside the panels.`,
    broken > 0 && `${plural(broken, 'frame')} without a finite energy are not shown.`,
  ].filter((remark) => remark !== false);
  return {
    id: 'energies',
    title: 'Energies',
    body: markup`${
      drawn.length > 0 &&
      figures(
        drawn.map((panel) => panel.svg),
        'small',
      )
    }
${remarks.length > 0 && note(remarks.join(' '))}
<div class="beside"><div>${windowTable(parity)}</div>${errorsByWindow(parity, styles)}</div>`,
  };
}

/** The lowest finite reference energy, eV/atom. */
export function lowestOf(energies: readonly ReportEnergyPoint[]): number {
  let lowest = Number.NaN;
  for (const { reference } of energies) if (Number.isFinite(reference) && !(reference >= lowest)) lowest = reference;
  return lowest;
}

/** `0.15 to 0.5`, `up to 0.15` or `above 2`, eV/atom */
export function windowText({ from, to }: ReportWindow): string {
  if (!Number.isFinite(from)) return Number.isFinite(to) ? `up to ${significant(to, 3)}` : 'all';
  return Number.isFinite(to) ? `${significant(from, 3)} to ${significant(to, 3)}` : `above ${significant(from, 3)}`;
}

/** The same, short enough for an axis. */
function windowTick({ from, to }: ReportWindow): string {
  if (!Number.isFinite(from)) return Number.isFinite(to) ? `< ${significant(to, 2)}` : 'all';
  return Number.isFinite(to) ? `${significant(from, 2)}–${significant(to, 2)}` : `> ${significant(from, 2)}`;
}

interface Panel {
  svg: Markup;
  outside: number;
}

/** Half-open ranges; rounding must not lose the lowest frame of the first window nor the highest of the last. */
function windowRange(parity: ReportParity, k: number): [number, number] {
  const { from, to } = parity.windows[k]!;
  return [k === 0 ? from - 1e-9 : from, k === parity.windows.length - 1 ? to + 1e-9 : to];
}

function windowPanel(
  all: readonly ReportEnergyPoint[],
  [from, to]: [number, number],
  window: ReportWindow,
  k: number,
  lowest: number,
): Panel | undefined {
  const inside = all.filter((p) => p.reference - lowest >= from && p.reference - lowest < to && Number.isFinite(p.predicted));
  const reference = inside.map((p) => p.reference - lowest);
  const predicted = inside.map((p) => p.predicted - lowest);
  const referenceDomain = extent([reference], 0);
  if (!referenceDomain) return undefined;
  // a far outlier must not squeeze all others into a corner
  const span = referenceDomain[1] - referenceDomain[0] || 0.01;
  const near = predicted.filter((e) => e > referenceDomain[0] - span && e < referenceDomain[1] + span);
  const domain = extent([reference, near], 0.06)!;
  const marks: Mark[] = [diagonal];
  const legend: LegendEntry[] = [];
  let outside = inside.length - near.length;
  if (inside.length > MOST_POINTS) {
    const h = histogram(reference, predicted, domain, domain, 56);
    outside = h.outside;
    marks.unshift(cells(h, 's0'));
    legend.push(...densityLegend(h, 's0'));
  } else {
    for (const fold of ['cross-validation', 'train', 'test'] as const) {
      const members = inside.filter((p) => p.fold === fold);
      if (members.length === 0) continue;
      const { className, shape, label } = FOLDS[fold];
      marks.push(
        points(
          members.map((p) => energyPoint(p, lowest)),
          className,
          shape,
        ),
      );
      // the order of drawing is that of the importance of being seen; the legend begins with what the reader looks for first
      if (fold === 'train') legend.unshift({ label, className, symbol: shape });
      else legend.push({ label, className, symbol: shape });
    }
  }
  const svg = renderPlot({
    id: `energy-window-${k + 1}`,
    title: `${windowText(window)} eV/atom`,
    subtitle: `MAE ${milli(window.mae)} meV/atom · ${plural(window.frames, 'frame')}`,
    description: `Predicted against reference energy of the frames ${windowText(window)} eV/atom above the lowest; mean absolute error ${milli(window.mae)} meV/atom.`,
    width: 280,
    square: true,
    margins: { left: 57, right: 16 },
    x: { label: 'reference energy', unit: 'eV/atom', domain },
    y: { label: 'predicted energy', unit: 'eV/atom', domain },
    marks,
    legend,
  });
  return { svg, outside };
}

function energyPoint(p: ReportEnergyPoint, lowest: number): Point {
  return {
    x: p.reference - lowest,
    y: p.predicted - lowest,
    tooltip: `${p.name}${p.group ? ` (${p.group})` : ''}: error ${milli(p.predicted - p.reference)} meV/atom`,
  };
}

function windowTable(parity: ReportParity): Markup | undefined {
  const { windows, comparisons = [] } = parity;
  if (windows.length === 0) return undefined;
  return renderTable({
    caption: 'Energy errors in meV/atom by energy above the lowest frame',
    columns: [
      { head: 'window, eV/atom', tight: true },
      { head: 'frames', align: 'right' },
      { head: 'MAE', align: 'right' },
      { head: 'RMSE', align: 'right' },
      { head: 'largest', align: 'right' },
      ...comparisons.map((model) => ({ head: `${model.name} MAE`, align: 'right' as const })),
    ],
    rows: windows.map((w, k) => [
      windowText(w),
      count(w.frames),
      markup`<b>${milli(w.mae)}</b>`,
      milli(w.rmse),
      milli(w.max),
      ...comparisons.map((model) => milli(model.mae[k])),
    ]),
  });
}

/** Mean absolute error of every model over the windows, on a logarithmic axis. */
function errorsByWindow(parity: ReportParity, styles: ModelStyles): Markup | undefined {
  const { windows, comparisons = [] } = parity;
  if (windows.length < 2 || comparisons.length === 0) return undefined;
  const models = [...comparisons, { name: FIT, mae: windows.map((w) => w.mae) }];
  const errors = models.map((model) => windows.map((_, k) => 1000 * (model.mae[k] ?? Number.NaN)));
  const domain = logExtent(errors);
  if (!domain) return undefined;
  const at = windows.map((_, k) => k);
  return figures([
    renderPlot({
      id: 'error-by-window',
      title: 'Error by window',
      description: 'Mean absolute energy error of every model in each window of energy above the lowest frame.',
      x: {
        label: 'energy above the lowest frame',
        unit: 'eV/atom',
        domain: [-0.5, windows.length - 0.5],
        ticks: windows.map((w, k) => ({
          value: k,
          label: windowTick(w),
        })),
      },
      y: { label: 'MAE', unit: 'meV/atom', domain, log: true },
      marks: models.flatMap((model, m) => {
        const { className, shape } = styles.of(model.name);
        const list = at.map((k) => ({
          x: k,
          y: errors[m]![k]!,
          tooltip: `${model.name}, ${windowText(windows[k]!)} eV/atom: ${milli(errors[m]![k]! / 1000)} meV/atom`,
        }));
        return [line(at, errors[m]!, className), points(list, className, shape, 3.6)];
      }),
      legend: [...models]
        .reverse()
        .map(({ name }) => ({ label: name, className: styles.of(name).className, symbol: styles.of(name).shape })),
    }),
  ]);
}
