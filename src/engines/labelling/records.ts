import type { Structure } from '../../structures/structure.js';
import type { Label, LabelFailure, LabelOrigin } from './labeller.js';

/** A structure as it stands in a JSON file. */
export interface StructureRecord {
  species: string[];
  pbc: [boolean, boolean, boolean];
  /** lattice vectors as rows, Å, shape (3, 3) */
  cell: number[];
  /** Å, shape (n, 3) */
  positions: number[];
}

/** A label as it stands in a JSON file. */
export interface LabelRecord {
  /** eV */
  energy: number;
  /** eV/Å, shape (n, 3) */
  forces?: number[];
  /** eV/Å³, shape (3, 3), positive = tension */
  stress?: number[];
  origin: LabelOrigin;
}

export function toStructureRecord({ species, pbc, cell, positions }: Structure): StructureRecord {
  return { species: [...species], pbc: [...pbc], cell: plain(cell), positions: plain(positions) };
}

export function fromStructureRecord({ species, pbc, cell, positions }: StructureRecord): Structure {
  return { species, pbc, cell: Float64Array.from(cell), positions: Float64Array.from(positions) };
}

export function toLabelRecord({ energy, forces, stress, origin }: Label): LabelRecord {
  return { energy: energy + 0, ...(forces ? { forces: plain(forces) } : {}), ...(stress ? { stress: plain(stress) } : {}), origin };
}

export function fromLabelRecord({ energy, forces, stress, origin }: LabelRecord): Label {
  return {
    energy,
    ...(forces ? { forces: Float64Array.from(forces) } : {}),
    ...(stress ? { stress: Float64Array.from(stress) } : {}),
    origin,
  };
}

/** What is wrong with the numbers of a label of `atoms` atoms; undefined for a sound one. */
export function unsound({ energy, forces, stress }: Omit<Label, 'origin'>, atoms: number): LabelFailure | undefined {
  const fail = (reason: string): LabelFailure => ({ reason, again: false });
  if (!Number.isFinite(energy)) return fail(`the energy is ${energy}`);
  if (forces && forces.length !== 3 * atoms) return fail(`there are ${forces.length} numbers of forces for ${atoms} atoms`);
  if (forces && !forces.every(Number.isFinite)) return fail('there are forces that are not finite numbers');
  if (stress && stress.length !== 9) return fail(`the stress has ${stress.length} numbers`);
  if (stress && !stress.every(Number.isFinite)) return fail('the stress is not made of finite numbers');
  return undefined;
}

/** JSON knows no minus zero, and a label must be the same before and after it was stored. */
function plain(values: Float64Array): number[] {
  return Array.from(values, (x) => x + 0);
}
