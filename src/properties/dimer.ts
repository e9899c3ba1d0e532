import { EngineError } from '../errors.js';
import { usualNearestDistance } from '../structures/elements.js';
import { attempt, sorted } from './attempt.js';
import type { PropertyContext } from './context.js';
import { type Minimum, minimumAt } from './minimum.js';
import type { Curve, Detail, FailedValue, LammpsRun, Property, PropertyValue, ValueInfo } from './property.js';
import type { System } from './system.js';

/** Distances, Å. */
const FROM = 0.5;
const STEP = 0.02;
/** The curve begins at this multiple of the usual nearest distance. */
const SHORTEST_DRAWN = 0.6;
/** A dimer is bound by at least this, eV. */
const BOUND = 1e-3;
/** An energy that falls by more than this towards short distances is no wall, eV. */
const NO_WALL = 0.1;

type Pair = readonly [string, string];

function pairsOf({ elements }: System): Pair[] {
  return elements.flatMap((a, i) => elements.slice(i).map((b): Pair => [a, b]));
}

function infos(pair: Pair, system: System): [ValueInfo, ValueInfo, ValueInfo] {
  const suffix = system.elements.length === 1 ? '' : `_${pair.join('_').toLowerCase()}`;
  const label = pair.join('-');
  return [
    { name: `dimer_distance${suffix}`, unit: 'Å', description: `bond length of the ${label} dimer` },
    { name: `dimer_energy${suffix}`, unit: 'eV', description: `energy of the ${label} dimer less that of free atoms` },
    { name: `dimer_curvature${suffix}`, unit: 'eV/Å²', description: `second derivative of the energy of the ${label} dimer by its length` },
  ];
}

/** Two atoms on their own. */
export const dimer: Property = {
  id: 'dimer',
  title: 'Dimers',
  cost: 'less than a second',
  templates: ['in.dimer', 'in.atoms'],
  values: (system) => pairsOf(system).flatMap((pair) => infos(pair, system)),
  knows: (name) => /^dimer_(distance|energy|curvature)_[a-z]{1,2}_[a-z]{1,2}$/.test(name),
  async run(context) {
    const results: (PropertyValue | FailedValue)[] = [];
    const curves: Curve[] = [];
    for (const pair of pairsOf(context.system)) {
      const names = infos(pair, context.system);
      let rest: PropertyValue[] = [];
      const first = await attempt(names[0], async () => {
        const found = await dimerOf(context, pair, names);
        curves.push(...found.curves);
        rest = found.values.slice(1);
        return found.values[0]!;
      });
      results.push(first, ...('error' in first ? names.slice(1).map(({ name, unit }) => ({ name, unit, error: first.error })) : rest));
    }
    return { ...sorted(results), curves };
  },
};

async function dimerOf(
  context: PropertyContext,
  pair: Pair,
  names: readonly ValueInfo[],
): Promise<{ values: PropertyValue[]; curves: Curve[] }> {
  const free = await context.atoms();
  const points = Math.ceil((free.cutoff + 0.2 - FROM) / STEP) + 1;
  const { run, pairwise } = await lengths(context, pair, points);
  const rows = run.rows('dimer');
  if (rows.length !== points) throw run.error(`${rows.length} of ${points} distances are in the results`);
  const distances = rows.map((_, k) => FROM + k * STEP);
  const apart = free.energies[pair[0]]! + free.energies[pair[1]]!;
  const energies = rows.map((row) => row[1]! - apart);
  const best = wellOf(distances, energies);
  if (!best) throw run.error(`the ${pair.join('-')} dimer is not bound: its energy has no minimum below that of free atoms`);
  const wall = wallOf(distances, energies, best.x);
  const label = pair.join('-');
  const x = { label: 'distance', unit: 'Å' };
  const drawn = distances.map((r) => r >= SHORTEST_DRAWN * Math.min(usualNearestDistance(pair[0]), usualNearestDistance(pair[1])));
  const curve = (id: string, title: string, values: readonly number[]): Curve => ({
    id: `${id} ${label}`,
    title,
    x: { ...x, values: distances.filter((_, k) => drawn[k]) },
    y: { label: 'energy', unit: 'eV', values: values.filter((_, k) => drawn[k]) },
  });
  const curves = [curve('dimer', `Energy of a ${label} dimer`, energies)];
  const detail: Record<string, Detail[string]> = { ...wall };
  if (pairwise) {
    const own = rows.map((row) => row[3]!);
    curves.push(curve('dimer_one_embedding', `φ(r) + F(ρ(r)) of ${label}, the embedding energy of one atom`, own));
    const well = wellOf(distances, own);
    // what table 3 of the paper of SR1 and SR2 gives under these names
    if (well)
      Object.assign(detail, {
        one_embedding_distance_angstrom: well.x,
        one_embedding_energy_ev: well.y,
        one_embedding_curvature_ev_per_angstrom2: well.curvature,
      });
  }
  const values = [best.x, best.y, best.curvature].map((value, k) => ({ name: names[k]!.name, unit: names[k]!.unit, value, detail }));
  return { values, curves };
}

/** Runs the template, with the energies that LAMMPS ascribes to pairs where the style knows them. */
async function lengths(context: PropertyContext, [a, b]: Pair, points: number): Promise<{ run: LammpsRun; pairwise: boolean }> {
  const { elements } = context.potential;
  const variables = { first: elements.indexOf(a) + 1, second: elements.indexOf(b) + 1, from: FROM, to: FROM + (points - 1) * STEP, points };
  try {
    return { run: await context.lammps({ template: 'in.dimer', variables: { ...variables, pairwise: 1 } }), pairwise: true };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    // many-body styles do not know the energy of a pair
    return { run: await context.lammps({ template: 'in.dimer', variables: { ...variables, pairwise: 0 } }), pairwise: false };
  }
}

/** The deepest minimum outside of the innermost wall; undefined when nothing is bound. */
function wellOf(distances: readonly number[], energies: readonly number[]): Minimum | undefined {
  // some published functions fall again at very short distances: what is there is no bond
  const wall = energies.reduce((top, energy, k) => (energy > energies[top]! ? k : top), 0);
  const minima = energies
    .map((energy, k) => ({ energy, k }))
    .filter(
      ({ energy, k }) =>
        k > wall + 1 && k < energies.length - 2 && energy < -BOUND && energy <= energies[k - 1]! && energy <= energies[k + 1]!,
    )
    .sort((p, q) => p.energy - q.energy);
  return minima[0] && minimumAt(distances, energies, minima[0].k);
}

/** How high the wall at short distances is, and whether it goes on. */
function wallOf(distances: readonly number[], energies: readonly number[], bond: number): Detail {
  const inside = energies.filter((_, k) => distances[k]! < bond);
  const top = inside.reduce((best, energy, k) => (energy > inside[best]! ? k : best), 0);
  const lowest = Math.min(...inside.slice(0, top + 1));
  const falls = inside[top]! - lowest > NO_WALL;
  return falls
    ? { wall: `ends at ${distances[top]!.toFixed(2)} Å: nearer than that the energy falls`, wall_height_ev: inside[top]! }
    : { wall: `rises down to ${FROM} Å at least`, energy_at_half_angstrom_ev: energies[0]! };
}
