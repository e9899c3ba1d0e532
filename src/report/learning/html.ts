import { equationParts } from '../equation.js';
import { type Markup, markup } from '../markup.js';
import { count, milli, plural } from '../numbers.js';
import { renderPage } from '../page.js';
import { facts, type Section } from '../section.js';
import { typesetPart } from '../typeset.js';
import { curveSection } from './curve.js';
import type { LearningReport } from './data.js';
import { mapSection, RAMP_STYLE } from './map.js';
import { roundsSection } from './rounds.js';

/** Significant digits of the equation, as in the report of a fit. */
const DIGITS = 5;

/** The report of active learning as one HTML page that needs nothing else, like that of a fit. */
export function renderLearning(data: LearningReport): string {
  const { title, element, rounds, version, date } = data;
  const labels = rounds.at(-1)?.total ?? 0;
  const sections = [curveSection(data), roundsSection(data), mapSection(data), provenance(data)];
  return renderPage({
    title: title || `${element}, active learning`,
    subtitle: `${element} · ${plural(Math.max(0, rounds.length - 1), 'round')} · ${plural(labels, 'label')} by ${data.engine} · eqpot ${version} · ${date}`,
    summary: summary(data),
    sections: sections.filter((section): section is Section => section !== undefined),
    style: RAMP_STYLE,
  });
}

function summary(data: LearningReport): Markup {
  const { rounds, final, reason } = data;
  const last = rounds.at(-1);
  const trained = rounds.findLast((round) => Number.isFinite(round.trained));
  const frames = final?.frames ?? trained?.frames;
  const error = final?.error ?? trained?.trained;
  return markup`<div class="summary">
${final?.equation && markup`<div class="equations">${equationParts(final.equation).map((part) => typesetPart(part, DIGITS))}</div>`}
<div class="tiles">${[
    tile('labels', count(last?.total), last && last.round > 0 ? `in rounds 0 to ${last.round}` : 'in round 0'),
    tile('trained on', count(frames), 'structures'),
    tile('training error', milli(error), 'meV/atom'),
    tile('new structures', milli(last?.before), 'meV/atom, before training'),
    Number.isFinite(final?.test) && tile('test set', milli(final?.test), 'meV/atom'),
    final && tile('complexity', count(final.complexity), data.counted),
  ]}</div>
<p class="stopped">${reason ? `Stopped because ${reason}.` : 'Still running.'}${final && markup` The last fit: <a href="report.html">report.html</a>.`}</p>
</div>`;
}

function tile(name: string, value: string, unit: string): Markup {
  return markup`<div class="tile"><span class="name">${name}</span><b>${value}</b><span class="unit">${unit}</span></div>
`;
}

function provenance({ command, version, date, engine, engineSettings, rule, settings }: LearningReport): Section {
  return {
    id: 'provenance',
    title: 'How it was made',
    body: markup`<p><code class="copy">${command}</code></p>
${facts([
  ['eqpot', version],
  ['labels by', engine],
  ['rule', rule],
  ['made', date],
])}
<details open="open"><summary>Settings of the labels</summary><pre>${engineSettings}</pre></details>
<details open="open"><summary>Settings</summary><pre class="copy">${settings}</pre></details>`,
  };
}
