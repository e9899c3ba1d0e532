import { type Markup, markup } from '../markup.js';
import { count, fixed, MISSING, plural, significant } from '../numbers.js';
import type { ReportCalibration, ReportUncertainty } from '../report-data.js';
import { figures, note, type Section } from '../section.js';
import { n2 } from '../svg/coordinates.js';
import { diagonal, points } from '../svg/marks.js';
import { type Mark, renderPlot } from '../svg/plot.js';
import { extent } from '../svg/scale.js';
import { renderTable } from '../table.js';

const SYMBOLS = { pair: 'φ', density: 'ρ', embedding: 'F' } as const;

/** How well the data determine the constants, and how the spread of the committee goes with errors. */
export function uncertaintySection(data: ReportUncertainty): Section {
  const { constants, committee } = data;
  const drawn = [correlationMap(data), calibrationPlot(data)].filter((svg): svg is Markup => svg !== undefined);
  return {
    id: 'uncertainty',
    title: 'Uncertainty',
    body: markup`${constants.length > 0 && constantsPart(data)}
${committee && committeePart(data, committee)}
${drawn.length > 0 && figures(drawn)}
${constants.length > 1 && note('Map: numbers are those of the table. The darker, the closer to ±1; constants of one colour rise together, of the other against each other. The signs of correlations are those of the printed constants.')}`,
  };
}

function constantsPart({ constants, correlations, limits }: ReportUncertainty): Markup {
  const open = constants.filter(({ value, error }) => !(error <= limits.error * Math.abs(value))).length;
  const pairs = correlations.flatMap((row, a) => row.slice(0, a)).filter((value) => Math.abs(value) > limits.correlation).length;
  return markup`<p>${
    open === 0
      ? 'The data determine every constant to better than half of its value.'
      : `${count(open)} of ${plural(constants.length, 'constant')} ${open === 1 ? 'has' : 'have'} an error of more than half of ${open === 1 ? 'its' : 'their'} value: the data do not determine ${open === 1 ? 'it' : 'them'} alone. Predictions can be good all the same, as errors of such constants compensate each other.`
  } ${pairs > 0 && `${plural(pairs, 'pair')} of constants ${pairs === 1 ? 'is' : 'are'} correlated by more than ${significant(limits.correlation)}: such constants are known only together.`}</p>
${renderTable({
  caption: 'Constants with their standard errors',
  columns: [
    { head: '', align: 'right' },
    { head: 'term', tight: true },
    { head: 'constant', tight: true },
    { head: 'value', align: 'right' },
    { head: 'standard error', align: 'right' },
    { head: 'value / error', align: 'right' },
  ],
  rows: constants.map(({ part, role, term, value, error }, k) => [
    count(k + 1),
    part === 'reference' ? term : markup`${SYMBOLS[part]}: <code>${term}</code>`,
    role,
    significant(value, 6),
    `± ${significant(error, 2)}`,
    ratio(value, error, limits.error),
  ]),
})}`;
}

function ratio(value: number, error: number, limit: number): Markup | string {
  const share = Math.abs(value) / error;
  if (!Number.isFinite(share)) return MISSING;
  const text = share >= 1e4 ? '> 10⁴' : share >= 100 ? fixed(share, 0) : significant(share, 2);
  return error > limit * Math.abs(value) ? markup`<span class="bad">${text}</span>` : text;
}

function committeePart({ energies, forces }: ReportUncertainty, { bootstrap, front }: { bootstrap: number; front: number }): Markup {
  const parts = [
    bootstrap > 0 && `${plural(bootstrap, 'refit')} of the chosen terms to resamples of the frames`,
    front > 0 && plural(front, 'equation of other terms', 'equations of other terms'),
  ].filter((part): part is string => typeof part === 'string');
  const rows = [
    ['energies', energies],
    ['forces', forces],
  ] as const;
  const known = rows.filter((row): row is readonly ['energies' | 'forces', ReportCalibration] => row[1] !== undefined);
  return markup`<p>The committee has ${parts.join(' and ')} (committee.json). ${
    known.length === 0
      ? 'Without cross-validation nothing says how its spread goes with errors.'
      : 'Its spread alone is how much the choice of the frames matters; errors come mostly from what the equation cannot express. One factor from the held-out errors of the cross-validation brings the spread to their size, and is used wherever error bars are shown.'
  }</p>
${
  known.length > 0 &&
  renderTable({
    caption: 'Held-out errors within one and two times the spread, % (a normal distribution: 68 and 95)',
    columns: [
      { head: '' },
      { head: 'compared', align: 'right' },
      { head: 'as it is', align: 'right' },
      { head: 'factor', align: 'right' },
      { head: 'with factor', align: 'right' },
      { head: 'rank correlation', align: 'right' },
    ],
    rows: known.map(([name, { count: compared, scale, plain, scaled, correlation }]) => [
      name,
      count(compared),
      shares(plain),
      significant(scale, 3),
      shares(scaled),
      fixed(correlation, 2),
    ]),
  })
}`;
}

