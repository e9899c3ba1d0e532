import { fitBirchMurnaghan } from './birch-murnaghan.js';
import type { PropertyContext } from './context.js';
import type { LammpsRun, Property } from './property.js';
import { LARGEST_FORCE, type RelaxedCrystal } from './relaxed-crystal.js';
import { GPA_PER_BAR, GPA_PER_EV_PER_ANGSTROM3 } from './units.js';

/** Scales of the lattice vectors: of the curve, and of the points that are fitted. */
const CURVE = { from: 0.94, to: 1.08, points: 36 };
/**
 * ±1.5 % of the volume. Embedded-atom potentials do not follow the equation over wider ranges: for Mishin's copper, 138.4 GPa from
 * the stress, fits over ±1.5, ±3 and ±9 % of the volume give 138.9, 139.5 and 141.6 GPa.
 */
const FITTED = { from: 0.995, to: 1.005, points: 13 };

/** Energy against volume, Birch-Murnaghan fit. */
export const equationOfState: Property = {
  id: 'equation_of_state',
  title: 'Equation of state and bulk modulus',
  cost: 'a few seconds',
  templates: ['in.eos'],
  values: () => [
    { name: 'bulk_modulus', unit: 'GPa', description: 'of the Birch-Murnaghan equation of state' },
    { name: 'bulk_modulus_derivative', unit: '', description: 'its derivative by pressure' },
  ],
  async run(context) {
    const crystal = await context.lattice();
    const [curve, near] = (await Promise.all([scan(context, crystal, CURVE), scan(context, crystal, FITTED)])) as [Points, Points];
    const fit = fitBirchMurnaghan(near.volumes, near.energies);
    if (!fit) throw near.run.error('energy against volume has no minimum that an equation of state could be fitted to');
    const wide = fitBirchMurnaghan(curve.volumes, curve.energies);
    const bulk = fit.bulkModulus * GPA_PER_EV_PER_ANGSTROM3;
    return {
      values: [
        {
          name: 'bulk_modulus',
          unit: 'GPa',
          value: bulk,
          detail: {
            residual_ev_per_atom: fit.residual,
            volume_angstrom3: fit.volume,
            fit_to_the_whole_curve_gpa: wide ? wide.bulkModulus * GPA_PER_EV_PER_ANGSTROM3 : null,
          },
        },
        { name: 'bulk_modulus_derivative', unit: '', value: fit.derivative },
      ],
      curves: [
        {
          id: 'energy_volume',
          title: 'Energy against volume',
          x: { label: 'volume', unit: 'Å³/atom', values: curve.volumes },
          y: { label: 'energy above the minimum', unit: 'eV/atom', values: curve.energies.map((energy) => energy - crystal.energy) },
        },
        {
          id: 'pressure_volume',
          title: 'Pressure against volume',
          x: { label: 'volume', unit: 'Å³/atom', values: curve.volumes },
          y: { label: 'pressure', unit: 'GPa', values: curve.pressures },
        },
      ],
    };
  },
};

interface Points {
  run: LammpsRun;
  /** Å³/atom */
  volumes: number[];
  /** eV/atom */
  energies: number[];
  /** GPa */
  pressures: number[];
}

async function scan(context: PropertyContext, crystal: RelaxedCrystal, range: typeof CURVE): Promise<Points> {
  const data = 'crystal.data';
  const run = await context.lammps({ template: 'in.eos', structures: { [data]: crystal.structure }, variables: { data, ...range } });
  const rows = run.rows('scale');
  if (rows.length !== range.points) throw run.error(`${rows.length} of ${range.points} points are in the results`);
  const natoms = crystal.structure.species.length;
  for (const [scale, atoms, , , , force] of rows as [number, number, number, number, number, number][]) {
    if (atoms !== natoms) throw run.error(`${natoms} atoms became ${atoms}`);
    if (force > LARGEST_FORCE) throw run.error(`the atoms did not relax at scale ${scale}: a force of ${force} eV/Å is left`);
  }
  return {
    run,
    volumes: rows.map((row) => row[2]! / natoms),
    energies: rows.map((row) => row[3]! / natoms),
    pressures: rows.map((row) => row[4]! * GPA_PER_BAR),
  };
}
