import { type Markup, markup } from '../markup.js';
import { bytes, significant } from '../numbers.js';
import { facts, type Section } from '../section.js';
import { foldedTable, renderTable } from '../table.js';
import { decimal, words } from './context.js';
import { label } from './details.js';
import type { Validation } from './validation.js';

/** Where the reference values are from; undefined without reference values. */
export function referenceSection({ reference, properties }: Validation): Section | undefined {
  if (!reference) return undefined;
  const chosen = new Set(properties.flatMap(({ values }) => values));
  const rows = Object.entries(reference.values).map(([name, { value, unit, tolerance, source, others, note }]) => [
    markup`<code>${name}</code>`,
    markup`${decimal(value)}${tolerance !== undefined && ` ± ${significant(tolerance, 3)}`}`,
    unit,
    markup`${source}${others.map((other) => markup`<br/>also ${decimal(other.value)}: ${other.source}`)}${note && markup`<br/><span class="soft">${note}</span>`}`,
    chosen.has(name) ? '' : markup`<span class="soft">not computed</span>`,
  ]);
  const curves = Object.entries(reference.curves).flatMap(([property, list]) =>
    list.map(({ label: name, source, points }) => [property, name, `${points.length} points`, source]),
  );
  return {
    id: 'reference',
    title: 'Reference values',
    body: markup`${reference.title && markup`<p>${reference.title}</p>`}
${foldedTable(
  {
    columns: [
      { head: 'value', tight: true },
      { head: 'reference', align: 'right' },
      { head: 'unit', tight: true },
      { head: 'source' },
      { head: '', tight: true },
    ],
    rows,
  },
  `All ${rows.length} reference values with their sources`,
)}
${curves.length > 0 && renderTable({ caption: 'Points in pictures', columns: [{ head: 'property', tight: true }, { head: 'name' }, { head: '' }, { head: 'source' }], rows: curves })}`,
  };
}

/** All that is needed to compute the values again. */
export function provenanceSection(validation: Validation): Section {
  const { command, eqpot, lammps, date, software, system, settings, sources, reference, titles } = validation;
  const files = Object.entries(sources).flatMap(([name, source]) =>
    source.files.map((file): [string, { name: string; bytes: number; sha256: string }] => [name, file]),
  );
  return {
    id: 'provenance',
    title: 'How it was made',
    body: markup`<p><code class="copy">${command}</code></p>
${facts([
  ['eqpot', eqpot],
  ['LAMMPS', `${lammps.version} (${lammps.kind})`],
  ...Object.entries(software),
  ['crystal', system.label],
  ...Object.entries(settings).map(([key, value]) => [label(key), words(value)] as const),
  ['made', `${date.slice(0, 16).replace('T', ' ')} UTC`],
])}
${
  reference?.file &&
  facts([
    ['reference values', markup`<code>${reference.file}</code>`],
    ['SHA-256 of them', markup`<code class="hash">${reference.sha256}</code>`],
  ])
}
${renderTable({
  caption: 'Files that LAMMPS read',
  columns: [{ head: 'potential', tight: true }, { head: 'file', tight: true }, { head: 'size', align: 'right' }, { head: 'SHA-256' }],
  rows: files.map(([name, file]) => [
    name,
    markup`<code>${file.name}</code>`,
    bytes(file.bytes),
    markup`<code class="hash">${file.sha256}</code>`,
  ]),
})}
<details><summary>What LAMMPS was told</summary>${Object.entries(sources).map(
      ([name, { pair, sha256 }]) =>
        markup`<p><b>${name}</b> ${titles[name] ?? ''}<br/><code class="hash">${sha256}</code></p><pre class="copy">${pair.join('\n')}</pre>`,
    )}</details>
${secondsTable(validation)}`,
  };
}

function secondsTable({ seconds, properties }: Validation): Markup {
  const names = Object.keys(seconds);
  return markup`<details><summary>Time that each property took</summary>${renderTable({
    caption: 'Seconds until a property was done; properties of all potentials run side by side, and what an earlier run left takes none',
    columns: [{ head: 'property', tight: true }, ...names.map((name) => ({ head: name, align: 'right' as const }))],
    rows: properties.map(({ id }) => [id, ...names.map((name) => significant(seconds[name]![id], 3))]),
  })}</details>`;
}
