import { EngineError } from '../errors.js';
import { type Structure, volume } from '../structures/structure.js';
import { attempt, sorted } from './attempt.js';
import type { PropertyContext } from './context.js';
import { PROTOTYPES, type Prototype } from './crystal/prototypes.js';
import { nearestDistance, supercell } from './crystal/supercell.js';
import type { Curve, Property, PropertyValue, ValueInfo } from './property.js';
import { LARGEST_FORCE, type RelaxedCrystal, scaled } from './relaxed-crystal.js';
import type { System } from './system.js';
import { GPA_PER_BAR } from './units.js';

/** Nearest distances to start from, in those of the crystal. */
const SCAN = Array.from({ length: 31 }, (_, k) => 0.78 + 0.02 * k);
/** Scales of the relaxed polymorph for the curve. */
const CURVE = Array.from({ length: 25 }, (_, k) => 0.94 + 0.005 * k);
/** GPa */
const LARGEST_STRESS = 0.02;
/** Energies (eV/atom) and volumes (share) closer than these are those of one structure. */
const SAME = { energy: 1e-6, volume: 1e-5 };

const info = ({ name, title }: Prototype): ValueInfo => ({
  name: `polymorph_${name}`,
  unit: 'eV/atom',
  description: `energy of the relaxed ${title} less that of the crystal`,
});

function polymorphsOf({ kind }: System): Prototype[] {
  return PROTOTYPES.filter(({ name }) => name !== kind);
}

/** Energies of other structures of the element, each at zero stress, relative to the crystal. */
export const polymorphs: Property = {
  id: 'polymorphs',
  title: 'Polymorphs',
  cost: 'a few seconds; 10 s with embedded LAMMPS',
  templates: ['in.verify', 'in.lattice'],
  values: (system) => polymorphsOf(system).map(info),
  applies: ({ element, label }) => (element === undefined ? `the polymorphs are those of elements, and ${label} is a compound` : undefined),
  async run(context) {
    const crystal = await context.lattice();
    const symbol = context.system.element!;
    const nearest = nearestDistance(supercell(crystal.structure, 12));
    const prototypes = polymorphsOf(context.system);
    const cells = prototypes.flatMap((each) => SCAN.map((scale) => each.cell(symbol, scale * nearest)));
    const energies = (await context.evaluate(cells)).map(({ energy }, k) => energy / cells[k]!.species.length);
    const relaxed = new Map<Prototype, Structure>();
    const results = await Promise.all(
      prototypes.map((each, p) =>
        attempt(info(each), async () => {
          const scan = energies.slice(p * SCAN.length, (p + 1) * SCAN.length);
          const { structure, value } = await polymorph(context, crystal, each, nearest, scan);
          relaxed.set(each, structure);
          return value;
        }),
      ),
    );
    const { values, failures } = sorted(results);
    return { values: values.map((value) => compared(value, values, crystal)), failures, curves: await curves(context, crystal, relaxed) };
  },
};

async function polymorph(
  context: PropertyContext,
  crystal: RelaxedCrystal,
  prototype: Prototype,
  nearest: number,
  scan: readonly number[],
): Promise<{ value: PropertyValue; structure: Structure }> {
  const { name, unit } = info(prototype);
  // the deepest minimum that is one
  const [start] = scan
    .map((energy, k) => ({ energy, k }))
    .filter(({ energy, k }) => k > 0 && k < scan.length - 1 && energy <= scan[k - 1]! && energy <= scan[k + 1]!)
    .sort((p, q) => p.energy - q.energy);
  if (!start)
    throw new EngineError(
      `in.verify: the energy of ${prototype.title} has no minimum between ${SCAN[0]} and ${SCAN.at(-1)!.toFixed(2)} times the nearest distance of the crystal`,
    );
  const structure = prototype.cell(context.system.element!, SCAN[start.k]! * nearest);
  const natoms = structure.species.length;
  const data = `${name}.data`;
  const run = await context.lammps({
    template: 'in.lattice',
    structures: { [data]: structure },
    variables: { data, relax: prototype.cubic ? 'iso 0.0' : 'aniso 0.0 couple xy', dump: 'relaxed.dump' },
  });
  const [atoms, energy, , ...rest] = run.row('crystal', 10) as [number, number, number, ...number[]];
  if (atoms !== natoms) throw run.error(`${natoms} atoms became ${atoms}`);
  const stress = Math.max(...rest.slice(0, 6).map(Math.abs)) * GPA_PER_BAR;
  if (stress > LARGEST_STRESS) throw run.error(`the cell did not relax: a stress of ${stress.toPrecision(3)} GPa is left`);
  if (rest[6]! > LARGEST_FORCE) throw run.error(`the atoms did not relax: a force of ${rest[6]!.toPrecision(3)} eV/Å is left`);
  const relaxed = run.relaxed(data, 'relaxed.dump');
  const value: PropertyValue = {
    name,
    unit,
    value: energy / natoms - crystal.energy,
    detail: {
      structure: prototype.title,
      volume_angstrom3_per_atom: volume(relaxed.cell) / natoms,
      a_angstrom: length(relaxed, 0),
      ...(prototype.cubic
        ? {}
        : { c_over_a: length(relaxed, 2) / length(relaxed, 0), c_over_a_of_the_prototype: length(structure, 2) / length(structure, 0) }),
    },
  };
  return { value, structure: relaxed };
}

function length({ cell }: Structure, d: number): number {
  return Math.hypot(...cell.subarray(3 * d, 3 * d + 3));
}

/** With the names of structures that it became: free axes may lead to one of higher symmetry. */
function compared(value: PropertyValue, all: readonly PropertyValue[], crystal: RelaxedCrystal): PropertyValue {
  const volumeOf = (each: PropertyValue) => each.detail!.volume_angstrom3_per_atom as number;
  const same = (energy: number, size: number) =>
    Math.abs(energy - value.value) < SAME.energy && Math.abs(size / volumeOf(value) - 1) < SAME.volume;
  const others = all
    .filter((other) => other !== value && same(other.value, volumeOf(other)))
    .map(({ name }) => name.replace('polymorph_', ''));
  if (same(0, crystal.volume)) others.unshift('the crystal');
  return others.length === 0 ? value : { ...value, detail: { ...value.detail, same_energy_and_volume_as: others } };
}

/** Energy against volume of each polymorph, its shape and atoms held. */
async function curves(context: PropertyContext, crystal: RelaxedCrystal, relaxed: ReadonlyMap<Prototype, Structure>): Promise<Curve[]> {
  const found = [...relaxed];
  const structures = found.flatMap(([, structure]) => CURVE.map((scale) => scaled(structure, scale)));
  if (structures.length === 0) return [];
  const results = await context.evaluate(structures);
  return found.map(([{ name, title }, structure], p) => ({
    id: `energy_volume_${name}`,
    title: `Energy against volume: ${title}`,
    x: { label: 'volume', unit: 'Å³/atom', values: CURVE.map((scale) => (volume(structure.cell) * scale ** 3) / structure.species.length) },
    y: {
      label: 'energy above the crystal',
      unit: 'eV/atom',
      values: CURVE.map((_, k) => results[p * CURVE.length + k]!.energy / structure.species.length - crystal.energy),
    },
  }));
}
