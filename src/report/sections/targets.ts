import { markup } from '../markup.js';
import { significant } from '../numbers.js';
import type { ReportTarget } from '../report-data.js';
import { note, type Section } from '../section.js';
import { renderTable } from '../table.js';

/** Properties that pulled the fit, and what the equation gives for them. */
export function targetsSection(targets: readonly ReportTarget[]): Section {
  const within = targets.filter(({ value, tolerance, found }) => Math.abs(found - value) <= tolerance).length;
  return {
    id: 'targets',
    title: 'Targets',
    body: markup`<p>${within} of ${targets.length} are within their tolerance.</p>
${renderTable({
  columns: [{ head: 'property' }, { head: 'found', align: 'right' }, { head: 'off', align: 'right' }, { head: 'wanted', align: 'right' }],
  rows: targets.map(({ name, unit, value, tolerance, found }) => {
    const off = Math.abs(found - value) / tolerance;
    return [
      name,
      significant(found, 4),
      off <= 1 ? 'within' : `${significant(off, 2)}\u00a0×`,
      `${significant(value, 4)} ± ${significant(tolerance, 2)}\u00a0${unit}`,
    ];
  }),
})}
${note('Off: deviation in tolerances. Values by the sums of energies that the fit has seen, of structures relaxed with the equation. eqpot validate computes the properties in LAMMPS, in larger cells.')}`,
  };
}
