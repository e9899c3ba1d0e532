import { type Markup, type MarkupValue, markup, raw } from './markup.js';
import { renderSection, type Section } from './section.js';
import { STYLE } from './style.js';

/** A page that needs nothing else: no scripts, no files beside it, no network. It is also well-formed XML. */
export interface Page {
  title: string;
  /** line below the title */
  subtitle: MarkupValue;
  /** box on top */
  summary: Markup;
  /** in reading order; the contents list is made of them */
  sections: readonly Section[];
  /** style sheet in addition to the common one */
  style?: string;
}

export function renderPage({ title, subtitle, summary, sections, style = '' }: Page): string {
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>${title} – eqpot</title>
<style>${raw(STYLE + style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${subtitle}</p>
</header>
<main>
${summary}
<nav aria-label="contents"><ul>${sections.map(({ id, title: name }) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
${sections.map(renderSection)}</main>
</body>
</html>
`.text;
}
