import { EngineError, InputError } from '../errors.js';
import { neighbourPairs } from '../structures/neighbours.js';
import { multiplyRows, type Structure } from '../structures/structure.js';
import type { PropertyContext } from './context.js';
import { nearestDistance, shortest, supercell, without } from './crystal/supercell.js';
import { norm } from './crystal/vectors.js';
import type { Curve, Property } from './property.js';
import { LARGEST_FORCE } from './relaxed-crystal.js';
import { defectWidth } from './vacancy.js';

/** Images of the elastic band, one process each; odd, so that one stands in the middle of a symmetric path. */
const IMAGES = 5;
/** Images where the few did not find the saddle point that the led atom has met: barriers of bcc crystals may have two humps. */
const MORE_IMAGES = 13;
/** Largest force on a band, eV/Å. */
const BAND_FORCE = 0.005;
/** Parts of the way of the atom that is led; even, so that the middle is among the points. */
const PARTS = 12;
/** The neighbourhood of the highest point is divided once more, by this. */
const FINER = 4;
/** Neighbours up to this multiple of the nearest distance are ways for an atom: both kinds in hcp, but not the second ones in bcc. */
const NEAR = 1.12;

/** Barriers below this are none, eV. */
const SMALLEST = 1e-3;
/** Differences of both routes from which on they have found different saddle points, as a share. */
const SAME_SADDLE = 0.01;

const NAME = 'vacancy_migration';

/** Barrier for an atom to jump into a neighbouring vacancy. */
export const vacancyMigration: Property = {
  id: 'vacancy_migration',
  title: 'Vacancy migration energy',
  cost: 'a few seconds',
  templates: ['in.defect', 'in.path', 'in.neb'],
  values: () => [{ name: NAME, unit: 'eV', description: 'barrier for an atom to jump into a neighbouring vacancy' }],
  applies: ({ element, kind, label }) =>
    element === undefined || kind === 'other' ? `the ways of atoms in ${label} are not known` : undefined,
  async run(context) {
    const crystal = await context.lattice();
    const perfect = supercell(crystal.structure, await defectWidth(context));
    const found = await Promise.all(jumps(perfect).map((jump) => barrier(context, perfect, jump)));
    const best = found.reduce((a, b) => (b.value < a.value ? b : a));
    return {
      values: [
        {
          name: NAME,
          unit: 'eV',
          value: best.value,
          detail: {
            ...('images' in best.band
              ? { method: `nudged elastic band of ${best.band.images} images` }
              : { method: 'saddle point of a led atom', why_no_elastic_band: best.band.reason }),
            saddle_of_a_led_atom_ev: best.saddle,
            jump_length_angstrom: best.length,
            atoms: perfect.species.length - 1,
            ...(found.length > 1
              ? { all_jumps_ev: found.map(({ value }) => value), all_jump_lengths_angstrom: found.map(({ length }) => length) }
              : {}),
          },
        },
      ],
      curves: [best.curve],
    };
  },
};

/** An atom next to the vacancy in place of atom 0. */
interface Jump {
  atom: number;
  /** from the atom to the empty place, Å */
  vector: Float64Array;
}

/** One jump of each kind: of each length and angle with the third lattice vector. */
function jumps(perfect: Structure): Jump[] {
  const pairs = neighbourPairs(perfect, 1.5 * nearestDistance(perfect));
  const kinds = new Map<string, Jump>();
  const nearest = pairs.distances.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const axis = perfect.cell.subarray(6, 9);
  for (let k = 0; k < pairs.count; k++) {
    const [i, j] = [pairs.first[k]!, pairs.second[k]!];
    if ((i !== 0 && j !== 0) || pairs.distances[k]! > NEAR * nearest) continue;
    const sign = i === 0 ? -1 : 1;
    const vector = Float64Array.from(pairs.vectors.subarray(3 * k, 3 * k + 3), (x) => sign * x);
    const height = Math.abs(vector[0]! * axis[0]! + vector[1]! * axis[1]! + vector[2]! * axis[2]!) / norm(axis);
    // in cubic crystals all directions are alike
    const cubic = Math.abs(norm(perfect.cell.subarray(0, 3)) - norm(axis)) < 1e-6;
    const key = `${pairs.distances[k]!.toFixed(3)} ${cubic ? '' : height.toFixed(3)}`;
    if (!kinds.has(key)) kinds.set(key, { atom: i === 0 ? j : i, vector });
  }
  return [...kinds.values()];
}

