import { attempt, sorted } from './attempt.js';
import type { PropertyContext } from './context.js';
import { type FaultSlab, faultSlab, slid } from './crystal/fault.js';
import type { Indices } from './crystal/slab.js';
import type { Curve, FailedValue, Property, PropertyValue, ValueInfo } from './property.js';
import { LARGEST_FORCE } from './relaxed-crystal.js';
import type { CrystalName } from './system.js';
import { MJ_PER_M2_PER_EV_PER_ANGSTROM2 } from './units.js';

/** Least thickness of the slab, Å, and as multiples of the cutoff. */
const THICKNESS = 40;
const CUTOFFS = 5;
/** Places of the upper part. */
const POINTS = 25;

/** A plane and a way on it. */
interface Slip {
  plane: Indices;
  /** in lattice vectors of the conventional cell */
  way: readonly [number, number, number];
  /** for people */
  label: string;
  gap?: 'narrow';
  /** the way ends in a fault, in one sense only; else it is a lattice vector */
  intrinsic: boolean;
  /** of the highest energy on the way */
  highest: ValueInfo;
}

const INTRINSIC: ValueInfo = {
  name: 'stacking_fault_intrinsic',
  unit: 'mJ/m²',
  description: 'energy of the relaxed intrinsic stacking fault of the close-packed planes',
};
const UNSTABLE: ValueInfo = { name: 'stacking_fault_unstable', unit: 'mJ/m²', description: 'highest energy on the way to it' };
const SIXTH = [1 / 6, 1 / 6, -1 / 3] as const;

const SLIPS: Partial<Record<CrystalName, readonly Slip[]>> = {
  fcc: [{ plane: [1, 1, 1], way: SIXTH, label: '{111}<112>', intrinsic: true, highest: UNSTABLE }],
  hcp: [{ plane: [0, 0, 1], way: [2 / 3, 1 / 3, 0], label: '(0001)<10-10>', intrinsic: true, highest: UNSTABLE }],
  // the glide set; sliding between the sheets that are far apart (the shuffle set) makes no fault
  diamond: [{ plane: [1, 1, 1], way: SIXTH, label: '{111}<112>', gap: 'narrow', intrinsic: true, highest: UNSTABLE }],
  bcc: [
    {
      plane: [1, 1, 0],
      way: [0.5, -0.5, 0.5],
      label: '{110}<111>',
      intrinsic: false,
      highest: { name: 'gamma_line_110', unit: 'mJ/m²', description: 'highest energy when {110} planes slide along <111>' },
    },
    {
      plane: [1, 1, 2],
      way: [0.5, 0.5, -0.5],
      label: '{112}<111>',
      intrinsic: false,
      highest: { name: 'gamma_line_112', unit: 'mJ/m²', description: 'highest energy when {112} planes slide along <111>' },
    },
  ],
};

function slips(kind: string): readonly Slip[] {
  return SLIPS[kind as CrystalName] ?? [];
}

/** Stacking faults and the energies on the way to them. */
export const stackingFaults: Property = {
  id: 'stacking_faults',
  title: 'Stacking faults and gamma curves',
  cost: 'a second; 5 s with embedded LAMMPS',
  templates: ['in.verify', 'in.fault'],
  values: ({ kind }) => slips(kind).flatMap(({ intrinsic, highest }) => (intrinsic ? [INTRINSIC, highest] : [highest])),
  applies: ({ kind, label, element }) =>
    element === undefined || slips(kind).length === 0
      ? `the planes and directions of slip of ${label} are not known (they are in fcc, hcp, diamond and bcc elements)`
      : undefined,
  async run(context) {
    const curves: Curve[] = [];
    const results: (PropertyValue | FailedValue)[] = [];
    for (const slip of slips(context.system.kind)) {
      const found = await attempt(slip.highest, async () => {
        const { values, curve } = await gammaCurve(context, slip);
        curves.push(curve);
        results.push(...values.slice(0, -1));
        return values.at(-1)!;
      });
      if ('error' in found && slip.intrinsic) results.push({ ...found, ...INTRINSIC });
      results.push(found);
    }
    return { ...sorted(results), curves };
  },
};

