import { type Markup, markup } from '../markup.js';
import { count, MISSING, milli } from '../numbers.js';
import type { Section } from '../section.js';
import { renderTable } from '../table.js';
import type { LearningReport, LearningRound } from './data.js';

/** What each round looked for, found and changed. */
export function roundsSection({ rounds, counted, before }: LearningReport): Section {
  const test = rounds.some((round) => Number.isFinite(round.test));
  return {
    id: 'rounds',
    title: 'Rounds',
    body: markup`${renderTable({
      caption: 'Errors are mean absolute energy errors, meV/atom; wrong: off by more than the threshold',
      columns: [
        { head: 'round', align: 'right' },
        { head: 'labels', align: 'right' },
        { head: 'before training', align: 'right' },
        { head: 'largest', align: 'right' },
        { head: 'threshold', align: 'right' },
        { head: 'wrong', align: 'right' },
        { head: 'trained on', align: 'right' },
        { head: 'error', align: 'right' },
        ...(test ? [{ head: 'test', align: 'right' as const }] : []),
        { head: counted, align: 'right' },
        { head: 'search', tight: true },
        { head: 'labelled structures', tight: true },
      ],
      rows: rounds.map((round) => [
        round.round,
        `+${count(round.labels)}`,
        milli(round.before),
        milli(round.largest),
        milli(round.threshold),
        Number.isFinite(round.threshold) ? count(round.wrong) : MISSING,
        trained(round) ? count(round.frames) : MISSING,
        milli(round.trained),
        ...(test ? [milli(round.test)] : []),
        trained(round) ? count(round.complexity) : MISSING,
        trained(round) ? (round.full ? 'whole' : before) : MISSING,
        listed(round.groups),
      ]),
    })}
${remarks(rounds)}`,
  };
}

function trained(round: LearningRound): boolean {
  return Number.isFinite(round.trained);
}

function listed(groups: Readonly<Record<string, number>>): string {
  return Object.entries(groups)
    .map(([name, n]) => `${n} ${name}`)
    .join(', ');
}

function remarks(rounds: readonly LearningRound[]): Markup | false {
  const items = rounds.flatMap((round) => [
    ...(Object.keys(round.found).length > 0
      ? [`round ${round.round}: candidates ${listed(round.found)}; ${round.distinct} of them new`]
      : []),
    ...round.notes.map((text) => `round ${round.round}: ${text}`),
    ...round.failures.map((text) => `round ${round.round}, no label: ${text}`),
  ]);
  if (items.length === 0) return false;
  return markup`<details><summary>Sampling, notes and failures (${items.length})</summary><ul>${items.map((item) => markup`<li>${item}</li>`)}</ul></details>`;
}
