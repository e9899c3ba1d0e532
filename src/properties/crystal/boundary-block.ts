import type { Structure } from '../../structures/structure.js';
import { type Boundary, bicrystal, type GrainAtoms, layers, lifted } from './bicrystal.js';

/** Atoms of a relaxed block as LAMMPS numbers them. */
export interface RelaxedAtoms {
  /** numbers from 1, growing; some may be missing */
  ids: number[];
  types: number[];
  /** Å, shape (n, 3) */
  positions: number[];
}

/** A block with a boundary: both grains at least so thick. */
export class Block {
  readonly lower: GrainAtoms;
  readonly upper: GrainAtoms;
  /** to be relaxed from: joined without shift; the atoms of the lower grain come first */
  readonly structure: Structure;
  private readonly count: number;

  /**
   * @param thickness of each grain, Å
   * @param cut place in the grains' lists of cuts
   */
  constructor(
    private readonly boundary: Boundary,
    thickness: number,
    readonly cut: number,
  ) {
    const { lower, upper, period } = boundary;
    this.count = Math.ceil(thickness / lower.spacing);
    this.lower = layers(lower, period, -this.count, 0, lower.cuts[cut]!);
    this.upper = layers(upper, period, 0, this.count, upper.cuts[cut]!);
    this.structure = bicrystal(period, this.lower, this.upper);
  }

  /** The crystal of one grain all through a block as thick, with the same periods and, at both ends, that grain's surface. */
  perfect(which: 'lower' | 'upper', typeOf: (species: string) => number): RelaxedAtoms {
    const grain = this.boundary[which];
    const crystal = layers(grain, this.boundary.period, -this.count, this.count, grain.cuts[this.cut]!);
    const lift = lifted(this.lower);
    return {
      ids: crystal.species.map((_, k) => k + 1),
      types: crystal.species.map(typeOf),
      positions: crystal.positions.map((x, k) => (k % 3 === 2 ? x + lift : x)),
    };
  }

  /** How the last atom, which is in the rigid upper end, has moved, Å; in the plane up to periods of the boundary. */
  translation({ ids, positions }: RelaxedAtoms): [number, number, number] {
    const last = this.structure.species.length;
    if (ids.at(-1) !== last) throw new Error('the upper end of the block is not complete');
    const from = 3 * (last - 1);
    const to = 3 * (ids.length - 1);
    return [0, 1, 2].map((d) => positions[to + d]! - this.structure.positions[from + d]!) as [number, number, number];
  }

  /** Relaxed atoms of a thinner block of the same boundary with what this block has more at both ends. */
  extended(thinner: Block, relaxed: RelaxedAtoms, typeOf: (species: string) => number): RelaxedAtoms {
    const out: RelaxedAtoms = { ids: [], types: [], positions: [] };
    const add = (id: number, type: number, at: readonly number[]) => {
      out.ids.push(id);
      out.types.push(type);
      out.positions.push(at[0]!, at[1]!, at[2]!);
    };
    const own = this.structure;
    const moved = thinner.translation(relaxed);
    const lift = lifted(this.lower) - lifted(thinner.lower);
    const below = this.lower.species.length - thinner.lower.species.length;
    for (let i = 0; i < below; i++) add(i + 1, typeOf(own.species[i]!), [...own.positions.subarray(3 * i, 3 * i + 3)]);
    for (const [k, id] of relaxed.ids.entries()) {
      const [x, y, z] = relaxed.positions.slice(3 * k, 3 * k + 3) as [number, number, number];
      add(id + below, relaxed.types[k]!, [x, y, z + lift]);
    }
    for (let i = below + thinner.structure.species.length; i < own.species.length; i++)
      add(
        i + 1,
        typeOf(own.species[i]!),
        moved.map((x, d) => own.positions[3 * i + d]! + x),
      );
    return out;
  }
}

/** Reads a LAMMPS dump of one snapshot with `id type x y z`, sorted. */
export function readAtoms(dump: string): RelaxedAtoms {
  const out: RelaxedAtoms = { ids: [], types: [], positions: [] };
  const body = dump.split(/ITEM: ATOMS id type x y z[^\n]*\n/)[1] ?? '';
  for (const line of body.trim().split('\n')) {
    const [id, type, x, y, z] = line.trim().split(/\s+/).map(Number) as [number, number, number, number, number];
    out.ids.push(id);
    out.types.push(type);
    out.positions.push(x, y, z);
  }
  return out;
}

/** A LAMMPS dump of atoms whose box stands elsewhere. */
export function writeAtoms({ ids, types, positions }: RelaxedAtoms): string {
  const lines = ids.map((id, k) => `${id} ${types[k]} ${positions.slice(3 * k, 3 * k + 3).join(' ')}`);
  const header = ['ITEM: TIMESTEP', '0', 'ITEM: NUMBER OF ATOMS', `${ids.length}`, 'ITEM: BOX BOUNDS pp pp pp', '0 1', '0 1', '0 1'];
  return `${[...header, 'ITEM: ATOMS id type x y z', ...lines].join('\n')}\n`;
}
