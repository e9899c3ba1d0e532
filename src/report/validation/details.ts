import { type Markup, type MarkupValue, markup } from '../markup.js';
import type { Section } from '../section.js';
import { renderTable } from '../table.js';
import { namesOf, withUnit, words } from './context.js';
import type { Validation } from './validation.js';

/** How each value was found: the facts in its `detail`, folded by property. */
export function detailsSection(validation: Validation): Section | undefined {
  const tables = validation.properties.flatMap(({ title, values }) => {
    const rows = rowsOf(validation, values);
    return rows.length > 0 ? [folded(title, rows)] : [];
  });
  return tables.length === 0 ? undefined : { id: 'details', title: 'How the values were found', body: markup`${tables}` };
}

function folded(title: string, rows: readonly MarkupValue[][]): Markup {
  return markup`<details><summary>${title}</summary>${renderTable({
    columns: [{ head: 'value', tight: true }, { head: 'potential', tight: true }, { head: '', align: 'right' }, { head: 'facts' }],
    rows,
  })}</details>`;
}

function rowsOf(validation: Validation, values: readonly string[]): MarkupValue[][] {
  return namesOf(validation, values).flatMap((name) =>
    Object.entries(validation.potentials).flatMap(([potential, verdicts]) => {
      const verdict = verdicts[name];
      const facts = Object.entries(verdict?.detail ?? {});
      if (!verdict || verdict.value === null || facts.length === 0) return [];
      return [
        [
          markup`<code>${name}</code>`,
          potential,
          withUnit(verdict.value, verdict.unit),
          facts.map(([key, value]) => markup`<span class="fact">${label(key)}: ${words(value)}</span> `),
        ],
      ];
    }),
  );
}

/** Units that keys of `detail` end with. */
const UNITS: readonly (readonly [RegExp, string])[] = [
  [/_ev_per_angstrom3$/, 'eV/Å³'],
  [/_ev_per_angstrom2$/, 'eV/Å²'],
  [/_ev_per_angstrom$/, 'eV/Å'],
  [/_ev_per_atom$/, 'eV/atom'],
  [/_mev_per_atom$/, 'meV/atom'],
  [/_mj_per_m2$/, 'mJ/m²'],
  [/_angstrom3_per_atom$/, 'Å³/atom'],
  [/_1e6_per_k$/, '1e-6/K'],
  [/_angstrom3$/, 'Å³'],
  [/_angstrom2$/, 'Å²'],
  [/_angstrom$/, 'Å'],
  [/_gpa$/, 'GPa'],
  [/_thz$/, 'THz'],
  [/_kelvin$/, 'K'],
  [/_k$/, 'K'],
  [/_ps$/, 'ps'],
  [/_us$/, 'µs'],
  [/_ev$/, 'eV'],
  [/_degrees$/, '°'],
];

/** `residual_stress_gpa` as `residual stress, GPa`. */
export function label(key: string): string {
  const unit = UNITS.find(([ending]) => ending.test(key));
  const name = (unit ? key.replace(unit[0], '') : key).replaceAll('_', ' ');
  return unit ? `${name}, ${unit[1]}` : name;
}
