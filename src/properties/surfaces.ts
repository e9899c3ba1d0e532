import { attempt, sorted } from './attempt.js';
import type { PropertyContext } from './context.js';
import { type Indices, slab, stacking } from './crystal/slab.js';
import { equilibriumShape, isCubic } from './equilibrium-shape.js';
import { askedFor, type LammpsRun, type Property, type PropertySettings, type PropertyValue, type ValueInfo } from './property.js';
import { LARGEST_FORCE, type RelaxedCrystal } from './relaxed-crystal.js';
import type { System } from './system.js';
import { MJ_PER_M2_PER_EV_PER_ANGSTROM2 } from './units.js';

/** All different surfaces of a cubic crystal with indices up to 3. */
const CUBIC: readonly Indices[] = [
  [1, 1, 1],
  [1, 0, 0],
  [1, 1, 0],
  [2, 1, 0],
  [2, 1, 1],
  [2, 2, 1],
  [3, 1, 0],
  [3, 1, 1],
  [3, 2, 0],
  [3, 2, 1],
  [3, 2, 2],
  [3, 3, 1],
  [3, 3, 2],
];
const HEXAGONAL: readonly Indices[] = [
  [0, 0, 1],
  [1, 0, 0],
  [1, 1, 0],
  [1, 0, 1],
  [1, 0, 2],
];
const GENERAL: readonly Indices[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 1, 0],
  [1, 0, 1],
  [0, 1, 1],
  [1, 1, 1],
];

/** Least thickness of the thinner slab, Å, and as multiples of the cutoff; the thicker one is half as thick again. */
const THICKNESS = 18;
const CUTOFFS = 2.2;
/** Largest difference between both, as a share. */
const LARGEST_DIFFERENCE = 0.01;

/** `surface_111`, `surface_1-10`, `surface_12_0_1` where a number has two digits. */
export function surfaceName(indices: Indices): string {
  const wide = indices.some((h) => Math.abs(h) > 9);
  return `surface_${indices.join(wide ? '_' : '')}`;
}

const MEAN: ValueInfo = { name: 'surface_mean', unit: 'mJ/m²', description: 'mean surface energy of the equilibrium (Wulff) shape' };
const ID = 'surfaces';

function indicesFor(system: System, settings: PropertySettings): readonly Indices[] {
  const usual = settings.surfaces ?? (system.kind === 'other' ? GENERAL : system.kind === 'hcp' ? HEXAGONAL : CUBIC);
  const named = (indices: Indices) => ({ name: surfaceName(indices), indices });
  const known = (name: string) => indicesOf(name)?.map(named)[0];
  return askedFor(settings, usual.map(named), known, [ID, MEAN.name]).map(({ indices }) => indices);
}

/** Indices of a surface's name, in a list; undefined for any other name. */
function indicesOf(name: string): [Indices] | undefined {
  const text = name.match(/^surface_((?:-?\d){3})$/)?.[1]?.match(/-?\d/g) ?? name.match(/^surface_(-?\d+_-?\d+_-?\d+)$/)?.[1]?.split('_');
  const indices = text?.map(Number) as [number, number, number] | undefined;
  return indices?.some((h) => h !== 0) ? [indices] : undefined;
}

const info = (indices: Indices): ValueInfo => ({
  name: surfaceName(indices),
  unit: 'mJ/m²',
  description: `energy of the relaxed (${indices.join(' ')}) surface`,
});

