import type { PropertyContext } from './context.js';
import { supercell, without } from './crystal/supercell.js';
import type { LammpsRun, Property } from './property.js';
import { LARGEST_FORCE, type RelaxedCrystal } from './relaxed-crystal.js';
import { relaxation } from './system.js';
import { GPA_PER_BAR } from './units.js';

/** Least width of the cell, Å, and as multiples of the cutoff; 6x6x6 conventional cells of copper. */
const WIDTH = 20;
const CUTOFFS = 2;
/** Energies of atoms that differ by more belong to different sites, eV. */
const SAME_SITE = 1e-6;
/** Most different sites of one crystal that are tried. */
const MOST_SITES = 12;

/** Energy of one vacancy. */
export const vacancy: Property = {
  id: 'vacancy',
  title: 'Vacancy formation energy',
  cost: 'less than a second; 2 s with embedded LAMMPS',
  templates: ['in.defect'],
  values: () => [{ name: 'vacancy_formation', unit: 'eV', description: 'energy to take one atom out, relaxed at zero pressure' }],
  applies: ({ element, label }) =>
    element === undefined
      ? `vacancies of ${label} need the chemical potentials of its elements, which the crystal alone does not give`
      : undefined,
  async run(context) {
    const crystal = await context.lattice();
    const width = await defectWidth(context);
    const perfect = supercell(crystal.structure, width);
    const found = await Promise.all((await sites(context, crystal)).map((site) => formation(context, perfect, site)));
    const best = found.reduce((a, b) => (b.free < a.free ? b : a));
    return {
      values: [
        {
          name: 'vacancy_formation',
          unit: 'eV',
          value: best.free,
          detail: {
            unrelaxed_ev: best.unrelaxed,
            at_constant_volume_ev: best.fixed,
            relaxation_volume_angstrom3: best.volume,
            pressure_at_constant_volume_gpa: best.pressure,
            atoms: perfect.species.length - 1,
            ...(found.length > 1 ? { all_sites_ev: found.map(({ free }) => free) } : {}),
          },
        },
      ],
    };
  },
};

/** Least width of cells with one defect, Å. */
export async function defectWidth(context: PropertyContext): Promise<number> {
  return Math.max(WIDTH, CUTOFFS * (await context.atoms()).cutoff);
}

/** What the defect `FILE` of `in.defect` costs, eV, at constant volume and at zero pressure. */
export interface DefectEnergy {
  fixed: number;
  free: number;
  /** left in the given box, GPa */
  pressure: number;
  /** by which the box became larger at zero pressure, Å³ */
  volume: number;
}

/**
 * @param box volume of the perfect crystal that the defect was put into, Å³
 * @throws EngineError when atoms were lost or did not relax
 */
export function defectEnergy(run: LammpsRun, file: string, natoms: number, crystal: RelaxedCrystal, box: number): DefectEnergy {
  const [atoms, fixed, forceFixed, pressure] = run.row(`fixed:${file}`, 4) as [number, number, number, number];
  const [, free, forceFree, left, volume] = run.row(`free:${file}`, 5) as [number, number, number, number, number];
  if (atoms !== natoms) throw run.error(`${file}: ${natoms} atoms became ${atoms}`);
  const force = Math.max(forceFixed, forceFree);
  if (force > LARGEST_FORCE) throw run.error(`${file}: the atoms did not relax, a force of ${force} eV/Å is left`);
  if (Math.abs(left) > Math.max(100, 0.05 * Math.abs(pressure)))
    throw run.error(`${file}: the box did not relax, a pressure of ${(left * GPA_PER_BAR).toPrecision(3)} GPa is left`);
  return {
    fixed: fixed - natoms * crystal.energy,
    free: free - natoms * crystal.energy,
    pressure: pressure * GPA_PER_BAR,
    volume: volume - box,
  };
}

async function formation(context: PropertyContext, perfect: ReturnType<typeof supercell>, site: number) {
  const crystal = await context.lattice();
  const file = 'vacancy.data';
  const structure = without(perfect, site);
  const run = await context.lammps({
    template: 'in.defect',
    structures: { [file]: structure },
    variables: { structures: file, relax: relaxation(context.system) },
  });
  const natoms = structure.species.length;
  const energy = defectEnergy(run, file, natoms, crystal, perfect.species.length * crystal.volume);
  if (energy.free <= 0)
    throw run.error(`the vacancy costs ${energy.free.toPrecision(4)} eV: the atoms left the crystal's structure, which is not stable`);
  const [unrelaxed] = await context.evaluate([structure]);
  return { ...energy, unrelaxed: unrelaxed!.energy - natoms * crystal.energy };
}

/** One atom of each kind of site in the conventional cell. */
async function sites(context: PropertyContext, crystal: RelaxedCrystal): Promise<number[]> {
  if (context.system.kind !== 'other') return [0];
  const [result] = await context.evaluate([crystal.structure]);
  const energies = result!.atomEnergies;
  const different: number[] = [];
  for (let i = 0; i < energies.length; i++)
    if (different.length < MOST_SITES && different.every((j) => Math.abs(energies[i]! - energies[j]!) > SAME_SITE)) different.push(i);
  return different;
}
