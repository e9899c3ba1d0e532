import type { Markup } from '../markup.js';
import { seriesStyle } from '../models.js';
import { milli, plural, significant } from '../numbers.js';
import type { ReportFrontEntry, ReportFrontReference } from '../report-data.js';
import type { LegendEntry } from '../svg/legend.js';
import { annotation, line, type Point, points } from '../svg/marks.js';
import { type Mark, renderPlot } from '../svg/plot.js';
import { extent, logExtent } from '../svg/scale.js';

/** Cutoffs that have a colour and a shape each. */
const MOST_CUTOFFS = 6;

/**
 * Error against complexity, the cutoff (and so the cost) by colour and shape; a point leads to the card of its equation.
 * @param entries the k-th has the card `front-(k+1)`
 */
export function frontPlot(entries: readonly ReportFrontEntry[], references: readonly ReportFrontReference[]): Markup | undefined {
  const drawn = [...entries, ...references].filter(({ complexity, loss }) => Number.isFinite(complexity) && loss > 0);
  const xDomain = extent([drawn.map((e) => e.complexity)], 0.08);
  const yDomain = logExtent([drawn.map((e) => 1000 * e.loss)], 0.1);
  if (!xDomain || !yDomain) return undefined;
  const cutoffs = [...new Set(entries.map((e) => e.cutoff))].sort((a, b) => a - b);
  const several = cutoffs.length > 1 && cutoffs.length <= MOST_CUTOFFS;
  const marks: Mark[] = [];
  const legend: LegendEntry[] = [];
  for (const [k, cutoff] of (several ? cutoffs : [undefined]).entries()) {
    const style = seriesStyle(k);
    const members = entries.flatMap((e, index) => (cutoff === undefined || e.cutoff === cutoff ? [{ e, index }] : []));
    const steps = nonDominated(members.map(({ e }) => e));
    marks.unshift(
      line(
        steps.map((e) => e.complexity),
        steps.map((e) => 1000 * e.loss),
        several ? `guide ${style.className}` : 'guide',
        { step: true },
      ),
    );
    marks.push(
      points(
        members.map(({ e, index }) => frontPoint(e, index)),
        style.className,
        style.shape,
        3.6,
      ),
    );
    if (cutoff !== undefined)
      legend.push({
        label: `${significant(cutoff, 4)} Å (${significant(members[0]!.e.mdCost, 2)} × SR2)`,
        className: style.className,
        symbol: style.shape,
      });
  }
  for (const { name, complexity, loss, cutoff } of references) {
    const tooltip = `${name}: ${plural(complexity, 'node')}, ${milli(loss)} meV/atom, cutoff ${significant(cutoff, 4)} Å`;
    marks.push(points([{ x: complexity, y: 1000 * loss, tooltip }], 'held-out', 'diamond', 4), annotation(complexity, 1000 * loss, name));
  }
  for (const e of entries.filter((entry) => entry.chosen))
    marks.push(points([{ x: e.complexity, y: 1000 * e.loss }], 'ring', 'circle', 7.5), annotation(e.complexity, 1000 * e.loss, 'chosen'));
  return renderPlot({
    id: 'front-plot',
    title: 'Error against complexity',
    description:
      'Loss of the best equations found against the number of nodes of the printed equation; colours tell the cutoff, the chosen one is ringed.',
    height: 330,
    x: { label: 'complexity', unit: 'nodes', domain: xDomain },
    y: { label: 'loss', unit: 'meV/atom', domain: yDomain, log: true },
    marks,
    legend,
  });
}

function frontPoint(e: ReportFrontEntry, index: number): Point {
  return {
    x: e.complexity,
    y: 1000 * e.loss,
    href: `front-${index + 1}`,
    tooltip: `${plural(e.complexity, 'node')}, ${milli(e.loss)} meV/atom, cutoff ${significant(e.cutoff, 4)} Å`,
  };
}

/** Entries that no simpler entry beats, by complexity. */
function nonDominated(front: readonly ReportFrontEntry[]): ReportFrontEntry[] {
  const out: ReportFrontEntry[] = [];
  let best = Infinity;
  for (const e of [...front].sort((a, b) => a.complexity - b.complexity || a.loss - b.loss)) {
    if (!(e.loss < best)) continue;
    best = e.loss;
    out.push(e);
  }
  return out;
}
