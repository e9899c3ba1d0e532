import type { Property } from '../../properties/property.js';
import { EXAMPLES } from './choose.js';

/** Settings that the tables of names are made with. */
const SETTINGS = { seed: 1 };

/**
 * Tables of all names that there are, as Markdown: one for each property, with units and, where the value is not one of every crystal,
 * the crystals that have it. A part of docs/validation.md.
 */
export function namesPage(properties: readonly Property[]): string {
  return properties.map(table).join('\n');
}

function table(property: Property): string {
  const rows = new Map<string, { unit: string; description: string; crystals: string[] }>();
  const systems = EXAMPLES.filter(({ system }) => property.applies?.(system) === undefined);
  for (const { label, system } of systems)
    for (const { name, unit, description } of property.values(system, SETTINGS)) {
      const known = rows.get(name);
      if (known) known.crystals.push(label);
      else rows.set(name, { unit, description, crystals: [label] });
    }
  const remarks = [
    property.cost,
    property.long ? 'only with `--long`' : '',
    property.needsNative ? 'needs native LAMMPS with mpirun' : '',
    property.needsPhonopy ? 'needs Phonopy' : '',
    `input: ${property.templates.map((name) => `\`${name}\``).join(', ')}`,
  ];
  const lines = [...rows].map(([name, { unit, description, crystals }]) => {
    const where = crystals.length === systems.length && systems.length === EXAMPLES.length ? 'all' : crystals.join(', ');
    return `| \`${name}\` | ${unit} | ${description} | ${where} |`;
  });
  return `#### ${property.title}: \`${property.id}\`

${remarks.filter(Boolean).join('; ')}.

| name | unit | what | crystals |
|---|---|---|---|
${lines.join('\n')}
`;
}
