import { didYouMean } from '../../config/suggest.js';
import { InputError } from '../../errors.js';
import type { Property, Unit } from '../../properties/property.js';
import { elementSystem, type System, structureSystem } from '../../properties/system.js';
import type { KnownNames } from './reference.js';

/**
 * The properties that the user asks for.
 * @param names ids of properties or names of values; undefined: all, long ones only with `long`
 * @throws InputError for an unknown name, with what was probably meant
 */
export function chooseProperties(all: readonly Property[], names: readonly string[] | undefined, long: boolean): Property[] {
  if (names === undefined) return all.filter((property) => long || !property.long);
  const known = knownNames(all);
  const chosen = new Set<Property>();
  for (const name of names) {
    const property = all.find(({ id }) => id === name) ?? all.find((each) => gives(each, name));
    if (!property)
      throw new InputError(
        `there is no property '${name}'${didYouMean(name, [...all.map(({ id }) => id), ...known.units.keys()])}`,
        {},
        { hint: 'eqpot validate --list names all of them' },
      );
    chosen.add(property);
  }
  return all.filter((property) => chosen.has(property));
}

/** Every name of a value that there is. */
export function knownNames(all: readonly Property[]): KnownNames {
  const units = new Map<string, Unit>();
  for (const property of all)
    for (const { system } of EXAMPLES) for (const { name, unit } of property.values(system, { seed: 1 })) units.set(name, unit);
  return { units, knows: (name) => all.some((property) => property.knows?.(name)), ids: all.map(({ id }) => id) };
}

/** Whether a property may give a value of this name, for some crystal. */
export function gives(property: Property, name: string): boolean {
  return (
    EXAMPLES.some(({ system }) => property.values(system, { seed: 1 }).some((info) => info.name === name)) ||
    (property.knows?.(name) ?? false)
  );
}

/** Crystals whose values together are all names without indices. */
export const EXAMPLES: readonly { label: string; system: System }[] = [
  { label: 'fcc', system: elementSystem('Cu') },
  { label: 'bcc', system: elementSystem('Fe') },
  { label: 'hcp', system: elementSystem('Mg') },
  { label: 'diamond', system: elementSystem('Si') },
  {
    label: 'others',
    system: structureSystem(
      {
        cell: Float64Array.of(3, 0, 0, 0, 3, 0, 0, 0, 3),
        pbc: [true, true, true],
        species: ['Al', 'Cu'],
        positions: Float64Array.of(0, 0, 0, 1.5, 1.5, 1.5),
      },
      'example',
    ),
  },
];
