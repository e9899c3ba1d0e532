import { type Markup, type MarkupValue, markup } from '../markup.js';
import { significant } from '../numbers.js';
import { note, type Section } from '../section.js';
import { decimal, inTolerances, namesOf, percent, signed, withUnit } from './context.js';
import { closest, colour } from './summary.js';
import type { Validation, Verdict } from './validation.js';

/** All values of all potentials beside the reference; coloured by the tolerance, with signs and numbers for those who see no colours. */
export function valuesSection(validation: Validation): Section {
  const { potentials, properties, reference } = validation;
  const names = Object.keys(potentials);
  const columns = names.length + 1 + (reference ? 1 : 0);
  return {
    id: 'values',
    title: 'Values',
    body: markup`${reference && legend()}
<div class="scroll matrix" tabindex="0" role="region" aria-label="values of all potentials"><table>
<thead><tr><th scope="col">property</th>${reference && markup`<th scope="col" class="num">reference</th>`}${names.map((name) => markup`<th scope="col" class="num">${name}</th>`)}</tr></thead>
${properties.map(({ id, title, values, descriptions }) => {
  const rows = namesOf(validation, values);
  if (rows.length === 0) return undefined;
  return markup`<tbody>
<tr class="group"><th scope="rowgroup" colspan="${columns}"><span>${title}${outside(validation, id)}</span></th></tr>
${rows.map((value) => row(validation, names, value, descriptions[value] ?? ''))}</tbody>
`;
})}</table></div>
${names.length > 1 && reference && note('Bold: the closest to the reference.')}
${names.map((name) => aboutBars(validation, name))}
${validation.extrapolation && Object.values(validation.extrapolation).some(isOutside) && note('Outside of the fitted data: the worst structure of the property has distances or densities that the data of the potential do not hold, by so many widths of the range that they do hold (distances count in 1/r). Such values are not backed by data.')}`,
  };
}

function isOutside(properties: Readonly<Record<string, number>>): boolean {
  return Object.values(properties).some((value) => value > 0);
}

/** Which potentials are used outside of the data that they were fitted to. */
function outside({ extrapolation = {} }: Validation, property: string): Markup | undefined {
  const list = Object.entries(extrapolation).flatMap(([name, values]) => {
    const value = values[property] ?? 0;
    return value > 0 ? [`${name} by ${significant(value, 2)}`] : [];
  });
  return list.length === 0 ? undefined : markup` <span class="outside">outside of the fitted data: ${list.join(', ')}</span>`;
}

/** What ± means for a potential. */
function aboutBars({ potentials }: Validation, name: string): Markup | undefined {
  const one = Object.values(potentials[name]!).find(({ uncertainty }) => uncertainty)?.uncertainty;
  return (
    one &&
    note(
      `± of ${name}: one standard deviation of ${one.members} members of its committee, times ${significant(one.scale, 3)}, which brings the spread of energies to the size of the errors of held-out frames.`,
    )
  );
}

function legend(): Markup {
  const entries = [
    ['well', '✓ within half of the tolerance'],
    ['within', '✓ within the tolerance'],
    ['near', '✗ up to twice the tolerance'],
    ['far', '✗ further off'],
  ] as const;
  return markup`<p class="key">${entries.map(([className, text]) => markup`<span class="${className}">${text}</span> `)}</p>`;
}

function row({ potentials, reference }: Validation, names: readonly string[], value: string, description: string): Markup {
  const verdicts = names.map((name) => [name, potentials[name]![value]] as const);
  const any = verdicts.find(([, verdict]) => verdict)![1]!;
  const best = closest(verdicts);
  const source = reference?.values[value]?.source;
  return markup`<tr><th scope="row"><code>${breakable(value)}</code>${any.unit && markup` <span class="unit">${any.unit}</span>`}${description && markup`<span class="about">${description}</span>`}</th>${
    reference &&
    markup`<td class="num"${source && markup` title="${source}"`}>${any.reference !== null && decimal(any.reference)}${any.tolerance !== null && markup`<span class="off">± ${significant(any.tolerance, 3)}</span>`}</td>`
  }${verdicts.map(([name, verdict]) => cell(verdict, name === best))}</tr>
`;
}

/** A name that may be broken after its underscores. */
function breakable(name: string): Markup {
  return markup`${name.split('_').map((part, k) => markup`${k > 0 && markup`_<wbr/>`}${part}`)}`;
}

function cell(verdict: Verdict | undefined, best: boolean): Markup {
  if (verdict === undefined) return markup`<td class="num"></td>`;
  const { value, status, detail, uncertainty } = verdict;
  if (status === 'error')
    return markup`<td class="num far" title="${String(detail.message ?? '')}"><a class="bad" href="#failures">error</a></td>`;
  if (value === null) return markup`<td class="num soft" title="${String(detail.message ?? '')}">skipped</td>`;
  const className = ['num', colour(verdict)].filter(Boolean).join(' ');
  const shown: MarkupValue = best ? markup`<b>${decimal(value)}</b>` : decimal(value);
  return markup`<td class="${className}"${markup` title="${sentence(verdict)}"`}>${shown}${
    uncertainty && markup`<span class="off">± ${significant(uncertainty.spread * uncertainty.scale, 2)}</span>`
  }${off(verdict)}</td>`;
}

/** The deviation: mark of the verdict and percent, or the difference itself where the reference is nearly zero. */
function off({ deviation, reference, status }: Verdict): Markup | undefined {
  if (deviation === null || reference === null) return undefined;
  const mark = status === 'pass' ? '✓ ' : status === 'fail' ? '✗ ' : '';
  return markup`<span class="off">${mark}${percent(deviation, reference) ?? signed(deviation)}</span>`;
}

function sentence(verdict: Verdict): string {
  const { value, unit, reference, deviation, tolerance } = verdict;
  if (deviation === null) return withUnit(value, unit);
  const far = inTolerances(verdict);
  const share =
    far === undefined ? '' : Number.isFinite(far) ? `, ${significant(far, 2)} of the tolerance ${significant(tolerance!, 3)}` : '';
  return `${withUnit(value, unit)}: ${signed(deviation)} from ${decimal(reference)}${share}`;
}
