import { ModelStyles } from './models.js';
import { count } from './numbers.js';
import { renderPage } from './page.js';
import type { ReportData } from './report-data.js';
import type { Section } from './section.js';
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
import { targetsSection } from './sections/targets.js';
import { uncertaintySection } from './sections/uncertainty.js';

/**
 * The report of a fit as one HTML page that needs nothing else: no scripts, no files beside it, no network. The page is also
 * well-formed XML. The same data give the same text.
 */
export function renderReport(data: ReportData): string {
  const sections = sectionsOf(data);
  const frames = data.dataFiles.reduce((total, file) => total + file.frames, 0);
  const title = data.title || `${data.element} potential`;
  return renderPage({
    title,
    subtitle: `${data.element} · ${count(frames)} frames · eqpot ${data.version} · ${data.date}`,
    summary: renderSummary(data),
    sections,
  });
}

/** The sections that there is data for, in reading order. */
function sectionsOf(data: ReportData): Section[] {
  const { equation, recovery, parity, crossValidation, curves, front, frontReferences, run, history, targets, uncertainty, audit } = data;
  const { lammps, moments } = data;
  const styles = new ModelStyles(data);
  const all: (Section | undefined)[] = [
    equationSection(equation),
    recovery && recoverySection(recovery),
    parity && energiesSection(parity, styles),
    parity && componentsSection(parity),
    crossValidation && crossValidationSection(crossValidation),
    curves && functionsSection(curves, styles),
    searchSection({ entries: front ?? [], references: frontReferences ?? [], run }, history),
    targets && targetsSection(targets),
    uncertainty && uncertaintySection(uncertainty),
    audit && auditSection(audit),
    lammps && lammpsSection(lammps),
    moments && momentsSection(moments),
    provenanceSection(data),
  ];
  return all.filter((section): section is Section => section !== undefined);
}
