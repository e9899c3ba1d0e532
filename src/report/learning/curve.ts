import { type Markup, markup } from '../markup.js';
import { milli, plural } from '../numbers.js';
import { figures, note, type Section } from '../section.js';
import type { LegendEntry } from '../svg/legend.js';
import { diagonal, line, points } from '../svg/marks.js';
import { type Mark, renderPlot } from '../svg/plot.js';
import { extent, logExtent } from '../svg/scale.js';
import type { LearningPoint, LearningReport, LearningRound } from './data.js';

const SERIES = [
  { key: 'before', label: 'new structures, before training', className: 's0', shape: 'circle' },
  { key: 'trained', label: 'training set', className: 's1', shape: 'square' },
  { key: 'test', label: 'test set', className: 's2', shape: 'triangle' },
] as const;

/** The error against the number of labels, and predictions before training against the labels. */
export function curveSection({ rounds, points: all }: LearningReport): Section | undefined {
  const plots = [learningCurve(rounds), parity(all)].filter((plot): plot is Markup => plot !== undefined);
  if (plots.length === 0) return undefined;
  return {
    id: 'curve',
    title: 'Learning curve',
    body: markup`${figures(plots)}${note(
      'The error of new structures is the honest one: the potential had not seen them. Most rules choose where it is likely to be wrong, so that its error elsewhere is smaller.',
    )}`,
  };
}

function learningCurve(rounds: readonly LearningRound[]): Markup | undefined {
  const values = (key: (typeof SERIES)[number]['key']) => rounds.map((round) => 1000 * round[key]);
  const x = rounds.map(({ total }) => total);
  const shown = SERIES.filter(({ key }) => values(key).some((value) => value > 0));
  const xDomain = extent([x], 0.05);
  const yDomain = logExtent(
    shown.map(({ key }) => values(key)),
    0.08,
  );
  if (!xDomain || !yDomain) return undefined;
  const marks: Mark[] = [];
  const legend: LegendEntry[] = [];
  for (const { key, label, className, shape } of shown) {
    const y = values(key);
    // an error of round r was met with the labels of the rounds before
    const at = rounds.map((round) => (key === 'before' ? round.total - round.labels : round.total));
    const tips = rounds.map((round, k) => ({
      x: at[k]!,
      y: y[k]!,
      tooltip: `round ${round.round}, ${label}: ${milli(round[key])} meV/atom with ${plural(at[k]!, 'label')}`,
    }));
    const kept = tips.filter((tip) => tip.y > 0);
    marks.push(
      line(
        kept.map((tip) => tip.x),
        kept.map((tip) => tip.y),
        className,
      ),
      points(kept, className, shape, 3.6),
    );
    legend.push({ label, className, symbol: shape });
  }
  return renderPlot({
    id: 'learning-curve',
    title: 'Mean energy error against labels',
    description:
      'Mean absolute energy error of new structures before training, of the training set and of the test set, against the number of labels.',
    height: 300,
    x: { label: 'labels that the potential had', unit: 'structures', domain: xDomain },
    y: { label: 'mean absolute error', unit: 'meV/atom', domain: yDomain, log: true },
    marks,
    legend,
  });
}

const VERDICTS = [
  { verdict: 'train', label: 'trained on afterwards', className: 's0', shape: 'circle' },
  { verdict: 'far', label: 'far up: low weight', className: 's1', shape: 'triangle' },
  { verdict: 'agrees', label: 'agrees: left', className: 's2', shape: 'diamond' },
] as const;

function parity(all: readonly LearningPoint[]): Markup | undefined {
  const judged = all.filter(({ predicted }) => Number.isFinite(predicted));
  const near = judged.filter(({ verdict }) => verdict !== 'far');
  const domain = extent([(near.length > 0 ? near : judged).flatMap(({ energy, predicted }) => [energy, predicted])], 0.05);
  if (!domain) return undefined;
  const shown = VERDICTS.filter(({ verdict }) => judged.some((point) => point.verdict === verdict));
  return renderPlot({
    id: 'learning-parity',
    title: 'Predicted before training, and the label',
    description: 'Energy that the potential of the round before predicted against the label, one point for each new structure.',
    square: true,
    x: { label: 'label', unit: 'eV/atom', domain },
    y: { label: 'prediction', unit: 'eV/atom', domain },
    marks: [
      diagonal,
      ...shown.map(({ verdict, className, shape }) =>
        points(
          judged
            .filter((point) => point.verdict === verdict)
            .map((point) => ({
              x: point.energy,
              y: point.predicted,
              tooltip: `${point.name}\noff by ${milli(point.predicted - point.energy)} meV/atom`,
            })),
          className,
          shape,
        ),
      ),
    ],
    legend: shown.map(({ label, className, shape }) => ({ label, className, symbol: shape })),
  });
}
