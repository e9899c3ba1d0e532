import type { Structure } from '../structures/structure.js';
import { multiplyRows } from '../structures/structure.js';
import { attempt, sorted } from './attempt.js';
import type { PropertyContext } from './context.js';
import { nearestDistance, shortest, supercell, withAtom } from './crystal/supercell.js';
import { dot, norm } from './crystal/vectors.js';
import type { Property, PropertyValue, ValueInfo } from './property.js';
import { type RelaxedCrystal, scaled } from './relaxed-crystal.js';
import { type CrystalName, relaxation, type System } from './system.js';
import { GPA_PER_EV_PER_ANGSTROM3 } from './units.js';
import { defectEnergy, defectWidth } from './vacancy.js';

/** Least width of the cell, Å: 6x6x6 conventional cells of copper. A dumbbell strains far more than a vacancy. */
const WIDTH = 21;
/** Distance of the two atoms of a dumbbell before relaxation, in nearest distances. */
const SEPARATION = 0.85;
/** Random displacements that let an unstable arrangement fall, Å. */
const NOISE = 0.05;
/** Cosine of the angle by which a dumbbell may turn, and nearest distances that an atom may move, and still be what its name says. */
const TURN = Math.cos((5 * Math.PI) / 180);
const SHIFT = 0.05;
/** Of the lattice constant, for the bulk modulus. */
const STRAIN = 1e-3;
/** Energies closer than this are those of the same arrangement, eV. */
const SAME = 5e-3;

/** One way to put an atom in: as half of a dumbbell in place of atom 0, or at a place (in conventional lattice vectors). */
interface Arrangement {
  /** as in the name of the value, after `interstitial_` */
  name: string;
  axis?: readonly [number, number, number];
  place?: readonly [number, number, number];
}

const DUMBBELLS: readonly Arrangement[] = [
  { name: '100_dumbbell', axis: [1, 0, 0] },
  { name: '110_dumbbell', axis: [1, 1, 0] },
  { name: '111_dumbbell', axis: [1, 1, 1] },
];
const ARRANGEMENTS: Partial<Record<CrystalName, readonly Arrangement[]>> = {
  fcc: [...DUMBBELLS, { name: 'octahedral', place: [0.5, 0.5, 0.5] }, { name: 'tetrahedral', place: [0.25, 0.25, 0.25] }],
  bcc: [...DUMBBELLS, { name: 'octahedral', place: [0.5, 0.5, 0] }, { name: 'tetrahedral', place: [0.5, 0.25, 0] }],
  diamond: [...DUMBBELLS, { name: 'tetrahedral', place: [0.5, 0.5, 0.5] }, { name: 'hexagonal', place: [0.625, 0.625, 0.625] }],
};

function arrangements({ kind, element }: System): readonly Arrangement[] {
  return kind === 'other' || element === undefined ? [] : (ARRANGEMENTS[kind] ?? []);
}

const info = ({ name }: Arrangement): ValueInfo => ({
  name: `interstitial_${name}`,
  unit: 'eV',
  description: `energy to put one atom in (${name.replace(/^(\d+)_/, '<$1> ')}), relaxed at zero pressure`,
});

/** Energies of self-interstitials in the usual arrangements, and which of them is stable. */
export const interstitials: Property = {
  id: 'interstitials',
  title: 'Interstitial formation energies',
  cost: 'a few seconds; 10 s with embedded LAMMPS',
  templates: ['in.defect'],
  values: (system) => arrangements(system).map(info),
  applies: (system) =>
    arrangements(system).length === 0
      ? `the places of interstitials in ${system.label} are not known (they are in fcc, bcc, diamond)`
      : undefined,
  async run(context) {
    const crystal = await context.lattice();
    const perfect = supercell(crystal.structure, Math.max(WIDTH, await defectWidth(context)));
    const { values, failures } = sorted(
      await Promise.all(
        arrangements(context.system).map((each) => attempt(info(each), () => interstitial(context, crystal, perfect, each))),
      ),
    );
    if (values.length === 0) return { values, failures };
    const lowest = values.reduce((a, b) => (b.value < a.value ? b : a));
    return { values: values.map((value) => described(value, values, lowest)), failures };
  },
};