async function gammaCurve(context: PropertyContext, slip: Slip): Promise<{ values: PropertyValue[]; curve: Curve }> {
  const crystal = await context.lattice();
  const { cutoff } = await context.atoms();
  const thickness = Math.max(THICKNESS, CUTOFFS * cutoff);
  const made = faultSlab(crystal.structure, slip.plane, slip.way, thickness, slip.gap);
  const perArea = MJ_PER_M2_PER_EV_PER_ANGSTROM2 / made.area;
  const rigid = await context.evaluate([0, 1, -1].map((share) => slid(made, share)));
  const [forward, back] = [1, 2].map((k) => (rigid[k]!.energy - rigid[0]!.energy) * perArea) as [number, number];
  // of the two senses one leads to a fault, the other puts atoms on top of each other
  const sense = slip.intrinsic && back < forward ? -1 : 1;
  const { shares, energies, run } = await slide(context, made, sense);
  const curve = energies.map((energy) => (energy - energies[0]!) * perArea);
  const top = curve.reduce((best, value, k) => (value > curve[best]! ? k : best), 0);
  if (top === 0 || top === POINTS - 1)
    throw run.error(`the energy has no maximum on the way ${slip.label}: it is highest at ${shares[top]} of it`);
  const [a, b, c] = [curve[top - 1]!, curve[top]!, curve[top + 1]!];
  const step = (a - c) / (2 * (a - 2 * b + c));
  const values: PropertyValue[] = [];
  const detail = { way: slip.label, atoms: made.structure.species.length, thickness_angstrom: thickness };
  if (slip.intrinsic)
    values.push({
      name: INTRINSIC.name,
      unit: INTRINSIC.unit,
      value: curve.at(-1)!,
      detail: { unrelaxed_mj_per_m2: Math.min(forward, back), other_sense_unrelaxed_mj_per_m2: Math.max(forward, back), ...detail },
    });
  const length = Math.hypot(...made.shift);
  values.push({
    name: slip.highest.name,
    unit: slip.highest.unit,
    value: b - ((a - c) * step) / 4,
    detail: { at_share_of_the_way: (top + step) / (POINTS - 1), length_of_the_way_angstrom: length, ...detail },
  });
  return {
    values,
    curve: {
      id: `gamma ${slip.label}`,
      title: `Energy of a fault ${slip.label}`,
      x: { label: 'displacement', unit: 'Å', values: shares.map((share) => share * length) },
      y: { label: 'energy', unit: 'mJ/m²', values: curve },
    },
  };
}

/** Total energies (eV) along the way, relaxed. */
async function slide(context: PropertyContext, made: FaultSlab, sense: 1 | -1) {
  const data = 'slab.data';
  const run = await context.lammps({
    template: 'in.fault',
    structures: { [data]: made.structure },
    variables: { data, height: made.height, dx: sense * made.shift[0], dy: sense * made.shift[1], points: POINTS },
  });
  // the slab was turned for LAMMPS beforehand, or the way would be another one
  const rotation = run.rotation(data);
  if (rotation.some((x, k) => Math.abs(x - (k % 4 === 0 ? 1 : 0)) > 1e-9)) throw new Error('the slab does not stand as LAMMPS wants it');
  const rows = run.rows('fault');
  if (rows.length !== POINTS) throw run.error(`${rows.length} of ${POINTS} points are in the results`);
  const natoms = made.structure.species.length;
  for (const [share, atoms, , force] of rows as [number, number, number, number][]) {
    if (atoms !== natoms) throw run.error(`${natoms} atoms became ${atoms}`);
    if (force > LARGEST_FORCE) throw run.error(`the atoms did not relax at ${share} of the way: a force of ${force} eV/Å is left`);
  }
  return { run, shares: rows.map((row) => row[0]!), energies: rows.map((row) => row[2]!) };
}
