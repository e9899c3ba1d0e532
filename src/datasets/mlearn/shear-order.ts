import type { ShearOrder } from '../format.js';
import { dominantShear, shearedPlane } from '../shear.js';

/** What mlearn's own code documents, and VASP's OUTCAR. */
export const DEFAULT_SHEAR_ORDER: ShearOrder = 'xy yz xz';
const ORDERS: readonly ShearOrder[] = ['xy yz xz', 'xy xz yz', 'yz xz xy'];

/**
 * The order of shear stresses that sheared cells prove, or undefined. A frame bears witness if its cell is orthogonal but for one
 * sheared plane (ab: the off-diagonal elements ab and ba) and one of the three shear stresses stands out: that one is ab.
 * At least three frames of at least two planes must agree, and none disagree.
 * @param frames cell: Å, shape (3, 3) row-major; stress: the six numbers as they stand in the file, kB
 */
export function provenShearOrder(frames: readonly { cell: ArrayLike<number>; stress: ArrayLike<number> }[]): ShearOrder | undefined {
  const witnesses: { plane: string; position: number }[] = [];
  for (const { cell, stress } of frames) {
    const plane = shearedPlane(cell);
    const position = dominantShear([stress[3]!, stress[4]!, stress[5]!], 1);
    if (plane !== undefined && position !== undefined) witnesses.push({ plane, position });
  }
  if (witnesses.length < 3 || new Set(witnesses.map((w) => w.plane)).size < 2) return undefined;
  const fitting = ORDERS.filter((order) => witnesses.every((w) => order.split(' ')[w.position] === w.plane));
  return fitting.length === 1 ? fitting[0] : undefined;
}

/** Six numbers in the given order to a 3x3 row-major matrix. */
export function sixToMatrix(v: ArrayLike<number>, order: ShearOrder): Float64Array {
  const names = order.split(' ');
  const xy = v[3 + names.indexOf('xy')]!;
  const yz = v[3 + names.indexOf('yz')]!;
  const xz = v[3 + names.indexOf('xz')]!;
  return Float64Array.of(v[0]!, xy, xz, xy, v[1]!, yz, xz, yz, v[2]!);
}