/** With what became of it, now that all energies are known. */
function described(value: PropertyValue, all: readonly PropertyValue[], lowest: PropertyValue): PropertyValue {
  const after = value.detail!.after_noise_ev as number;
  const same = (energy: number, other: PropertyValue) => Math.abs(energy - other.value) < SAME;
  const short = ({ name }: PropertyValue) => name.replace('interstitial_', '');
  const twins = all.filter((other) => other !== value && same(value.value, other)).map(short);
  const stable = after > value.value - SAME;
  return {
    ...value,
    detail: {
      stable_arrangement: short(lowest),
      stable,
      ...(stable ? {} : { falls_into: all.filter((other) => same(after, other)).map(short)[0] ?? 'another arrangement' }),
      ...(twins.length > 0 ? { same_energy_as: twins } : {}),
      ...value.detail,
    },
  };
}

async function interstitial(
  context: PropertyContext,
  crystal: RelaxedCrystal,
  perfect: Structure,
  arrangement: Arrangement,
): Promise<PropertyValue> {
  const { name, unit } = info(arrangement);
  const file = `${name}.data`;
  const structure = put(arrangement, crystal, perfect);
  const natoms = structure.species.length;
  const run = await context.lammps({
    template: 'in.defect',
    structures: { [file]: structure },
    variables: { structures: file, relax: relaxation(context.system), noise: NOISE, seed: 1 + context.settings.seed },
  });
  const fixed = run.relaxed(file, `${file}.fixed`, `box:${file}`);
  if (!kept(arrangement, structure, fixed)) throw run.error(`${file}: the atom did not stay where it was put: that place is in no balance`);
  const volume = perfect.species.length * crystal.volume;
  const energy = defectEnergy(run, file, natoms, crystal, volume);
  const [, shaken] = run.row(`shaken:${file}`, 3) as [number, number, number];
  // an unstable balance may be lost while the box relaxes; then the work that the pressure can do is taken off, to second order
  const held = kept(arrangement, structure, run.relaxed(file, `${file}.free`, `freebox:${file}`));
  const work = (volume * energy.pressure ** 2) / (2 * (await bulkModulus(context))) / GPA_PER_EV_PER_ANGSTROM3;
  return {
    name,
    unit,
    value: held ? energy.free : energy.fixed - work,
    detail: {
      after_noise_ev: shaken - natoms * crystal.energy,
      at_constant_volume_ev: energy.fixed,
      work_of_the_pressure_ev: work,
      ...(held ? { relaxation_volume_angstrom3: energy.volume } : { lost_its_balance_in_a_free_box: true }),
      pressure_at_constant_volume_gpa: energy.pressure,
      atoms: natoms,
      distance_to_nearest_atom_angstrom: nearestDistance(fixed, natoms - 1),
    },
  };
}

/** From the stress of the crystal a little larger and smaller, GPa. */
function bulkModulus(context: PropertyContext): Promise<number> {
  return context.shared('interstitials:bulk-modulus', async () => {
    const { structure } = await context.lattice();
    const [small, large] = await context.evaluate([1 - STRAIN, 1 + STRAIN].map((factor) => scaled(structure, factor)));
    const trace = (stress: Float64Array) => stress[0]! + stress[4]! + stress[8]!;
    return ((trace(large!.stress!) - trace(small!.stress!)) / (18 * STRAIN)) * GPA_PER_EV_PER_ANGSTROM3;
  });
}

/** The crystal with one atom more. */
function put({ axis, place }: Arrangement, crystal: RelaxedCrystal, perfect: Structure): Structure {
  const symbol = perfect.species[0]!;
  if (place) return withAtom(perfect, symbol, multiplyRows(place, crystal.structure.cell));
  const half = (SEPARATION * nearestDistance(perfect)) / 2 / norm(axis!);
  const from = [...perfect.positions.subarray(0, 3)];
  const out = withAtom(
    perfect,
    symbol,
    from.map((x, d) => x - half * axis![d]!),
  );
  for (let d = 0; d < 3; d++) out.positions[d]! += half * axis![d]!;
  return out;
}

/** Whether the added atom stayed at its place, or the dumbbell along its axis. */
function kept({ axis }: Arrangement, before: Structure, after: Structure): boolean {
  const last = before.species.length - 1;
  const at = ({ positions }: Structure, i: number) => positions.subarray(3 * i, 3 * i + 3);
  const between = (p: ArrayLike<number>, q: ArrayLike<number>) =>
    shortest(
      [0, 1, 2].map((d) => q[d]! - p[d]!),
      before.cell,
    );
  if (!axis) return norm(between(at(before, last), at(after, last))) < SHIFT * nearestDistance(before, 0);
  const vector = between(at(after, last), at(after, 0));
  return Math.abs(dot(vector, axis)) > TURN * norm(vector) * norm(axis);
}
