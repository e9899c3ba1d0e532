import { type Markup, type MarkupValue, markup } from './markup.js';

export interface Column {
  head: MarkupValue;
  /** numbers stand right, words left */
  align?: 'left' | 'right';
  /** keeps a cell on one line */
  tight?: boolean;
}

export interface Table {
  columns: readonly Column[];
  rows: readonly (readonly MarkupValue[])[];
  /** indices of rows to emphasise */
  emphasised?: ReadonlySet<number>;
  /** stands above; on a narrow screen it does not scroll away with the table */
  caption?: string;
}

/** A table that scrolls by itself where it is wider than the page. */
export function renderTable({ columns, rows, emphasised, caption }: Table): Markup {
  const classes = columns.map((c) => [c.align === 'right' ? 'num' : '', c.tight ? 'tight' : ''].filter(Boolean).join(' '));
  const cell = (k: number): Markup | undefined => (classes[k] ? markup` class="${classes[k]}"` : undefined);
  return markup`${caption && markup`<p class="caption">${caption}</p>`}<div class="scroll" tabindex="0" role="region" aria-label="${caption ?? 'table'}"><table>
<thead><tr>${columns.map((c, k) => markup`<th scope="col"${cell(k)}>${c.head}</th>`)}</tr></thead>
<tbody>
${rows.map(
  (row, r) => markup`<tr${emphasised?.has(r) && markup` class="chosen"`}>${row.map((value, k) => markup`<td${cell(k)}>${value}</td>`)}</tr>
`,
)}</tbody></table></div>`;
}

/** The same, folded away behind its title where it is long. */
export function foldedTable(table: Table, title: string, openUpTo = 12): Markup {
  if (table.rows.length <= openUpTo) return renderTable(table);
  return markup`<details><summary>${title}</summary>${renderTable(table)}</details>`;
}
