import type { Settings } from '../config/schema.js';
import { readFrames } from '../datasets/read.js';
import { InputError } from '../errors.js';
import type { EamPotential } from '../potentials/eam.js';
import { cross, norm, row } from '../properties/crystal/vectors.js';
import { MJ_PER_M2_PER_EV_PER_ANGSTROM2 } from '../properties/units.js';
import { elementOf } from '../structures/elements.js';
import { cubic } from '../structures/lattices.js';
import { type BuiltTargets, buildTargets, type TargetRequest } from '../targets/build.js';
import type { CurvePoint } from '../targets/curves/curve.js';
import { CURVES } from '../targets/curves/index.js';
import { rose } from '../targets/curves/rose.js';
import type { Functional, TargetCrystal } from '../targets/family.js';
import { familyOf } from '../targets/index.js';
import type { Place } from './check-data.js';

type TargetSettings = NonNullable<Settings['targets']>;

interface Surroundings {
  /** chemical symbol */
  element: string;
  /** of the fit, Å */
  cutoff: number;
  /** folder that relative paths start from */
  directory: string;
  place: Place;
}

/** The targets of the settings. */
export interface TargetBuilder {
  build(potential: EamPotential | undefined): BuiltTargets;
  /** whether structures follow the potential */
  relaxes: boolean;
}

/** GPa; only how fast the lattice constant is pulled depends on it. */
const USUAL_BULK_MODULUS = 120;

/**
 * What builds the targets of the settings, relaxed with a potential where one is given.
 * @throws InputError for targets that do not go with the crystal, and for files that cannot be read
 */
export function targetBuilder(targets: TargetSettings, around: Surroundings): TargetBuilder {
  const { element, cutoff, place } = around;
  const { mass, lattice } = elementOf(element);
  const kind = targets.crystal ?? (lattice === 'fcc' || lattice === 'bcc' ? lattice : undefined);
  if (!kind)
    throw new InputError(`the usual crystal of ${element} is ${lattice}, and targets are known for fcc and bcc`, place(['targets']), {
      hint: "name another crystal with 'targets.crystal', or leave the targets out",
    });
  const wantedOf = (wanted: string): number | undefined => {
    const entry = targets.properties[wanted];
    return typeof entry === 'object' ? entry.value : entry;
  };
  const a = targets.lattice_constant ?? wantedOf('lattice_constant')!;
  const [c11, c12] = [wantedOf('c11'), wantedOf('c12')];
  const bulkModulus = wantedOf('bulk_modulus') ?? (c11 !== undefined && c12 !== undefined ? (c11 + 2 * c12) / 3 : undefined);
  const crystal: TargetCrystal = {
    kind,
    element,
    a,
    cell: cubic(kind, element, a),
    mass,
    bulkModulus: bulkModulus ?? USUAL_BULK_MODULUS,
    cutoff,
  };
  const requests: TargetRequest[] = [];
  const add = (point: CurvePoint, { tolerance, weight }: { tolerance: number | string; weight: number }): void => {
    const scale = typeof tolerance === 'number' ? tolerance : (Math.abs(point.value) * Number.parseFloat(tolerance)) / 100;
    requests.push({ ...point, tolerance: scale, weight: targets.weight * weight * 1e-3 });
  };
  for (const [name, entry] of Object.entries(targets.properties)) {
    const request = typeof entry === 'number' ? { value: entry, tolerance: '2 %', weight: 1 } : entry;
    const functional = familyOf(name)!.build(name, crystal, request.value);
    if (!functional) throw new InputError(`${kind} ${element} has no ${name}`, place(['targets', 'properties', name], true));
    add({ name, value: request.value, functional }, request);
  }
  for (const name of Object.keys(CURVES) as (keyof typeof CURVES)[]) {
    const curve = targets[name];
    curve?.points.forEach(([x, y], k) => {
      try {
        add({ name: `${name} ${x}`, ...CURVES[name].point(x, y, crystal) }, curve);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new InputError(`${x} is no point of ${name}: ${error.message}`, place(['targets', name, 'points', k]));
      }
    });
  }
  if (targets.rose) {
    const cohesiveEnergy = targets.rose.cohesive_energy ?? wantedOf('cohesive_energy');
    const modulus = targets.rose.bulk_modulus ?? bulkModulus;
    if (cohesiveEnergy === undefined || modulus === undefined)
      throw new InputError(
        `the Rose curve needs the ${cohesiveEnergy === undefined ? 'cohesive energy' : 'bulk modulus'}`,
        place(['targets', 'rose'], true),
        { hint: "give 'cohesive_energy' and 'bulk_modulus' there or among the properties" },
      );
    for (const point of rose({ ...targets.rose, cohesiveEnergy, bulkModulus: modulus }, crystal)) add(point, targets.rose);
  }
  targets.structures.forEach((given, k) => {
    add({ name: given.name, value: given.value, functional: givenStructure(given, k, crystal, around) }, given);
  });
  return {
    build: (potential) => buildTargets(requests, potential),
    relaxes: requests.some(({ functional }) => functional.geometries.some(({ relax }) => relax !== 'none')),
  };
}

/** The energy of a structure from a file. */
function givenStructure(
  given: TargetSettings['structures'][number],
  k: number,
  { cell, element }: TargetCrystal,
  around: Surroundings,
): Functional {
  const { place, directory } = around;
  const { frames } = readFrames([given.file], { directory });
  const frame = frames[given.frame];
  if (!frame)
    throw new InputError(`${given.file} has ${frames.length} frames, counted from 0`, place(['targets', 'structures', k, 'frame']));
  const other = frame.species.find((symbol) => symbol !== element);
  if (other) throw new InputError(`${given.file} holds ${other}, the fit is of ${element}`, place(['targets', 'structures', k, 'file']));
  const { pbc, species, positions } = frame;
  const n = species.length;
  const area = norm(cross(row(frame.cell, 0), row(frame.cell, 1)));
  if (given.per === 'area' && !(area > 0))
    throw new InputError(`${given.file} has no cell, so no area`, place(['targets', 'structures', k, 'per']));
  const sized = given.relax === 'volume' || given.relax === 'lengths';
  const per = { total: 1, atom: 1 / n, area: MJ_PER_M2_PER_EV_PER_ANGSTROM2 / (given.planes * area) }[given.per];
  return {
    unit: { total: 'eV', atom: 'eV/atom', area: 'mJ/m²' }[given.per],
    offset: 0,
    geometries: [
      { structure: { cell: frame.cell, pbc, species, positions }, relax: given.relax, perEnergy: per },
      ...(given.relative_to === 'crystal'
        ? [{ structure: cell, relax: sized ? ('volume' as const) : ('none' as const), perEnergy: (-per * n) / cell.species.length }]
        : []),
    ],
  };
}
