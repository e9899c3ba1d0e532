import { type Indices, slab, stacking } from '../../properties/crystal/slab.js';
import { cross, norm, row } from '../../properties/crystal/vectors.js';
import { rattledStarts } from '../../sampling/starts.js';
import type { Structure } from '../../structures/structure.js';
import { randomlyDecorated } from '../alloy.js';
import { conventionalCell } from '../crystals.js';
import type { Source } from './source.js';

export interface SurfaceOptions {
  phases: readonly string[];
  /** Miller indices of the conventional cell, such as 111 */
  planes: readonly string[];
  /** sheets of atoms in a slab */
  layers: number;
  /** empty space between the slab and its image, Å */
  vacuum: number;
  /** structures of each plane */
  count: number;
  /** normal deviate of the coordinates, Å */
  rattle: number;
}

/** Largest strain in the plane. */
const STRAIN = 0.02;

/** Thin slabs with two free surfaces in a periodic cell with vacuum. */
export const surfaces: Source<SurfaceOptions> = (options, { alloy, random }) =>
  options.phases.flatMap((phase) =>
    options.planes.flatMap((plane) => {
      const cut = stacking(conventionalCell(phase, alloy.elements[0]!, alloy.nearest[0]!), indicesOf(plane));
      const cells = Math.max(1, Math.round(options.layers / cut.cell.species.length));
      const bare = withVacuum(slab(cut, cells, cut.cuts[0]!), options.vacuum);
      return Array.from({ length: options.count }, () => {
        const stretch = 1 + random.range(-STRAIN, STRAIN);
        const own = randomlyDecorated(bare, alloy, random);
        const strained = { ...own, cell: own.cell.map((x) => x * stretch), positions: own.positions.map((x) => x * stretch) };
        const [structure] = rattledStarts(strained, [options.rattle], random);
        return { structure: structure!, configType: 'surface', source: `(${plane}) surface of ${phase}, ${bare.species.length} atoms` };
      });
    }),
  );

/** `1-10` is (1, -1, 0). */
export function indicesOf(plane: string): Indices {
  return [...plane.matchAll(/-?\d/g)].map(([digit]) => Number(digit)) as unknown as Indices;
}

/** The slab in a cell that is periodic across as well, at right angles to the plane. */
function withVacuum(structure: Structure, vacuum: number): Structure {
  const { cell, positions } = structure;
  const normal = cross(row(cell, 0), row(cell, 1));
  const length = norm(normal);
  const unit = normal.map((x) => x / length);
  let low = Infinity;
  let high = -Infinity;
  for (let i = 0; i < positions.length; i += 3) {
    const height = positions[i]! * unit[0]! + positions[i + 1]! * unit[1]! + positions[i + 2]! * unit[2]!;
    low = Math.min(low, height);
    high = Math.max(high, height);
  }
  const out = cell.slice();
  for (let d = 0; d < 3; d++) out[6 + d] = unit[d]! * (high - low + vacuum);
  return { ...structure, cell: out, pbc: [true, true, true] };
}
