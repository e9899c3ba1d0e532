import { multiplyRows, type Structure } from '../../structures/structure.js';
import { type Indices, slab, stacking } from './slab.js';
import { cross, norm, row } from './vectors.js';

/** A slab whose upper part can slide over the lower one: a along x, b in the xy plane, vacuum along z. */
export interface FaultSlab {
  structure: Structure;
  /** of the plane between both parts, Å */
  height: number;
  /** the way of the upper part, Å */
  shift: [number, number];
  /** of the plane, Å² */
  area: number;
}

/** Sheets of atoms closer than this are one, Å. */
const SHEET = 0.1;

/**
 * A slab for stacking faults.
 * @param crystal conventional cell
 * @param indices of the plane of the fault
 * @param way of the upper part in lattice vectors of the conventional cell, in the plane
 * @param thickness least thickness of the slab, Å
 * @param gap between which sheets of atoms it slides, where their distances differ
 */
export function faultSlab(
  crystal: Structure,
  indices: Indices,
  way: readonly number[],
  thickness: number,
  gap: 'wide' | 'narrow' = 'wide',
): FaultSlab {
  const stack = stacking(crystal, indices);
  const cut = stack.cuts
    .map((each) => ({ each, width: gapAt(stack.cell, each) }))
    .reduce((a, b) => (b.width > a.width + 1e-6 ? b : a)).each;
  const standing = turned(slab(stack, Math.ceil(thickness / stack.spacing), cut));
  const [dx, dy, dz] = multiplyRows(multiplyRows(way, crystal.cell), standing.rotation) as unknown as [number, number, number];
  if (Math.abs(dz) > 1e-6) throw new Error(`the way ${way.join(' ')} does not lie in the plane ${indices.join(' ')}`);
  const heights = sheets(standing.structure.positions);
  const middle = (heights[0]! + heights.at(-1)!) / 2;
  const gaps = heights.slice(1).map((z, k) => ({ height: (z + heights[k]!) / 2, width: z - heights[k]! }));
  const widths = gaps.map(({ width }) => width);
  const wanted = gap === 'wide' ? Math.max(...widths) : Math.min(...widths);
  const [chosen] = gaps
    .filter(({ width }) => Math.abs(width - wanted) < SHEET / 2)
    .sort((p, q) => Math.abs(p.height - middle) - Math.abs(q.height - middle));
  return { structure: standing.structure, height: chosen!.height, shift: [dx, dy], area: stack.area };
}

/** The slab with its upper part moved by a share of the way. */
export function slid({ structure, height, shift }: FaultSlab, share: number): Structure {
  const positions = structure.positions.slice();
  for (let i = 0; i < positions.length; i += 3)
    if (positions[i + 2]! > height) for (const d of [0, 1] as const) positions[i + d]! += share * shift[d];
  return { ...structure, positions };
}

/** Different heights, growing. */
function sheets(positions: Float64Array): number[] {
  const heights = Array.from({ length: positions.length / 3 }, (_, i) => positions[3 * i + 2]!).sort((p, q) => p - q);
  return heights.filter((z, k) => k === 0 || z - heights[k - 1]! > SHEET);
}

/** Distance between the sheets above and below a cut, as a fraction of the cell's third vector. */
function gapAt({ cell, positions }: Structure, cut: number): number {
  const normal = cross(row(cell, 0), row(cell, 1));
  const full = row(cell, 2).reduce((sum, x, d) => sum + x * normal[d]!, 0);
  const distances = Array.from({ length: positions.length / 3 }, (_, i) => {
    const height = [0, 1, 2].reduce((sum, d) => sum + positions[3 * i + d]! * normal[d]!, 0) / full;
    return height - cut - Math.floor(height - cut);
  });
  return Math.min(...distances) + 1 - Math.max(...distances);
}

/** The structure with its first vector along x and its second in the xy plane; old rows times the rotation are new ones. */
function turned(structure: Structure): { structure: Structure; rotation: Float64Array } {
  const unit = (v: Float64Array) => v.map((x) => x / norm(v));
  const x = unit(row(structure.cell, 0));
  const z = unit(cross(row(structure.cell, 0), row(structure.cell, 1)));
  const y = cross(z, x);
  const rotation = Float64Array.of(x[0]!, y[0]!, z[0]!, x[1]!, y[1]!, z[1]!, x[2]!, y[2]!, z[2]!);
  const { cell, positions } = structure;
  return { structure: { ...structure, cell: multiplyRows(cell, rotation), positions: multiplyRows(positions, rotation) }, rotation };
}
