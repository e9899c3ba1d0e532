import { faultSlab, slid } from '../properties/crystal/fault.js';
import { type Indices, slab, stacking } from '../properties/crystal/slab.js';
import { MJ_PER_M2_PER_EV_PER_ANGSTROM2 } from '../properties/units.js';
import type { Functional, TargetFamily } from './family.js';

/** Thickness of slabs in cutoffs, and least thickness, Å. */
const SURFACE = { cutoffs: 2.2, least: 12 };
const FAULT = { cutoffs: 4, least: 20 };
const SURFACE_NAME = /^surface_(\d)(\d)(\d)$/;
/** Of the two senses of <112> this one leads to the fault. */
const WAYS = [
  [1 / 6, 1 / 6, -1 / 3],
  [-1 / 6, -1 / 6, 1 / 3],
] as const;

/** Energies of relaxed surfaces. */
export const surfaces: TargetFamily = {
  names: 'surface_hkl',
  knows: (name) => SURFACE_NAME.test(name),
  build(name, { cell, cutoff }): Functional {
    const indices = SURFACE_NAME.exec(name)!.slice(1).map(Number) as unknown as Indices;
    const stack = stacking(cell, indices);
    const layers = Math.ceil(Math.max(SURFACE.least, SURFACE.cutoffs * cutoff) / stack.spacing);
    const structure = slab(stack, layers, stack.cuts[0]!);
    const perArea = MJ_PER_M2_PER_EV_PER_ANGSTROM2 / (2 * stack.area);
    return {
      unit: 'mJ/m²',
      offset: 0,
      geometries: [
        { structure, relax: 'atoms', perEnergy: perArea },
        { structure: cell, relax: 'none', perEnergy: (-perArea * structure.species.length) / cell.species.length },
      ],
    };
  },
};

/** The intrinsic fault of the close-packed planes of fcc, in a slab. */
export const faults: TargetFamily = {
  names: 'stacking_fault_intrinsic',
  knows: (name) => name === 'stacking_fault_intrinsic',
  build(_name, { kind, cell, cutoff, a }): Functional | undefined {
    if (kind !== 'fcc') return undefined;
    const thickness = Math.max(FAULT.least, FAULT.cutoffs * cutoff);
    const made = WAYS.map((way) => faultSlab(cell, [1, 1, 1], way, thickness)).find((one) => {
      const { positions, cell: box } = slid(one, 1);
      return closest(positions, box) > 0.65 * a;
    })!;
    const perArea = MJ_PER_M2_PER_EV_PER_ANGSTROM2 / made.area;
    return {
      unit: 'mJ/m²',
      offset: 0,
      geometries: [
        { structure: slid(made, 1), relax: 'atoms', perEnergy: perArea },
        { structure: made.structure, relax: 'atoms', perEnergy: -perArea },
      ],
    };
  },
};

/** Shortest distance of atoms in a cell that is periodic along its first two vectors, Å. */
function closest(positions: Float64Array, cell: Float64Array): number {
  let least = Infinity;
  for (let i = 0; i < positions.length; i += 3)
    for (let j = 0; j <= i; j += 3)
      for (let u = -2; u <= 2; u++)
        for (let v = -2; v <= 2; v++) {
          const r = Math.hypot(...[0, 1, 2].map((d) => positions[i + d]! - positions[j + d]! + u * cell[d]! + v * cell[3 + d]!));
          if (r > 1e-6 && r < least) least = r;
        }
  return least;
}
