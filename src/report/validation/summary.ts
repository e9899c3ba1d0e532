import { type Markup, markup } from '../markup.js';
import { count, plural } from '../numbers.js';
import { renderTable } from '../table.js';
import { inTolerances } from './context.js';
import type { Status, Validation, Verdict } from './validation.js';

/** The box on top: whether the tolerances held, and for which potential. */
export function renderSummary(validation: Validation): Markup {
  const { counts, potentials, titles } = validation;
  const names = Object.keys(potentials);
  const closest = closestCounts(validation);
  const compared = [...closest.values()].some((n) => n > 0);
  return markup`<div class="summary">
${verdict(validation)}
<div class="tiles">${[
    tile('✓ within tolerance', counts.pass, 'good'),
    tile('✗ outside', counts.fail, counts.fail ? 'bad' : ''),
    tile('errors', counts.error, counts.error ? 'bad' : ''),
    tile('nothing to compare with', counts['no-reference'], ''),
    tile('skipped', counts.skipped, ''),
  ]}</div>
${renderTable({
  columns: [
    { head: 'potential' },
    { head: '✓', align: 'right' },
    { head: '✗', align: 'right' },
    { head: 'errors', align: 'right' },
    ...(compared ? [{ head: 'closest', align: 'right' as const }] : []),
  ],
  rows: names.map((name) => {
    const of = (status: Status) => Object.values(potentials[name]!).filter((one) => one.status === status).length;
    return [
      markup`<b>${name}</b><span class="what">${titles[name] ?? ''}</span>`,
      markup`<span class="good">${count(of('pass'))}</span>`,
      of('fail') ? markup`<span class="bad">${count(of('fail'))}</span>` : '0',
      of('error') ? markup`<a class="bad" href="#failures">${count(of('error'))}</a>` : '0',
      ...(compared ? [count(closest.get(name))] : []),
    ];
  }),
})}
${compared && markup`<p class="note">Closest: number of values in which a potential is nearer to the reference than all others.</p>`}
</div>`;
}

function verdict({ counts, reference }: Validation): Markup {
  const judged = counts.pass + counts.fail;
  const errors = counts.error > 0 && `${plural(counts.error, 'value')} could not be computed`;
  if (counts.fail + counts.error === 0 && judged === 0)
    return markup`<p class="verdict">${
      reference
        ? 'No reference value has a tolerance: there is no verdict.'
        : 'No reference values were given (--reference): there is no verdict.'
    }</p>`;
  if (counts.fail + counts.error === 0) return markup`<p class="verdict good">✓ All ${plural(judged, 'tolerance')} held.</p>`;
  const parts = [counts.fail > 0 && `${count(counts.fail)} of ${plural(judged, 'value')} outside of the tolerance`, errors];
  return markup`<p class="verdict bad">✗ ${parts.filter(Boolean).join('; ')}.</p>`;
}

function tile(name: string, value: number, className: string): Markup {
  return markup`<div class="tile"><span class="name">${name}</span><b${className && markup` class="${className}"`}>${count(value)}</b></div>
`;
}

/** Potential nearest to the reference; undefined where less than two have a value, or two are equally near. */
export function closest(verdicts: readonly (readonly [string, Verdict | undefined])[]): string | undefined {
  const known = verdicts
    .flatMap(([name, verdict]) => (verdict?.deviation == null ? [] : [{ name, off: Math.abs(verdict.deviation) }]))
    .sort((a, b) => a.off - b.off);
  if (known.length < 2 || known[1]!.off - known[0]!.off <= 1e-9 * known[1]!.off) return undefined;
  return known[0]!.name;
}

function closestCounts({ potentials }: Validation): Map<string, number> {
  const counts = new Map(Object.keys(potentials).map((name) => [name, 0]));
  for (const value of new Set(Object.values(potentials).flatMap((verdicts) => Object.keys(verdicts)))) {
    const best = closest(Object.entries(potentials).map(([name, verdicts]) => [name, verdicts[value]] as const));
    if (best !== undefined) counts.set(best, counts.get(best)! + 1);
  }
  return counts;
}

/** Class of a verdict's colour: how far it is in units of the tolerance. */
export function colour(verdict: Verdict): string {
  const far = inTolerances(verdict);
  if (far === undefined) return '';
  if (verdict.status === 'pass') return far <= 0.5 ? 'well' : 'within';
  return far <= 2 ? 'near' : 'far';
}
