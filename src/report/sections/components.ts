import { type Markup, markup } from '../markup.js';
import { count, differences, fixed, milli, plural, significant } from '../numbers.js';
import type { ReportComponents, ReportGroup, ReportParity } from '../report-data.js';
import { figures, note, type Section } from '../section.js';
import { cells, densityLegend, histogram } from '../svg/density.js';
import type { LegendEntry } from '../svg/legend.js';
import { diagonal, points } from '../svg/marks.js';
import { type Mark, renderPlot } from '../svg/plot.js';
import { extent } from '../svg/scale.js';
import { renderTable } from '../table.js';
import { MOST_POINTS } from './energies.js';

/** GPa in one eV/Å³ */
const GPA = 160.21766208;

/** Forces and stress against their reference values, and the errors by kind of structure. */
export function componentsSection(parity: ReportParity): Section | undefined {
  const panels = [
    parity.forces && componentPanel('forces', 'force component', 'eV/Å', 1, parity.forces, (mae) => `${milli(mae)} meV/Å`),
    parity.stress && componentPanel('stress', 'stress component', 'GPa', GPA, parity.stress, (mae) => `${significant(GPA * mae, 3)} GPa`),
  ].filter((panel): panel is ComponentPanel => panel !== undefined);
  const table = parity.groups?.length ? groupTable(parity.groups) : undefined;
  if (panels.length === 0 && !table) return undefined;
  const title =
    panels.length === 0
      ? 'Errors by kind of structure'
      : parity.stress && parity.forces
        ? 'Forces and stress'
        : parity.forces
          ? 'Forces'
          : 'Stress';
  const notes = panels.flatMap((panel) => panel.notes);
  return {
    id: 'forces',
    title,
    body: markup`${panels.length > 0 && figures(panels.map((panel) => panel.svg))}
${notes.length > 0 && note(notes.join(' '))}
${table}`,
  };
}

interface ComponentPanel {
  svg: Markup;
  notes: string[];
}

function componentPanel(
  id: string,
  what: string,
  unit: string,
  factor: number,
  data: ReportComponents,
  written: (mae: number) => string,
): ComponentPanel | undefined {
  const { mae, rmse, count: finite, broken } = differences(data.reference, data.predicted);
  if (finite === 0) return undefined;
  const reference = Array.from(data.reference, (v) => v * factor);
  const predicted = Array.from(data.predicted, (v) => v * factor);
  const domain = commonDomain(reference, predicted);
  if (!domain) return undefined;
  const h = histogram(reference, predicted, domain, domain);
  const marks: Mark[] = [];
  const legend: LegendEntry[] = [];
  if (finite > MOST_POINTS) {
    marks.push(cells(h, 's0'));
    legend.push(...densityLegend(h, 's0'));
  } else {
    marks.push(
      points(
        reference.map((x, k) => ({ x, y: predicted[k]! })),
        's0',
        'circle',
        2.2,
      ),
    );
  }
  const svg = renderPlot({
    id: `${id}-parity`,
    title: `${what[0]!.toUpperCase()}${what.slice(1)}s`,
    subtitle: `MAE ${written(mae)} · RMSE ${written(rmse)}`,
    description: `Predicted against reference ${what}s of ${count(finite)} values; mean absolute error ${written(mae)}.`,
    square: true,
    x: { label: `reference ${what}`, unit, domain },
    y: { label: `predicted ${what}`, unit, domain },
    marks: [...marks, diagonal],
    legend,
  });
  const notes: string[] = [];
  if (h.outside > 0) notes.push(`${plural(h.outside, `${what} lies`, `${what}s lie`)} outside the figure.`);
  if (broken > 0) notes.push(`${plural(broken, `${what}`)} without a finite value not shown.`);
  return { svg, notes };
}

/** One domain for both axes. Where a few values are far larger than all others it covers all but 2 in 1000, else the others are a dot. */
function commonDomain(reference: readonly number[], predicted: readonly number[]): [number, number] | undefined {
  const all = [...reference, ...predicted].filter((v) => Number.isFinite(v));
  const sizes = Float64Array.from(all, Math.abs).sort();
  const most = sizes.at(-1)!;
  const usual = sizes[Math.floor(0.998 * (sizes.length - 1))]!;
  const limit = most > 3 * usual && usual > 0 ? 1.1 * usual : Infinity;
  return extent([all.filter((v) => Math.abs(v) <= limit)], 0.03);
}

function groupTable(groups: readonly ReportGroup[]): Markup {
  const forces = groups.some((g) => g.forceMae !== undefined);
  const stress = groups.some((g) => g.stressMae !== undefined);
  return renderTable({
    caption: `Errors by kind of structure: energies in meV/atom${forces ? ', forces in meV/Å' : ''}${stress ? ', stress in GPa' : ''}`,
    columns: [
      { head: 'config_type', tight: true },
      { head: 'frames', align: 'right' },
      { head: 'energy MAE', align: 'right' },
      { head: 'energy RMSE', align: 'right' },
      { head: 'largest', align: 'right' },
      ...(forces ? [{ head: 'force MAE', align: 'right' as const }] : []),
      ...(stress ? [{ head: 'stress MAE', align: 'right' as const }] : []),
    ],
    rows: groups.map((g) => [
      g.group || 'none',
      count(g.frames),
      milli(g.energyMae),
      milli(g.energyRmse),
      milli(g.energyMax),
      ...(forces ? [milli(g.forceMae)] : []),
      ...(stress ? [fixed(g.stressMae === undefined ? undefined : GPA * g.stressMae, 3)] : []),
    ]),
  });
}
