import { markup, raw } from './markup.js';
import { ModelStyles } from './models.js';
import { count } from './numbers.js';
import type { ReportData } from './report-data.js';
import { renderSection, type Section } from './section.js';
import { auditSection } from './sections/audit.js';
import { componentsSection } from './sections/components.js';
import { energiesSection } from './sections/energies.js';
import { equationSection } from './sections/equation.js';
import { searchSection } from './sections/front.js';
import { functionsSection } from './sections/functions.js';
import { lammpsSection } from './sections/lammps.js';
import { crossValidationSection, momentsSection, recoverySection } from './sections/numerics.js';
import { provenanceSection } from './sections/provenance.js';
import { renderSummary } from './sections/summary.js';
import { STYLE } from './style.js';

/**
 * The report of a fit as one HTML page that needs nothing else: no scripts, no files beside it, no network. The page is also
 * well-formed XML. The same data give the same text.
 */
export function renderReport(data: ReportData): string {
  const sections = sectionsOf(data);
  const frames = data.dataFiles.reduce((total, file) => total + file.frames, 0);
  const title = data.title || `${data.element} potential`;
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta name="color-scheme" content="light dark"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>${title} – eqpot</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p>${data.element} · ${count(frames)} frames · eqpot ${data.version} · ${data.date}</p>
</header>
<main>
${renderSummary(data)}
<nav aria-label="contents"><ul>${sections.map(({ id, title: name }) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
${sections.map(renderSection)}</main>
</body>
</html>
`.text;
}

/** The sections that there is data for, in reading order. */
function sectionsOf(data: ReportData): Section[] {
  const { equation, recovery, parity, crossValidation, curves, front, history, audit, lammps, moments } = data;
  const styles = new ModelStyles(data);
  const all: (Section | undefined)[] = [
    equationSection(equation),
    recovery && recoverySection(recovery),
    parity && energiesSection(parity, styles),
    parity && componentsSection(parity),
    crossValidation && crossValidationSection(crossValidation),
    curves && functionsSection(curves, styles),
    searchSection(front, history),
    audit && auditSection(audit),
    lammps && lammpsSection(lammps),
    moments && momentsSection(moments),
    provenanceSection(data),
  ];
  return all.filter((section): section is Section => section !== undefined);
}
