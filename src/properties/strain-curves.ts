import { multiplyRows, type Structure } from '../structures/structure.js';
import type { PropertyContext } from './context.js';
import type { Property, ValueInfo } from './property.js';
import { LARGEST_FORCE, type RelaxedCrystal } from './relaxed-crystal.js';

const LARGEST = 0.05;
const POINTS = 41;
const STRAINS = Array.from({ length: POINTS }, (_, k) => (LARGEST * (2 * k - POINTS + 1)) / (POINTS - 1));

/** A way to strain the crystal. */
interface Mode {
  id: string;
  title: string;
  axis: string;
  /** deformation gradient by rows (new rows = old rows times this), shape (3, 3) */
  gradient(strain: number): number[];
  /** of the values at both ends; the first is that of the negative strain */
  names: readonly [string, string] | readonly [string];
}

const MODES: readonly Mode[] = [
  {
    id: 'uniaxial',
    title: 'Uniaxial strain along x',
    axis: 'strain ε (xx)',
    gradient: (strain) => [1 + strain, 0, 0, 0, 1, 0, 0, 0, 1],
    names: ['strain_uniaxial_compression', 'strain_uniaxial_tension'],
  },
  {
    id: 'volumetric',
    title: 'Equal strain along all axes',
    axis: 'strain ε (xx, yy, zz)',
    gradient: (strain) => [1 + strain, 0, 0, 0, 1 + strain, 0, 0, 0, 1 + strain],
    names: ['strain_volumetric_compression', 'strain_volumetric_tension'],
  },
  {
    id: 'shear',
    title: 'Shear in the xy plane',
    axis: 'strain γ (xy)',
    gradient: (strain) => [1, 0, 0, strain, 1, 0, 0, 0, 1],
    names: ['strain_shear'],
  },
];

const infosOf = ({ names, title }: Mode): ValueInfo[] =>
  names.map((name, k) => ({
    name,
    unit: 'eV/atom',
    description: `energy at ${names.length === 2 && k === 0 ? '-' : ''}${100 * LARGEST} %: ${title.toLowerCase()}`,
  }));

/** Energy against large strains, the atoms relaxed. */
export const strainCurves: Property = {
  id: 'strain_curves',
  title: 'Strain curves',
  cost: 'less than a second; seconds for crystals whose atoms relax',
  templates: ['in.verify', 'in.strain'],
  values: () => MODES.flatMap(infosOf),
  async run(context) {
    const crystal = await context.lattice();
    const found = await Promise.all(MODES.map((mode) => energiesOf(context, crystal, mode)));
    return {
      values: MODES.flatMap((mode, m) => {
        const energies = found[m]!;
        const ends = mode.names.length === 2 ? [energies[0]!, energies.at(-1)!] : [energies.at(-1)!];
        return infosOf(mode).map(({ name, unit }, k) => ({ name, unit, value: ends[k]! }));
      }),
      curves: MODES.map(({ id, title, axis }, m) => ({
        id,
        title,
        x: { label: axis, unit: '%', values: STRAINS.map((strain) => 100 * strain) },
        y: { label: 'energy above the unstrained crystal', unit: 'eV/atom', values: found[m]! },
      })),
    };
  },
};

/** Energies above that of the crystal, eV/atom. */
async function energiesOf(context: PropertyContext, crystal: RelaxedCrystal, mode: Mode): Promise<number[]> {
  const natoms = crystal.structure.species.length;
  const structures = STRAINS.map((strain) => strained(crystal.structure, mode.gradient(strain)));
  const { kind } = context.system;
  // where every atom is a centre of inversion nothing relaxes
  if (kind === 'fcc' || kind === 'bcc' || kind === 'sc')
    return (await context.evaluate(structures)).map(({ energy }) => energy / natoms - crystal.energy);
  const file = (k: number) => `${mode.id}-${k + 1}.data`;
  const run = await context.lammps({
    template: 'in.strain',
    structures: Object.fromEntries(structures.map((structure, k) => [file(k), structure])),
    variables: { structures: structures.map((_, k) => file(k)) },
  });
  return STRAINS.map((strain, k) => {
    const [atoms, energy, force] = run.row(`strained:${file(k)}`, 3) as [number, number, number];
    if (atoms !== natoms) throw run.error(`${natoms} atoms became ${atoms}`);
    if (force > LARGEST_FORCE)
      throw run.error(`the atoms did not relax at a strain of ${strain.toFixed(4)}: a force of ${force} eV/Å is left`);
    return energy / natoms - crystal.energy;
  });
}

function strained(structure: Structure, gradient: readonly number[]): Structure {
  return { ...structure, cell: multiplyRows(structure.cell, gradient), positions: multiplyRows(structure.positions, gradient) };
}
