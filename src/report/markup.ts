import { MISSING } from './numbers.js';

/** A piece of HTML, SVG or MathML that is already safe to put into a page. */
export class Markup {
  constructor(readonly text: string) {}
  toString(): string {
    return this.text;
  }
}

/** What may stand in a `markup` template. Strings and numbers are escaped, lists joined, `undefined`, `null` and `false` dropped. */
export type MarkupValue = Markup | string | number | undefined | null | false | readonly MarkupValue[];

/** Characters that neither XML nor HTML allows, even escaped; a settings file or a log may well hold them. */
const FORBIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text made safe for element content and for quoted attributes. */
export function escapeText(text: string): string {
  return text
    .replace(FORBIDDEN, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** Tagged template that escapes everything put into it, so that no text of a user reaches the page as markup. */
export function markup(strings: TemplateStringsArray, ...values: MarkupValue[]): Markup {
  let text = strings[0]!;
  for (let k = 0; k < values.length; k++) text += written(values[k]) + strings[k + 1]!;
  return new Markup(text);
}

/** Marks text as markup. Only for text that this module's callers generated themselves. */
export function raw(text: string): Markup {
  return new Markup(text);
}

function written(value: MarkupValue): string {
  if (value === undefined || value === null || value === false) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'string') return escapeText(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : MISSING;
  return value.map(written).join('');
}
