import { type Markup, markup, raw } from '../markup.js';
import { milli, plural, significant } from '../numbers.js';
import type { ReportFrontEntry, ReportFrontReference, ReportRestart } from '../report-data.js';
import { facts, figures, note, type Section } from '../section.js';
import { foldedTable } from '../table.js';
import { frontPlot } from './front-plot.js';
import { historyPlot } from './history.js';

/** What the search found. */
export interface FrontData {
  entries: readonly ReportFrontEntry[];
  /** models that the fit is compared with, where they are equations */
  references: readonly ReportFrontReference[];
  /** the run as `eqpot pick` takes it; undefined where nothing can be picked */
  run: string | undefined;
  /** what the losses are, a sentence, where they are not those of all data */
  losses?: string;
}

/** The front over complexity, error and cost, from which a reader picks, and how the loss fell. */
export function searchSection(front: FrontData, history: readonly ReportRestart[] = []): Section | undefined {
  const fall = historyPlot(history);
  const entries = [...front.entries].sort((a, b) => a.complexity - b.complexity || a.loss - b.loss);
  if (entries.length === 0 && !fall) return undefined;
  const body = markup`${entries.length > 0 && frontOf(entries, front)}${fall && figures([fall])}`;
  return { id: 'search', title: 'The search', body };
}

function frontOf(entries: readonly ReportFrontEntry[], { references, run, losses }: FrontData): Markup {
  if (entries.length === 1)
    return markup`${note('One equation is left on the front: none that the search found is simpler or cheaper and no less accurate.')}
<div class="picks">${card(entries, 0, undefined)}</div>`;
  const plot = frontPlot(entries, references);
  return markup`${note(
    'Every point is an equation that nothing else beats in complexity, error and cost of molecular dynamics together. ',
    plot && 'Choose a point to see its equation here. ',
    run !== undefined && 'The command beside it makes its LAMMPS files and its report. ',
    losses ?? 'Losses are the mean absolute errors that the fit made small, on all its data (and targets), before constants were rounded.',
  )}
<div class="front">${plot && selection(entries.length)}${plot && markup`<figure>${plot}</figure>`}
<div class="picks">${cardOrder(entries).map((k) => card(entries, k, run))}</div></div>
${frontTable(entries)}`;
}

/** Marks the point whose card is shown. */
function selection(count: number): Markup {
  const rules = Array.from({ length: count }, (_, k) => `:root:has(#front-${k + 1}:target) .to-front-${k + 1} path`);
  return markup`<style>${raw(rules.join(', '))} { stroke: var(--ink); stroke-width: 2.4; fill-opacity: 1; }</style>`;
}

/** Cards are hidden unless asked for; the chosen one comes last and is shown when no other is. */
function cardOrder(entries: readonly ReportFrontEntry[]): number[] {
  const all = entries.map((_, k) => k);
  const chosen = all.filter((k) => entries[k]!.chosen);
  const shown = chosen.length > 0 ? chosen.slice(0, 1) : [entries.length - 1];
  return [...all.filter((k) => !shown.includes(k)), ...shown];
}

function card(entries: readonly ReportFrontEntry[], k: number, run: string | undefined): Markup {
  const e = entries[k]!;
  const link = (to: number, text: string): Markup => markup`<a href="#front-${to + 1}">${text}</a>`;
  return markup`<article class="pick" id="front-${k + 1}"><h3>${plural(e.complexity, 'node')}, ${milli(e.loss)} meV/atom${e.chosen && markup` <span class="tag mended">chosen</span>`}</h3>
${equationLines(e)}
${facts([
  ...(e.rounded === undefined ? [] : [['loss with rounded constants', `${milli(e.rounded)} meV/atom`] as const]),
  ['cutoff', `${significant(e.cutoff, 4)} Å`],
  ['time in MD, estimated', `${significant(e.mdCost, 2)} × SR2`],
  ...(e.networks ? [['networks', e.networks] as const] : []),
])}
${
  run !== undefined &&
  (e.chosen
    ? markup`<p class="note">This report is about it, and the LAMMPS files beside are its.</p>`
    : markup`<p><code class="copy">eqpot pick ${run} ${e.row}</code></p>`)
}
${entries.length > 1 && markup`<p class="turn">${k > 0 && link(k - 1, '← simpler')} ${k + 1 < entries.length && link(k + 1, 'more nodes →')}</p>`}</article>
`;
}

function equationLines(e: ReportFrontEntry): Markup[] {
  return e.equationText.split(/\s*;\s*/).map((one) => markup`<code class="line">${roundedText(one)}</code>`);
}

/** Constants of a text with more digits than a reader needs, rounded to five. */
export function roundedText(text: string): string {
  return text.replace(/(?<![\w.])\d+\.?\d*(?:e[+-]?\d+)?/gi, (number) =>
    number.length > 7 ? String(Number(Number(number).toPrecision(5))) : number,
  );
}

function frontTable(entries: readonly ReportFrontEntry[]): Markup {
  const networks = entries.some((e) => e.networks !== '');
  return foldedTable(
    {
      caption: 'The front, with constants rounded; rows as in hall_of_fame.csv',
      columns: [
        { head: 'row', align: 'right' },
        { head: 'nodes', align: 'right' },
        { head: 'loss, meV/atom', align: 'right' },
        { head: 'cutoff, Å', align: 'right' },
        { head: 'MD, × SR2', align: 'right' },
        ...(networks ? [{ head: 'networks' }] : []),
        { head: '' },
        { head: 'equation' },
      ],
      rows: entries.map((e) => [
        e.row,
        e.complexity,
        milli(e.loss),
        significant(e.cutoff, 4),
        significant(e.mdCost, 2),
        ...(networks ? [e.networks] : []),
        e.chosen && markup`<b>chosen</b>`,
        equationLines(e),
      ]),
      emphasised: new Set(entries.flatMap((e, k) => (e.chosen ? [k] : []))),
    },
    `All ${entries.length} equations of the front`,
    0,
  );
}
