import { type Markup, markup } from '../markup.js';
import { count, significant } from '../numbers.js';
import type { ReportLammps } from '../report-data.js';
import { facts, type Section } from '../section.js';
import { foldedTable } from '../table.js';

/** Proof that LAMMPS, reading the exported files, gives the equation's energies and forces. */
export function lammpsSection(lammps: ReportLammps): Section {
  const { structures, energyTolerance, forceTolerance, table } = lammps;
  const energyOff = structures.map((s) => !(Math.abs(s.energyDifference) <= energyTolerance));
  const forceOff = structures.map((s) => !(Math.abs(s.forceDifference) <= forceTolerance));
  const worst = (values: number[]): number => values.reduce((most, v) => (Math.abs(v) > most || Number.isNaN(v) ? Math.abs(v) : most), 0);
  return {
    id: 'lammps',
    title: 'Agreement with LAMMPS',
    body: markup`<p class="verdict ${lammps.passed ? 'good' : 'bad'}">${
      lammps.passed
        ? 'Passed: LAMMPS reproduces the equation on every structure within the tolerances.'
        : 'Failed: LAMMPS and the equation differ by more than the tolerances. Do not use the exported files.'
    }</p>
${facts([
  ['LAMMPS', `${lammps.version} (${lammps.engine})`],
  ['largest energy difference', `${significant(worst(structures.map((s) => s.energyDifference)), 2)}\u00a0eV/atom`],
  ['energy tolerance', `${significant(energyTolerance, 2)}\u00a0eV/atom`],
  ['largest force difference', `${significant(worst(structures.map((s) => s.forceDifference)), 2)}\u00a0eV/Å`],
  ['force tolerance', `${significant(forceTolerance, 2)}\u00a0eV/Å`],
  ...(table
    ? ([
        ['table', table.file],
        ['grid', `${count(table.nr)} distances, ${count(table.nrho)} densities`],
        ['accuracy asked for', `${significant(table.accuracy, 2)}\u00a0eV/atom`],
        ...(table.reached === undefined ? [] : [['accuracy reached', `${significant(table.reached, 2)}\u00a0eV/atom`] as const]),
      ] as const)
    : []),
])}
${table?.note && markup`<p class="note">${table.note}</p>`}
${
  structures.length > 0 &&
  foldedTable(
    {
      caption: 'LAMMPS minus equation: energy per atom, largest difference of a force component',
      columns: [
        { head: 'structure', tight: true },
        { head: 'atoms', align: 'right' },
        { head: 'energy, eV/atom', align: 'right' },
        { head: 'force, eV/Å', align: 'right' },
        { head: '' },
      ],
      rows: structures.map((s, k) => [
        s.name,
        count(s.atoms),
        offending(energyOff[k]!, significant(s.energyDifference, 2)),
        offending(forceOff[k]!, significant(s.forceDifference, 2)),
        energyOff[k] || forceOff[k] ? markup`<span class="bad">✗ beyond tolerance</span>` : markup`<span class="good">✓</span>`,
      ]),
    },
    `All ${structures.length} structures`,
    20,
  )
}`,
  };
}

function offending(off: boolean, text: string): Markup {
  return off ? markup`<b class="bad">${text}</b>` : markup`${text}`;
}
