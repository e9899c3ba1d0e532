import { markup } from '../markup.js';
import { bytes, count, significant } from '../numbers.js';
import type { ReportData } from '../report-data.js';
import { facts, type Section } from '../section.js';
import { renderTable } from '../table.js';

/** All that is needed to make the fit again. */
export function provenanceSection(data: Omit<ReportData, 'equation'>): Section {
  return {
    id: 'provenance',
    title: 'How it was made',
    body: markup`<p><code class="copy">${data.command}</code></p>
${facts([
  ['eqpot', data.version],
  ...data.software.map(({ name, version }) => [name, version] as const),
  ['seed', markup`${data.seed}`],
  ['made', data.date],
  ['stopped', data.stopReason],
  ...(data.effort ?? []).map(
    ({ what, amount, unit }) => [what, `${Number.isInteger(amount) ? count(amount) : significant(amount)} ${unit}`.trim()] as const,
  ),
])}
${
  data.dataFiles.length > 0 &&
  renderTable({
    caption: 'Data files',
    columns: [
      { head: 'file', tight: true },
      { head: 'frames', align: 'right' },
      { head: 'size', align: 'right', tight: true },
      { head: 'SHA-256' },
    ],
    rows: data.dataFiles.map((file) => [
      markup`<code>${file.path}</code>`,
      count(file.frames),
      bytes(file.bytes),
      markup`<code class="hash">${file.sha256}</code>`,
    ]),
  })
}
<details open="open"><summary>Settings</summary><pre class="copy">${data.settings}</pre></details>`,
  };
}
