import { type Markup, markup } from '../markup.js';
import { fixed, significant } from '../numbers.js';
import { figures, note, type Section } from '../section.js';
import { points } from '../svg/marks.js';
import { renderPlot } from '../svg/plot.js';
import { extent } from '../svg/scale.js';
import type { LearningPoint, LearningReport } from './data.js';

/** Colours of a quantity from low to high (viridis without its palest end; reversed on black), as classes q0 to q5. */
export const RAMP_STYLE = `
:root { --q0: #440f5f; --q1: #3c4f8a; --q2: #287f8d; --q3: #20a386; --q4: #7bbf3a; --q5: #d8b400; }
@media screen and (prefers-color-scheme: dark) { :root { --q0: #9a6fd0; --q1: #7f9be0; --q2: #45b4c4; --q3: #35c795; --q4: #a5db36; --q5: #fde725; } }
.q0 { --c: var(--q0); } .q1 { --c: var(--q1); } .q2 { --c: var(--q2); } .q3 { --c: var(--q3); } .q4 { --c: var(--q4); } .q5 { --c: var(--q5); }
`;
const COLOURS = 6;

/** The data set in the plane of its two largest principal components (as figure 12b of the SR1/SR2 paper), by round and by energy. */
export function mapSection({ points: all, shares }: LearningReport): Section | undefined {
  if (all.length < 3) return undefined;
  const lowest = Math.min(...all.map(({ energy }) => energy));
  const last = Math.max(...all.map(({ round }) => round));
  const perColour = Math.max(1, Math.ceil((last + 1) / COLOURS));
  const byRound = bins(
    all,
    ({ round }) => Math.floor(round / perColour),
    (k) => {
      const [from, to] = [k * perColour, Math.min(last, (k + 1) * perColour - 1)];
      return from === to ? `round ${from}` : `rounds ${from} to ${to}`;
    },
  );
  // as many structures of one colour as of another
  const edges = quantiles(
    all.map(({ energy }) => energy - lowest),
    COLOURS,
  );
  const byEnergy = bins(
    all,
    ({ energy }) => edges.findIndex((edge) => energy - lowest <= edge),
    (k) => `${k === 0 ? 'up to' : `${fixed(edges[k - 1], 2)} to`} ${fixed(edges[k], 2)} eV`,
  );
  const label = (axis: number) => `component ${axis + 1}, ${significant(100 * (shares[axis] ?? 0), 2)} % of the variance`;
  return {
    id: 'map',
    title: 'Map of the data set',
    body: markup`${figures([panel('by-round', 'By round', byRound, all, label), panel('by-energy', 'By energy above the lowest, per atom', byEnergy, all, label)])}
${note('Each point is a labelled structure; two that lie close have similar numbers of neighbours at every distance. Axes: principal components of these numbers.')}`,
  };
}

interface Bin {
  label: string;
  className: string;
  points: LearningPoint[];
}

function bins(all: readonly LearningPoint[], binOf: (point: LearningPoint) => number, label: (bin: number) => string): Bin[] {
  return Array.from({ length: COLOURS }, (_, k) => ({
    label: label(k),
    className: `q${k}`,
    points: all.filter((point) => binOf(point) === k),
  })).filter((bin) => bin.points.length > 0);
}

/** Upper ends of parts with equally many values. */
function quantiles(values: readonly number[], parts: number): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return Array.from({ length: parts }, (_, k) => sorted[Math.min(sorted.length - 1, Math.ceil(((k + 1) * sorted.length) / parts) - 1)]!);
}

function panel(id: string, title: string, list: readonly Bin[], all: readonly LearningPoint[], label: (axis: number) => string): Markup {
  return renderPlot({
    id: `map-${id}`,
    title,
    description: `Labelled structures in the plane of the two largest principal components of their fingerprints, coloured ${title.toLowerCase()}.`,
    height: 340,
    x: { label: label(0), unit: '', domain: extent([all.map(({ x }) => x)], 0.06)! },
    y: { label: label(1), unit: '', domain: extent([all.map(({ y }) => y)], 0.06)! },
    marks: list.map((bin) =>
      points(
        bin.points.map(({ x, y, name, energy }) => ({ x, y, tooltip: `${name}\n${significant(energy, 5)} eV/atom` })),
        bin.className,
        'circle',
        3,
      ),
    ),
    legend: list.map((bin) => ({ label: bin.label, className: bin.className, symbol: 'circle' })),
  });
}