/** Energies of relaxed free surfaces, any plane of any crystal, and the equilibrium shape of cubic ones. */
export const surfaces: Property = {
  id: ID,
  title: 'Surface energies',
  cost: 'a few seconds; 1 s for each surface with embedded LAMMPS',
  templates: ['in.surface'],
  values: (system, settings) => [...indicesFor(system, settings).map(info), ...(hasShape(system, settings) ? [MEAN] : [])],
  knows: (name) => indicesOf(name) !== undefined,
  async run(context) {
    const crystal = await context.lattice();
    const { cutoff } = await context.atoms();
    const thickness = Math.max(THICKNESS, CUTOFFS * cutoff);
    const all = indicesFor(context.system, context.settings);
    const results = await Promise.all(all.map((indices) => attempt(info(indices), () => surface(context, indices, crystal, thickness))));
    const found = sorted(results);
    if (!hasShape(context.system, context.settings)) return found;
    const shape = equilibriumShape(all.map((indices, k) => ({ indices, result: results[k]! })));
    if ('error' in shape) return { ...found, failures: [...found.failures, { ...MEAN, error: shape.error }] };
    return { ...found, values: [...found.values, { ...MEAN, ...shape.mean }], data: { wulff: shape.data } };
  },
};

/** The shape follows from all surfaces. */
function hasShape(system: System, { only }: PropertySettings): boolean {
  return isCubic(system) && (only === undefined || only.includes(ID) || only.includes(MEAN.name));
}

async function surface(context: PropertyContext, indices: Indices, crystal: RelaxedCrystal, thickness: number): Promise<PropertyValue> {
  const { name, unit } = info(indices);
  const stack = stacking(crystal.structure, indices);
  const layers = [1, 1.5].map((factor) => Math.ceil((factor * thickness) / stack.spacing)) as [number, number];
  const file = (c: number, k: number) => `${name}-${c}-${k}.data`;
  const slabs = stack.cuts.flatMap((cut, c) => layers.map((count, k) => ({ file: file(c, k), slab: slab(stack, count, cut) })));
  const run = await context.lammps({
    template: 'in.surface',
    structures: Object.fromEntries(slabs.map((each) => [each.file, each.slab])),
    variables: { slabs: slabs.map((each) => each.file) },
  });
  const atoms = stack.cell.species.length;
  const energy = (c: number, k: 0 | 1) => surfaceEnergy(run, file(c, k), layers[k] * atoms, stack.area, crystal.energy);
  // the crystal opens where that costs least
  const found = stack.cuts.map((_, c) => ({ thin: energy(c, 0), thick: energy(c, 1) })).sort((p, q) => p.thick.relaxed - q.thick.relaxed);
  const { thin, thick } = found[0]!;
  const difference = thick.relaxed - thin.relaxed;
  if (Math.abs(difference) > LARGEST_DIFFERENCE * Math.abs(thick.relaxed))
    throw run.error(
      `the energy is not converged with the thickness: ${thin.relaxed.toFixed(1)} and ${thick.relaxed.toFixed(1)} mJ/m² with ${layers.join(' and ')} layers`,
    );
  return {
    name,
    unit,
    value: thick.relaxed,
    detail: {
      unrelaxed_mj_per_m2: thick.cut,
      difference_to_thinner_slab_mj_per_m2: difference,
      thickness_angstrom: layers[1] * stack.spacing,
      atoms: layers[1] * atoms,
      terminations: stack.cuts.length,
      ...(stack.cuts.length > 1 ? { all_terminations_mj_per_m2: found.map((each) => each.thick.relaxed) } : {}),
    },
  };
}

/** Mean energy of the two surfaces of a slab as cut and relaxed, mJ/m². */
function surfaceEnergy(run: LammpsRun, file: string, natoms: number, area: number, bulk: number): { cut: number; relaxed: number } {
  const [atoms, , cut, relaxed, force] = run.row(`slab:${file}`, 5) as [number, number, number, number, number];
  if (atoms !== natoms) throw run.error(`${file}: ${natoms} atoms became ${atoms}`);
  if (force > LARGEST_FORCE) throw run.error(`${file}: the atoms did not relax, a force of ${force} eV/Å is left`);
  const perArea = (energy: number) => ((energy - natoms * bulk) / (2 * area)) * MJ_PER_M2_PER_EV_PER_ANGSTROM2;
  return { cut: perArea(cut), relaxed: perArea(relaxed) };
}
