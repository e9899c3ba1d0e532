import type { Markup } from '../markup.js';
import { milli } from '../numbers.js';
import type { ReportRestart } from '../report-data.js';
import type { LegendEntry } from '../svg/legend.js';
import { line } from '../svg/marks.js';
import { type Mark, renderPlot } from '../svg/plot.js';
import { extent, logExtent } from '../svg/scale.js';

/** Restarts drawn besides the best one. */
const MOST_RESTARTS = 60;
/** Losses this many times the best are above the figure. */
const MOST_LOSS = 3000;
/** Points that a restart's line is thinned to. */
const MOST_STEPS = 300;

/** How the loss fell in each restart; undefined where there is nothing to draw. */
export function historyPlot(history: readonly ReportRestart[]): Markup | undefined {
  const final = (r: ReportRestart): number => finiteOr(r.losses[r.losses.length - 1], Infinity);
  const rank = (r: ReportRestart): number => (r.result ? -Infinity : final(r));
  const ranked = [...history].sort((a, b) => rank(a) - rank(b));
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
  const legend: LegendEntry[] = [{ label: best.result ? best.name : `best (${best.name})`, className: 's0 fit', symbol: 'line' }];
  if (shown.length)
    legend.push({
      label:
        shown.length < others.length
          ? `next ${shown.length} of ${others.length} restarts`
          : best.result
            ? 'starts, on a selection of the frames'
            : 'other restarts',
      className: 'others',
      symbol: 'line',
    });
  return renderPlot({
    id: 'history-plot',
    title: 'Best loss of each restart',
    description: 'Best loss so far against the number of search steps, one line for each restart.',
    height: 290,
    x: { label: 'search', unit: 'steps', domain: [Math.max(0, xDomain[0]), xDomain[1]] },
    y: { label: 'best search loss', unit: 'meV/atom', domain: yDomain, log: true },
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
