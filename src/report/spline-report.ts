import { markup } from './markup.js';
import { ModelStyles } from './models.js';
import { count, differences, milli, significant } from './numbers.js';
import { renderPage } from './page.js';
import type { ReportData, ReportFrontEntry } from './report-data.js';
import type { Section } from './section.js';
import { auditSection } from './sections/audit.js';
import { componentsSection } from './sections/components.js';
import { energiesSection, windowText } from './sections/energies.js';
import { searchSection } from './sections/front.js';
import { lammpsSection } from './sections/lammps.js';
import { crossValidationSection } from './sections/numerics.js';
import { provenanceSection } from './sections/provenance.js';
import { type ReportSplines, splinesSection } from './sections/splines.js';
import { tile } from './sections/summary.js';
import { targetsSection } from './sections/targets.js';

/** Everything that the report of a potential of splines or of functions with parameters shows, as plain data; units as in `ReportData`. */
export interface SplineReportData
  extends Omit<ReportData, 'equation' | 'recovery' | 'curves' | 'front' | 'frontReferences' | 'run' | 'uncertainty' | 'moments'> {
  splines: ReportSplines;
  /** what a form that chooses its terms has chosen from, and what the losses are, a sentence */
  chosenFrom?: { entries: readonly ReportFrontEntry[]; losses: string };
}

/** The report of such a potential as one HTML page that needs nothing else; see `renderReport`. */
export function renderSplineReport(data: SplineReportData): string {
  const { parity, crossValidation, history, audit, lammps, splines, targets, chosenFrom } = data;
  const styles = new ModelStyles(data);
  const sections = [
    splinesSection(splines),
    targets && targetsSection(targets),
    parity && energiesSection(parity, styles),
    parity && componentsSection(parity),
    crossValidation && crossValidationSection(crossValidation),
    searchSection({ entries: [], ...chosenFrom, references: [], run: undefined }, history),
    audit && auditSection(audit),
    lammps && lammpsSection(lammps),
    provenanceSection(data),
  ].filter((section): section is Section => section !== undefined);
  const frames = data.dataFiles.reduce((total, file) => total + file.frames, 0);
  return renderPage({
    title: data.title || `${data.element} potential`,
    subtitle: `${data.element} · ${count(frames)} frames · eqpot ${data.version} · ${data.date}`,
    summary: summary(data),
    sections,
  });
}

function summary({ splines, parity, crossValidation, lammps, warnings = [], stopReason }: SplineReportData) {
  const tiles = [
    lammps &&
      (lammps.passed
        ? tile('LAMMPS check', markup`<span class="good">✓ passed</span>`, `${count(lammps.structures.length)} structures`)
        : tile('LAMMPS check', markup`<span class="bad">✗ failed</span>`, 'do not use the exported files')),
    tile('parameters', count(splines.parameters), splines.counted),
    tile('cutoff', significant(splines.cutoff, 4), 'Å'),
    crossValidation && tile('cross-validation', milli(crossValidation.energyMae), 'meV/atom, MAE'),
    parity?.forces && tile('force error', milli(differences(parity.forces.reference, parity.forces.predicted).mae), 'meV/Å, MAE'),
  ];
  return markup`<div class="summary">
<p class="plain"><code>${splines.energyText}</code></p>
${warnings.length > 0 && markup`<ul class="warnings">${warnings.map((warning) => markup`<li>${warning}</li>`)}</ul>`}
<div class="tiles">${tiles}</div>
${
  parity &&
  parity.windows.length > 0 &&
  markup`<div class="windows"><h3>Mean absolute energy error, meV/atom, by energy above the lowest frame</h3><div class="strip">${parity.windows.map(
    (w) => markup`<div><b>${milli(w.mae)}</b><span>${windowText(w)} eV</span></div>`,
  )}</div></div>`
}
<p class="stopped">Stopped because ${stopReason}.</p>
</div>`;
}