function shares([one, two]: readonly [number, number]): string {
  return `${fixed(100 * one, 0)}, ${fixed(100 * two, 0)}`;
}

/** Correlations weaker than this are not drawn. */
const FAINT = 0.05;

function correlationMap({ constants, correlations }: ReportUncertainty): Markup | undefined {
  const n = constants.length;
  if (n < 2) return undefined;
  const cell: Mark = (frame) =>
    markup`${correlations.flatMap((row, a) =>
      row.map((value, b) => {
        if (!(Math.abs(value) > FAINT) || !Number.isFinite(value)) return undefined;
        const [x, y] = [frame.x.at(b + 0.5), frame.y.at(n - a + 0.5)];
        const text = `${a + 1} and ${b + 1}: ${fixed(value, 4)}`;
        return markup`<rect class="cell s${value > 0 ? 0 : 1}" fill-opacity="${n2(Math.min(1, value * value))}" x="${n2(x)}" y="${n2(y)}" width="${n2(frame.x.at(b + 1.5) - x)}" height="${n2(frame.y.at(n - a - 0.5) - y)}"><title>${text}</title></rect>`;
      }),
    )}`;
  const every = n > 12 ? 2 : 1;
  const ticks = (at: (k: number) => number) =>
    Array.from({ length: n }, (_, k) => k + 1)
      .filter((k) => (k - 1) % every === 0)
      .map((k) => ({ value: at(k), label: String(k) }));
  return renderPlot({
    id: 'correlations',
    title: 'Correlations of the constants',
    description: `Map of the correlations of ${n} constants, each with each, from −1 to 1.`,
    square: true,
    x: { label: 'constant', unit: 'number', domain: [0.5, n + 0.5], ticks: ticks((k) => k) },
    y: { label: 'constant', unit: 'number', domain: [0.5, n + 0.5], ticks: ticks((k) => n + 1 - k) },
    marks: [cell],
    legend: [
      { label: 'together', className: 's0', symbol: 'square' },
      { label: 'against each other', className: 's1', symbol: 'square' },
    ],
  });
}

/** meV/atom; what is larger is no error to be looked at. */
const LARGEST = 1e9;

function calibrationPlot({ points: list = [], energies }: ReportUncertainty): Markup | undefined {
  if (!energies) return undefined;
  const { scale } = energies;
  const shown = list
    .map(({ spread, error }) => ({ x: 1000 * scale * spread, y: 1000 * error }))
    .filter(({ x, y }) => x > 0 && y > 0 && x < LARGEST && y < LARGEST);
  const domain = extent([shown.flatMap(({ x, y }) => [x, y])], 0);
  if (!domain) return undefined;
  // errors can be arbitrarily small by chance
  const low = Math.max(domain[0], 1e-3 * domain[1]);
  const wide: [number, number] = [low / 1.3, domain[1] * 1.3];
  return renderPlot({
    id: 'calibration',
    title: 'Held-out errors against the spread',
    subtitle: `spread × ${significant(scale, 3)}`,
    description: `Absolute energy errors of ${shown.length} held-out frames against the spread of the committee, times ${significant(scale, 3)}.`,
    square: true,
    x: { label: 'spread', unit: 'meV/atom', domain: wide, log: true },
    y: { label: 'absolute error', unit: 'meV/atom', domain: wide, log: true },
    marks: [diagonal, points(shown, 's0', 'circle', 2.4)],
  });
}
