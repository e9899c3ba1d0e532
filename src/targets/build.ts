import type { Target } from '../fitting/targets.js';
import type { EamPotential } from '../potentials/eam.js';
import { splined } from '../potentials/splined.js';
import type { Structure } from '../structures/structure.js';
import type { Functional, Geometry, ThermalMotion } from './family.js';
import { relaxed } from './relax.js';
import { strained } from './strain.js';
import { thermalConfigurations } from './thermal-motion.js';

/** A property and what it should be. */
export interface TargetRequest {
  name: string;
  value: number;
  /** in the unit of the value */
  tolerance: number;
  /** eV/atom of loss for a deviation of one tolerance beyond the tolerance, about */
  weight: number;
  functional: Functional;
}

/** Targets before their structures have moments. */
export interface BuiltTargets {
  list: Target[];
  structures: Structure[];
}

/**
 * The targets as sums of energies of structures. Structures that relax do so with `potential`, without one they stay as they are built, and
 * targets of thermal motion are left out.
 * @param onStructure called before each structure with the share of those done
 */
export function buildTargets(
  asked: readonly TargetRequest[],
  potential?: EamPotential,
  onStructure: (fraction: number) => void = () => {},
): BuiltTargets {
  const fast = potential && splined(potential);
  const moving = ({ functional }: TargetRequest) => functional.geometries.some(({ relax }) => typeof relax === 'object');
  const requests = potential ? asked : asked.filter((request) => !moving(request));
  const total = requests.reduce((sum, { functional }) => sum + functional.geometries.length, 0);
  const structures: Structure[] = [];
  const known = new Map<string, number>();
  const runs = new Map<string, Structure[]>();
  const thermal = (crystal: Structure, motion: ThermalMotion): Structure => {
    const key = `${motion.temperature} ${crystal.species.join()} ${crystal.cell.join()}`;
    const run = runs.get(key) ?? thermalConfigurations(fast!, crystal, motion);
    runs.set(key, run);
    const e = motion.scale - 1;
    return strained(run[motion.snapshot]!, [e, 0, 0, 0, e, 0, 0, 0, e]);
  };
  let done = 0;
  const add = ({ structure, relax, force }: Geometry): number => {
    onStructure(done++ / total);
    // many properties share the perfect crystal
    const { species, cell, positions } = structure;
    const key = `${JSON.stringify(relax)} ${force} ${species.join()} ${cell.join()} ${positions.join()}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    structures.push(typeof relax === 'object' ? thermal(structure, relax) : fast ? relaxed(fast, structure, relax, force) : structure);
    known.set(key, structures.length - 1);
    return structures.length - 1;
  };
  const list = requests.map(({ functional: { unit, offset, geometries }, ...request }): Target => {
    return {
      ...request,
      ...(!potential && geometries.some(({ relax }) => relax !== 'none') ? { provisional: true } : {}),
      unit,
      offset,
      terms: geometries.map((geometry) => ({
        structure: add(geometry),
        coefficient: geometry.perEnergy * geometry.structure.species.length,
      })),
    };
  });
  return { list, structures };
}
