import { type Markup, markup } from '../markup.js';
import { plural } from '../numbers.js';
import type { Section } from '../section.js';
import { renderTable } from '../table.js';
import type { Status, Validation } from './validation.js';

interface Trouble {
  potential: string;
  message: string;
  log: string;
  values: string[];
}

/** What could not be computed, with the end of the log of each; undefined where all could. */
export function failuresSection(validation: Validation): Section | undefined {
  const all = troubles(validation, 'error');
  if (all.length === 0) return undefined;
  return {
    id: 'failures',
    title: 'What could not be computed',
    body: markup`${all.map(
      ({ potential, message, log, values }) => markup`<div class="finding"><p><b>${potential}</b>: ${message}</p>
<p class="note">${named(values)}</p>
${log && markup`<details><summary>End of the log</summary><pre>${log}</pre></details>`}</div>
`,
    )}`,
  };
}

/** What was left out and why; undefined where nothing was. */
export function skippedSection(validation: Validation): Section | undefined {
  const all = troubles(validation, 'skipped');
  if (all.length === 0) return undefined;
  const reasons = new Map<string, { potentials: Set<string>; values: Set<string> }>();
  for (const { potential, message, values } of all) {
    const reason = reasons.get(message) ?? { potentials: new Set(), values: new Set() };
    reason.potentials.add(potential);
    for (const value of values) reason.values.add(value);
    reasons.set(message, reason);
  }
  const everyone = Object.keys(validation.potentials).length;
  return {
    id: 'skipped',
    title: 'Skipped',
    body: renderTable({
      columns: [{ head: 'why' }, { head: 'potentials' }, { head: 'values' }],
      rows: [...reasons].map(([message, { potentials, values }]) => [
        message,
        potentials.size === everyone && everyone > 1 ? 'all' : [...potentials].join(', '),
        named([...values]),
      ]),
    }),
  };
}

function troubles({ potentials }: Validation, status: Status): Trouble[] {
  const found = new Map<string, Trouble>();
  for (const [potential, verdicts] of Object.entries(potentials))
    for (const [value, { status: each, detail }] of Object.entries(verdicts)) {
      if (each !== status) continue;
      const message = String(detail.message ?? '');
      const log = String(detail.log ?? '');
      const key = `${potential}\0${message}\0${log}`;
      const known = found.get(key);
      if (known) known.values.push(value);
      else found.set(key, { potential, message, log, values: [value] });
    }
  return [...found.values()];
}

function named(values: readonly string[]): Markup {
  const shown = values.slice(0, 8);
  const more = values.length - shown.length;
  return markup`${shown.map((value, k) => markup`${k > 0 && ', '}<code>${value}</code>`)}${more > 0 && ` and ${plural(more, 'other')}`}`;
}