async function barrier(context: PropertyContext, perfect: Structure, { atom, vector }: Jump) {
  const [first, last] = ['initial.data', 'final.data'] as const;
  // the same atoms in the same order: the one that jumps stands where atom 0 was
  const initial = without(perfect, 0);
  const moved = atom - 1;
  const final: Structure = { ...initial, positions: initial.positions.slice() };
  for (let d = 0; d < 3; d++) final.positions[3 * moved + d]! += vector[d]!;
  const ends = await context.lammps({
    template: 'in.defect',
    structures: { [first]: initial, [last]: final },
    variables: { structures: [first, last] },
  });
  const [energy, other] = [first, last].map((file) => {
    const [atoms, value, force] = ends.row(`fixed:${file}`, 3) as [number, number, number];
    if (atoms !== initial.species.length) throw ends.error(`${file}: ${initial.species.length} atoms became ${atoms}`);
    if (force > LARGEST_FORCE) throw ends.error(`${file}: the atoms did not relax, a force of ${force} eV/Å is left`);
    return value;
  }) as [number, number];
  if (Math.abs(energy - other) > 1e-3)
    throw ends.error(
      `the vacancy has different energies in two equal places (${(energy - other).toPrecision(3)} eV): its relaxation is not unique`,
    );
  const relaxed = [first, last].map((file) => ends.relaxed(file, `${file}.fixed`, `box:${file}`)) as [Structure, Structure];
  const lead = async (places: readonly number[]) => {
    const energies = await ledAtom(context, relaxed, moved, vector, places, ends.rotation(first));
    return energies.map((value) => value - energy);
  };
  const points = Array.from({ length: PARTS - 1 }, (_, k) => (k + 1) / PARTS);
  const profile = [0, ...(await lead(points)), 0];
  const lowest = Math.min(...profile);
  if (lowest < -SMALLEST)
    throw ends.error(
      `with an atom between two places the vacancy has ${(-lowest).toFixed(3)} eV less than in one of them: the vacancy at a place is not the state that migrates`,
    );
  let saddle = highest(profile);
  const top = profile.indexOf(Math.max(...profile));
  // a top in the middle is one by symmetry; any other place is not met by the points
  if (top > 0 && top !== PARTS / 2) {
    const finer = Array.from({ length: 2 * FINER - 1 }, (_, k) => (top + (k + 1) / FINER - 1) / PARTS);
    saddle = highest([profile[top - 1]!, ...(await lead(finer)), profile[top + 1]!]);
  }
  if (!(saddle > SMALLEST))
    throw ends.error('there is no barrier on the straight way into the vacancy: the relaxed vacancy is not the one that it leads to');
  let band = await elasticBand(context, relaxed, ends.rotation(first), IMAGES);
  if ('barrier' in band && Math.abs(band.barrier - saddle) > SAME_SADDLE * saddle)
    band = await elasticBand(context, relaxed, ends.rotation(first), MORE_IMAGES);
  const curve: Curve = {
    id: 'migration',
    title: 'Jump of an atom into a vacancy',
    x: { label: 'place on its way', unit: '', values: [0, ...points, 1] },
    y: { label: 'energy above the vacancy', unit: 'eV', values: profile },
  };
  return { value: 'barrier' in band ? band.barrier : saddle, band, saddle, length: norm(vector), curve };
}

/** Energies (eV) with the atom at each point of its way and everything else relaxed around it. */
async function ledAtom(
  context: PropertyContext,
  [initial, final]: readonly [Structure, Structure],
  atom: number,
  vector: Float64Array,
  points: readonly number[],
  rotation: Float64Array,
): Promise<number[]> {
  const difference = shortest(
    final.positions.map((x, k) => x - initial.positions[k]!),
    initial.cell,
  );
  const file = (k: number) => `point-${k + 1}.data`;
  const structures = points.map((share) => ({ ...initial, positions: initial.positions.map((x, k) => x + share * difference[k]!) }));
  const [nx, ny, nz] = multiplyRows(vector, rotation).map((x) => x / norm(vector)) as unknown as [number, number, number];
  const run = await context.lammps({
    template: 'in.path',
    structures: Object.fromEntries(structures.map((structure, k) => [file(k), structure])),
    variables: { structures: points.map((_, k) => file(k)), atom: atom + 1, nx, ny, nz },
  });
  return points.map((share, k) => {
    const [atoms, energy, , force] = run.row(`point:${file(k)}`, 4) as [number, number, number, number];
    if (atoms !== initial.species.length) throw run.error(`${initial.species.length} atoms became ${atoms}`);
    if (force > LARGEST_FORCE)
      throw run.error(`the atoms did not relax at ${share.toFixed(2)} of the way: a force of ${force} eV/Å is left`);
    return energy;
  });
}

/** The barrier by nudged elastic bands, or why there is none. */
async function elasticBand(
  context: PropertyContext,
  [initial, final]: readonly [Structure, Structure],
  rotation: Float64Array,
  images: number,
): Promise<{ barrier: number; images: number } | { reason: string }> {
  const positions = multiplyRows(final.positions, rotation);
  const lines = final.species.map((_, i) => `${i + 1} ${positions.subarray(3 * i, 3 * i + 3).join(' ')}`);
  try {
    const run = await context.lammps({
      template: 'in.neb',
      structures: { 'initial.data': initial },
      files: { 'final.coords': `${lines.length}\n${lines.join('\n')}\n` },
      variables: { data: 'initial.data', final: 'final.coords', force: BAND_FORCE },
      partitions: images,
    });
    const last = run.log
      .split('\n')
      .map((line) => line.trim().split(/\s+/).map(Number))
      .filter((words) => words.length >= 9 + 2 * images && words.every(Number.isFinite))
      .at(-1);
    if (!last) throw run.error('the log holds no result of the elastic band');
    const [, force, , , , , forward] = last as [number, number, number, number, number, number, number];
    if (force > 4 * BAND_FORCE) throw run.error(`the elastic band did not relax: a force of ${force} eV/Å is left`);
    return { barrier: forward, images };
  } catch (error) {
    // no native LAMMPS, no mpirun, or a band that does not converge: the led atom gives the same barrier
    if (error instanceof InputError || error instanceof EngineError) return { reason: error.message.split('\n')[0]! };
    throw error;
  }
}

/** The highest value along a path, by a parabola through the three highest neighbouring points. */
function highest(profile: readonly number[]): number {
  const top = profile.reduce((best, value, k) => (value > profile[best]! ? k : best), 0);
  const [a, b, c] = [profile[top - 1], profile[top]!, profile[top + 1]];
  if (a === undefined || c === undefined) return b;
  const curvature = a - 2 * b + c;
  return curvature < 0 ? b - (a - c) ** 2 / (8 * curvature) : b;
}
