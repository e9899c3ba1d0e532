import { type Markup, type MarkupValue, markup } from './markup.js';

/** A section of the page; it also stands in the table of contents. */
export interface Section {
  /** anchor */
  id: string;
  title: string;
  body: Markup;
}

export function renderSection({ id, title, body }: Section): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-h"><h2 id="${id}-h">${title}</h2>
${body}
</section>
`;
}

/** Figures side by side where there is room. `small` is for small multiples, `many` for columns of equal width. */
export function figures(list: readonly Markup[], size: 'small' | 'medium' | 'many' = 'medium'): Markup {
  return markup`<div class="figures ${size}">${list.map(
    (svg) => markup`<figure>${svg}</figure>
`,
  )}</div>`;
}

/** A figure's note, below it. */
export function note(...content: MarkupValue[]): Markup {
  return markup`<p class="note">${content}</p>`;
}

/** Name and value pairs, such as `cutoff: 5.5 Å`. */
export function facts(list: readonly (readonly [MarkupValue, MarkupValue])[]): Markup {
  return markup`<dl class="facts">${list.map(
    ([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>
`,
  )}</dl>`;
}
