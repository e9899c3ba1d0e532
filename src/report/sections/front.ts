import { type Markup, markup } from '../markup.js';
import { seriesStyle } from '../models.js';
import { milli, plural, significant } from '../numbers.js';
import type { ReportFrontEntry, ReportRestart } from '../report-data.js';
import { figures, type Section } from '../section.js';
import type { LegendEntry } from '../svg/legend.js';
import { annotation, line, points } from '../svg/marks.js';
import { type Mark, renderPlot } from '../svg/plot.js';
import { extent, logExtent } from '../svg/scale.js';
import { foldedTable } from '../table.js';

/** Restarts drawn besides the best one. */
const MOST_RESTARTS = 60;
/** Losses this many times the best are above the figure. */
const MOST_LOSS = 3000;
/** Points that a restart's line is thinned to. */
const MOST_STEPS = 300;

/** What the search found: the front over complexity and error, and how the loss fell. */
export function searchSection(front: readonly ReportFrontEntry[] = [], history: readonly ReportRestart[] = []): Section | undefined {
  const plots = [frontPlot(front), historyPlot(history)].filter((plot): plot is Markup => plot !== undefined);
  if (plots.length === 0 && front.length === 0) return undefined;
  return { id: 'search', title: 'The search', body: markup`${plots.length > 0 && figures(plots)}${front.length > 0 && frontTable(front)}` };
}

function frontPlot(front: readonly ReportFrontEntry[]): Markup | undefined {
  const losses = front.map((e) => 1000 * e.loss);
  const complexities = front.map((e) => e.complexity);
  const xDomain = extent([complexities], 0.08);
  const yDomain = logExtent([losses], 0.1);
  if (!xDomain || !yDomain) return undefined;
  const cutoffs = [...new Set(front.map((e) => e.cutoff))].sort((a, b) => a - b);
  const byCutoff = cutoffs.length > 1 && cutoffs.length <= 4;
  const marks: Mark[] = [];
  const legend: LegendEntry[] = [];
  const staircase = nonDominated(front);
  marks.push(
    line(
      staircase.map((e) => e.complexity),
      staircase.map((e) => 1000 * e.loss),
      'guide',
      { step: true },
    ),
  );
  for (const [k, cutoff] of (byCutoff ? cutoffs : [undefined]).entries()) {
    const style = seriesStyle(k);
    const members = front.filter((e) => cutoff === undefined || e.cutoff === cutoff);
    marks.push(points(members.map(frontPoint), style.className, style.shape, 3.6));
    if (cutoff !== undefined) legend.push({ label: `cutoff ${significant(cutoff, 4)} Å`, className: style.className, symbol: style.shape });
  }
  for (const e of front.filter((entry) => entry.chosen)) {
    marks.push(points([frontPoint(e)], 'ring', 'circle', 7.5), annotation(e.complexity, 1000 * e.loss, 'chosen'));
  }
  return renderPlot({
    id: 'front-plot',
    title: 'Error against complexity',
    description: 'Loss of the best equations found against the number of nodes of the printed equation; the chosen one is ringed.',
    height: 290,
    x: { label: 'complexity', unit: 'nodes', domain: xDomain },
    y: { label: 'loss', unit: 'meV/atom', domain: yDomain, log: true },
    marks,
    legend,
  });
}

function frontPoint(e: ReportFrontEntry): { x: number; y: number; tooltip: string } {
  return {
    x: e.complexity,
    y: 1000 * e.loss,
    tooltip: `${plural(e.complexity, 'node')}, ${milli(e.loss)} meV/atom, cutoff ${significant(e.cutoff, 4)} Å\n${roundedText(e.equationText)}`,
  };
}

/** Constants of a text with more digits than a reader needs, rounded to five. */
export function roundedText(text: string): string {
  return text.replace(/(?<![\w.])\d+\.?\d*(?:e[+-]?\d+)?/gi, (number) =>
    number.length > 7 ? String(Number(Number(number).toPrecision(5))) : number,
  );
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

function frontTable(front: readonly ReportFrontEntry[]): Markup {
  const rows = [...front].sort((a, b) => a.complexity - b.complexity || a.loss - b.loss);
  return foldedTable(
    {
      caption: 'The front: the most accurate equation found at each complexity; constants rounded',
      columns: [
        { head: 'nodes', align: 'right' },
        { head: 'loss, meV/atom', align: 'right' },
        { head: 'cutoff, Å', align: 'right' },
        { head: '' },
        { head: 'equation' },
      ],
      rows: rows.map((e) => [
        e.complexity,
        milli(e.loss),
        significant(e.cutoff, 4),
        e.chosen && markup`<b>chosen</b>`,
        e.equationText.split(/\s*;\s*/).map((one) => markup`<code class="line">${roundedText(one)}</code>`),
      ]),
      emphasised: new Set(rows.flatMap((e, k) => (e.chosen ? [k] : []))),
    },
    `All ${front.length} equations of the front`,
  );
}

function historyPlot(history: readonly ReportRestart[]): Markup | undefined {
  const final = (r: ReportRestart): number => finiteOr(r.losses[r.losses.length - 1], Infinity);
  const ranked = [...history].sort((a, b) => final(a) - final(b));
  const [best, ...others] = ranked;
  if (!best) return undefined;
  const shown = others.slice(0, MOST_RESTARTS);
  const thin = [best, ...shown].map(thinned);
  const xDomain = extent(
    thin.map((t) => t.steps),
    0.01,
  );
  // forbidden candidates have a loss of astronomic size; the figure begins where the search is on its way
  const floor = Math.min(...thin.map((t) => finiteOr(t.losses.at(-1), Infinity)));
  const yDomain = logExtent(thin.map((t) => t.losses.filter((loss) => loss <= MOST_LOSS * floor)));
  if (!xDomain || !yDomain) return undefined;
  const draw = (r: { name: string; steps: number[]; losses: number[] }, className: string): Mark =>
    line(r.steps, r.losses, className, { step: true, tooltip: `${r.name}: ${milli((r.losses.at(-1) ?? Number.NaN) / 1000)} meV/atom` });
  const legend: LegendEntry[] = [{ label: `best (${best.name})`, className: 's0 fit', symbol: 'line' }];
  if (shown.length)
    legend.push({
      label: shown.length < others.length ? `next ${shown.length} of ${others.length} restarts` : 'other restarts',
      className: 'others',
      symbol: 'line',
    });
  return renderPlot({
    id: 'history-plot',
    title: 'Best loss of each restart',
    description: 'Best loss so far against the number of search steps, one line for each restart.',
    height: 290,
    x: { label: 'search step', unit: 'steps', domain: [Math.max(0, xDomain[0]), xDomain[1]] },
    y: { label: 'best loss', unit: 'meV/atom', domain: yDomain, log: true },
    marks: [...thin.slice(1).map((r) => draw(r, 'others')), draw(thin[0]!, 's0 fit')],
    legend,
  });
}

function finiteOr(value: number | undefined, otherwise: number): number {
  return value !== undefined && Number.isFinite(value) ? value : otherwise;
}

/** Steps and losses (meV/atom), thinned; the last point always stays. */
function thinned(r: ReportRestart): { name: string; steps: number[]; losses: number[] } {
  const n = Math.min(r.steps.length, r.losses.length);
  const every = Math.max(1, Math.ceil(n / MOST_STEPS));
  const steps: number[] = [];
  const losses: number[] = [];
  for (let k = 0; k < n; k++) {
    if (k % every !== 0 && k !== n - 1) continue;
    steps.push(r.steps[k]!);
    losses.push(1000 * r.losses[k]!);
  }
  return { name: r.name, steps, losses };
}
