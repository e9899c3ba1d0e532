import { equationParts } from '../equation.js';
import { type Markup, type MarkupValue, markup } from '../markup.js';
import { count, differences, milli, significant } from '../numbers.js';
import type { ReportData } from '../report-data.js';
import { typesetPart } from '../typeset.js';
import { auditCounts } from './audit.js';
import { windowText } from './energies.js';

/** Significant digits in the summary, as equations are printed in papers. */
const DIGITS = 5;

/** The box on top: the equation and whether to trust it. */
export function renderSummary(data: ReportData): Markup {
  const { equation, parity, warnings = [] } = data;
  return markup`<div class="summary">
<div class="equations">${equationParts(equation).map((part) => typesetPart(part, DIGITS))}</div>
${warnings.length > 0 && markup`<ul class="warnings">${warnings.map((warning) => markup`<li>${warning}</li>`)}</ul>`}
<div class="tiles">${tiles(data)}</div>
${
  parity &&
  parity.windows.length > 0 &&
  markup`<div class="windows"><h3>Mean absolute energy error, meV/atom, by energy above the lowest frame</h3><div class="strip">${parity.windows.map(
    (w) => markup`<div><b>${milli(w.mae)}</b><span>${windowText(w)} eV</span></div>`,
  )}</div></div>`
}
<p class="stopped">Stopped because ${data.stopReason}.</p>
</div>`;
}

function tiles({ equation, parity, lammps, audit, crossValidation }: ReportData): Markup[] {
  const list: Markup[] = [];
  if (lammps) {
    list.push(
      lammps.passed
        ? tile('LAMMPS check', markup`<span class="good">✓ passed</span>`, `${count(lammps.structures.length)} structures`)
        : tile('LAMMPS check', markup`<span class="bad">✗ failed</span>`, 'do not use the exported files'),
    );
  }
  list.push(tile('complexity', count(equation.complexity), 'nodes'));
  list.push(tile('cutoff', `${significant(equation.cutoff, 4)}`, 'Å'));
  if (crossValidation) list.push(tile('cross-validation', milli(crossValidation.energyMae), 'meV/atom, MAE'));
  if (parity?.forces)
    list.push(tile('force error', milli(differences(parity.forces.reference, parity.forces.predicted).mae), 'meV/Å, MAE'));
  if (audit) {
    const counts = auditCounts(audit);
    list.push(
      tile(
        'set aside',
        count(counts['set aside']),
        `of ${count(audit.frames)} frames${counts.mended ? `, ${count(counts.mended)} mended` : ''}`,
      ),
    );
  }
  return list;
}

/** One figure of the box on top. */
export function tile(name: string, value: MarkupValue, unit: string): Markup {
  return markup`<div class="tile"><span class="name">${name}</span><b>${value}</b><span class="unit">${unit}</span></div>
`;
}
