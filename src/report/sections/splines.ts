import type { EquationPart } from '../equation.js';
import { type Markup, markup } from '../markup.js';
import { significant } from '../numbers.js';
import { facts, figures, note, type Section } from '../section.js';
import { band, level, line, points } from '../svg/marks.js';
import { renderPlot } from '../svg/plot.js';
import { extent } from '../svg/scale.js';
import { foldedTable, renderTable } from '../table.js';
import { typesetPart } from '../typeset.js';

/** One function as it is drawn. */
export interface ReportSpline {
  /** such as `φ of Ti-O` */
  name: string;
  /** what it is a function of, and the value's unit, empty where it has none */
  argument: { label: string; unit: string };
  unit: string;
  /** of a spline: its knots, and slopes at both ends */
  knots?: { x: ArrayLike<number>; y: ArrayLike<number>; slopes: readonly [number, number] };
  curve: { x: ArrayLike<number>; y: ArrayLike<number> };
  /** arguments that the data has */
  met?: readonly [number, number];
}

/** A potential of splines or of functions with parameters as a report shows it. */
export interface ReportSplines {
  /** of the section */
  title: string;
  /** what the functions are, a sentence or two */
  introduction: string;
  /** total energy of a structure in terms of the functions */
  energyText: string;
  densityText?: string;
  /** the functions in terms of the constants */
  formulas?: readonly string[];
  /** Å */
  cutoff: number;
  /** what was fitted, and what it is called */
  parameters: number;
  counted: string;
  functions: readonly ReportSpline[];
  /** the functions as they are printed, where they are equations, and what holds for all of them */
  equations?: readonly EquationPart[];
  notes?: readonly string[];
  /** parameters by name and what they belong to */
  constants?: { columns: readonly string[]; rows: readonly { name: string; values: readonly (number | undefined)[] }[] };
  /** eV/atom by element */
  referenceEnergies: Readonly<Record<string, number>>;
  /** what happens at distances shorter than in the data */
  coreText: string;
  citation: string;
}

/** What the potential is: its functions in figures, and every knot or parameter in tables. */
export function splinesSection(splines: ReportSplines): Section {
  const { functions, referenceEnergies, constants } = splines;
  return {
    id: 'splines',
    title: splines.title,
    body: markup`<p>${splines.introduction}</p>
<p class="plain"><code class="copy">${splines.energyText}</code></p>
${splines.densityText && markup`<p class="plain"><code class="copy">${splines.densityText}</code></p>`}
${splines.formulas?.map((text) => markup`<p class="plain"><code class="copy">${text}</code></p>`)}
${splines.equations?.map(equation)}
${splines.notes?.map((line) => markup`<p class="plain">${line}</p>`)}
${figures(functions.map(plot))}
${note(`${functions.some(({ knots }) => knots) ? 'Circles are knots. ' : ''}Outside the shaded ranges no data says what the function is.`)}
<p>${splines.coreText}</p>
${facts([
  ['cutoff', `${significant(splines.cutoff, 6)}\u00a0Å`],
  ['parameters', `${splines.parameters} ${splines.counted}`],
  ...Object.entries(referenceEnergies).map(
    ([symbol, energy]) => [markup`E<sub>ref</sub> of ${symbol}`, `${significant(energy, 10)}\u00a0eV/atom`] as const,
  ),
])}
${splines.citation && note(splines.citation)}
${constants && constantsTable(constants)}
${functions.map(table)}`,
  };
}

/** Significant digits of the typeset constants; the text below each equation has all of them. */
const DIGITS = 6;

function equation(part: EquationPart): Markup {
  return markup`${typesetPart(part, DIGITS)}
<p class="plain"><code class="copy">${part.symbol}_${part.of}(${part.variable}) = ${part.text}</code></p>
`;
}

function plot({ name, argument, unit, knots, curve, met }: ReportSpline, k: number): Markup {
  const y = extent(knots ? [curve.y, knots.y] : [curve.y], 0.08) ?? [-1, 1];
  const x = extent([curve.x], 0) ?? [0, 1];
  return renderPlot({
    id: `spline-${k}`,
    title: name,
    description: knots ? `${name} with its ${knots.x.length} knots.` : `${name}.`,
    height: 250,
    x: { ...argument, domain: x },
    y: { label: name.split(' ')[0]!, unit, domain: y },
    marks: [
      ...(met ? [band(Math.max(met[0], x[0]), Math.min(met[1], x[1]))] : []),
      level(0),
      line(curve.x, curve.y, 's0 fit'),
      ...(knots
        ? [
            points(
              Array.from(knots.x, (at, i) => ({ x: at, y: knots.y[i]! })),
              's0',
            ),
          ]
        : []),
    ],
    ...(met ? { legend: [{ label: 'met in training', className: '', symbol: 'band' as const }] } : {}),
  });
}

function constantsTable({ columns, rows }: NonNullable<ReportSplines['constants']>): Markup {
  return renderTable({
    caption: 'Parameters; lengths in Å, energies in eV, the others without unit or as the formulas say',
    columns: [{ head: '' }, ...columns.map((head) => ({ head, align: 'right' as const }))],
    rows: rows.map(({ name, values }) => [name, ...values.map((value) => (value === undefined ? '' : significant(value, 8)))]),
  });
}

function table({ name, argument, unit, knots }: ReportSpline): Markup | undefined {
  if (!knots) return undefined;
  const { slopes } = knots;
  const title = `Knots of ${name}, slopes at the ends ${significant(slopes[0], 6)} and ${significant(slopes[1], 6)}`;
  return foldedTable(
    {
      columns: [
        { head: `${argument.label}${argument.unit && `, ${argument.unit}`}`, align: 'right' },
        { head: `value${unit && `, ${unit}`}`, align: 'right' },
      ],
      rows: Array.from(knots.x, (x, k) => [significant(x, 7), significant(knots.y[k], 7)]),
    },
    title,
    0,
  );
}
