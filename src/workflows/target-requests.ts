import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, extname, resolve } from 'node:path';
import type { Settings } from '../config/schema.js';
import type { SettingPath } from '../config/source.js';
import { type CrystalTargets, fromFile, targetGroups } from '../config/targets-schema.js';
import { readFrames } from '../datasets/read.js';
import { InputError } from '../errors.js';
import type { EamPotential } from '../potentials/eam.js';
import { cross, norm, row } from '../properties/crystal/vectors.js';
import { MJ_PER_M2_PER_EV_PER_ANGSTROM2 } from '../properties/units.js';
import { elementOf } from '../structures/elements.js';
import { cubic } from '../structures/lattices.js';
import type { Structure } from '../structures/structure.js';
import { type BuiltTargets, buildTargets, type TargetRequest } from '../targets/build.js';
import type { CurvePoint } from '../targets/curves/curve.js';
import { CURVES } from '../targets/curves/index.js';
import { rose } from '../targets/curves/rose.js';
import type { Functional, TargetCrystal } from '../targets/family.js';
import { givenCrystalFunctional } from '../targets/given-crystal.js';
import { familyOf } from '../targets/index.js';
import type { Place } from './check-data.js';

/** What a group of targets belongs to. */
interface Surroundings {
  /** of the fit */
  elements: readonly string[];
  /** chemical symbol of crystals where a group names none */
  element?: string | undefined;
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
 * What builds the targets of the settings, relaxed with a potential where one is given. Names begin with the crystal where there are several.
 * @throws InputError for targets that do not go with the crystal, and for files that cannot be read
 */
export function targetBuilder(targets: NonNullable<Settings['targets']>, around: Surroundings): TargetBuilder {
  const groups = targetGroups(targets);
  const requests = groups.flatMap(({ group, path }) => {
    const { label, list } = requestsOf(group, path, around);
    return groups.length > 1 ? list.map((request) => ({ ...request, name: `${label} ${request.name}` })) : list;
  });
  return {
    build: (potential) => buildTargets(requests, potential),
    relaxes: requests.some(({ functional }) => functional.geometries.some(({ relax }) => relax !== 'none')),
  };
}

/** The targets of one crystal, and what to call it. */
function requestsOf(targets: CrystalTargets, path: SettingPath, around: Surroundings): { label: string; list: TargetRequest[] } {
  const file = fromFile(targets.crystal);
  const list: TargetRequest[] = [];
  const add = (point: CurvePoint, { tolerance, weight }: { tolerance: number | string; weight: number }): void => {
    const scale = typeof tolerance === 'number' ? tolerance : (Math.abs(point.value) * Number.parseFloat(tolerance)) / 100;
    list.push({ ...point, tolerance: scale, weight: targets.weight * weight * 1e-3 });
  };
  const at = (...more: SettingPath) => [...path, ...more];
  const bulkModulus = bulkModulusOf(targets);
  let label: string;
  let cell: Structure;
  if (file) {
    label = basename(file, extname(file));
    cell = givenCell(file, at('crystal'), around);
    for (const [name, entry] of Object.entries(targets.properties)) {
      const request = asRequest(entry);
      add(
        { name, value: request.value, functional: givenCrystalFunctional(name, { cell, bulkModulus: bulkModulus ?? USUAL_BULK_MODULUS }) },
        request,
      );
    }
  } else {
    const crystal = cubicCrystal(targets, path, around);
    label = crystal.element;
    cell = crystal.cell;
    addCubic(targets, path, crystal, bulkModulus, around, add);
  }
  targets.structures.forEach((given, k) => {
    add({ name: given.name, value: given.value, functional: givenStructure(given, at('structures', k), cell, around) }, given);
  });
  return { label, list };
}

function asRequest(entry: CrystalTargets['properties'][string]): { value: number; tolerance: number | string; weight: number } {
  return typeof entry === 'number' ? { value: entry, tolerance: '2 %', weight: 1 } : entry;
}

function wantedOf({ properties }: CrystalTargets, name: string): number | undefined {
  const entry = properties[name];
  return typeof entry === 'object' ? entry.value : entry;
}

/** GPa; undefined where no property says it. */
function bulkModulusOf(targets: CrystalTargets): number | undefined {
  const [c11, c12] = [wantedOf(targets, 'c11'), wantedOf(targets, 'c12')];
  return wantedOf(targets, 'bulk_modulus') ?? (c11 !== undefined && c12 !== undefined ? (c11 + 2 * c12) / 3 : undefined);
}

function cubicCrystal(
  targets: CrystalTargets,
  path: SettingPath,
  { elements, element: usual, cutoff, place }: Surroundings,
): TargetCrystal {
  const element = targets.element ?? usual;
  if (element === undefined)
    throw new InputError(`the data holds ${elements.join(', ')}, and targets are properties of one element`, place([...path], true), {
      hint: "say which with 'element' among them; a list of such groups has targets of several crystals",
    });
  if (!elements.includes(element))
    throw new InputError(`these targets are of ${element}, but the data holds ${elements.join(', ')}`, place([...path, 'element']));
  const { mass, lattice } = elementOf(element);
  const named = targets.crystal as 'fcc' | 'bcc' | undefined;
  const kind = named ?? (lattice === 'fcc' || lattice === 'bcc' ? lattice : undefined);
  if (!kind)
    throw new InputError(`the usual crystal of ${element} is ${lattice}, and targets are known for fcc and bcc`, place([...path]), {
      hint: "name another crystal with 'targets.crystal', or leave the targets out",
    });
  const a = targets.lattice_constant ?? wantedOf(targets, 'lattice_constant')!;
  const bulkModulus = bulkModulusOf(targets) ?? USUAL_BULK_MODULUS;
  return { kind, element, a, cell: cubic(kind, element, a), mass, bulkModulus, cutoff, strain: targets.strain };
}

type Add = (point: CurvePoint, settings: { tolerance: number | string; weight: number }) => void;

function addCubic(
  targets: CrystalTargets,
  path: SettingPath,
  crystal: TargetCrystal,
  bulkModulus: number | undefined,
  { place }: Surroundings,
  add: Add,
): void {
  const { kind, element } = crystal;
  for (const [name, entry] of Object.entries(targets.properties)) {
    const request = asRequest(entry);
    const functional = familyOf(name)!.build(name, crystal, request.value);
    if (!functional) throw new InputError(`${kind} ${element} has no ${name}`, place([...path, 'properties', name], true));
    add({ name, value: request.value, functional }, request);
  }
  for (const name of Object.keys(CURVES) as (keyof typeof CURVES)[]) {
    const curve = targets[name];
    curve?.points.forEach(([x, y], k) => {
      try {
        add({ name: `${name} ${x}`, ...CURVES[name].point(x, y, crystal) }, curve);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        throw new InputError(`${x} is no point of ${name}: ${error.message}`, place([...path, name, 'points', k]));
      }
    });
  }
  if (!targets.rose) return;
  const cohesiveEnergy = targets.rose.cohesive_energy ?? wantedOf(targets, 'cohesive_energy');
  const modulus = targets.rose.bulk_modulus ?? bulkModulus;
  if (cohesiveEnergy === undefined || modulus === undefined)
    throw new InputError(
      `the Rose curve needs the ${cohesiveEnergy === undefined ? 'cohesive energy' : 'bulk modulus'}`,
      place([...path, 'rose'], true),
      { hint: "give 'cohesive_energy' and 'bulk_modulus' there or among the properties" },
    );
  for (const point of rose({ ...targets.rose, cohesiveEnergy, bulkModulus: modulus }, crystal)) add(point, targets.rose);
}

/** A crystal from a file. */
function givenCell(file: string, path: SettingPath, { directory, elements, place }: Surroundings): Structure {
  const { frames } = readFrames([file], { directory });
  const [frame] = frames;
  if (frames.length !== 1) throw new InputError(`${file} has ${frames.length} structures`, place(path), { hint: 'give a file with one' });
  const { cell, pbc, species, positions } = frame!;
  if (pbc.some((periodic) => !periodic))
    throw new InputError(`${file} is not periodic in all three directions`, place(path), { hint: 'give the cell of a crystal' });
  const other = species.find((symbol) => !elements.includes(symbol));
  if (other) throw new InputError(`${file} holds ${other}, the fit is of ${elements.join(', ')}`, place(path));
  return { cell, pbc, species, positions };
}

/** The energy of a structure from a file. */
function givenStructure(
  given: CrystalTargets['structures'][number],
  path: SettingPath,
  crystal: Structure,
  { place, directory, elements }: Surroundings,
): Functional {
  const { frames } = readFrames([given.file], { directory });
  const frame = frames[given.frame];
  if (!frame) throw new InputError(`${given.file} has ${frames.length} frames, counted from 0`, place([...path, 'frame']));
  const known = given.relative_to === 'crystal' ? [...new Set(crystal.species)] : elements;
  const other = frame.species.find((symbol) => !known.includes(symbol));
  if (other)
    throw new InputError(
      `${given.file} holds ${other}, the ${given.relative_to === 'crystal' ? 'crystal' : 'fit'} is of ${known.join(', ')}`,
      place([...path, 'file']),
    );
  const { pbc, species, positions } = frame;
  const n = species.length;
  const share = (list: readonly string[], symbol: string) => list.filter((one) => one === symbol).length / list.length;
  if (given.relative_to === 'crystal' && !known.every((symbol) => Math.abs(share(species, symbol) - share(crystal.species, symbol)) < 1e-9))
    throw new InputError(`${given.file} has not the composition of the crystal`, place([...path, 'file']), {
      hint: "energies of other compositions can count from free atoms: 'relative_to: atoms'",
    });
  const area = norm(cross(row(frame.cell, 0), row(frame.cell, 1)));
  if (given.per === 'area' && !(area > 0)) throw new InputError(`${given.file} has no cell, so no area`, place([...path, 'per']));
  const sized = given.relax === 'volume' || given.relax === 'lengths';
  const per = { total: 1, atom: 1 / n, area: MJ_PER_M2_PER_EV_PER_ANGSTROM2 / (given.planes * area) }[given.per];
  return {
    unit: { total: 'eV', atom: 'eV/atom', area: 'mJ/m²' }[given.per],
    offset: 0,
    geometries: [
      { structure: { cell: frame.cell, pbc, species, positions }, relax: given.relax, perEnergy: per },
      ...(given.relative_to === 'crystal'
        ? [{ structure: crystal, relax: sized ? ('volume' as const) : ('none' as const), perEnergy: (-per * n) / crystal.species.length }]
        : []),
    ],
  };
}

/** Hashes of the files that targets name, for what has to notice that one has changed. @param directory folder that their paths start from */
export function targetFileHashes(targets: Settings['targets'], directory: string): string[] {
  const files = targetGroups(targets).flatMap(({ group: { crystal, structures } }) => [
    ...[fromFile(crystal) ?? []].flat(),
    ...structures.map(({ file }) => file),
  ]);
  return files.map((file) =>
    createHash('sha256')
      .update(readFileSync(resolve(directory, file)))
      .digest('hex'),
  );
}
