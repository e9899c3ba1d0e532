/** Planes of shear, and what a sheared cell tells about the order of the stress components that a file lists. */
export type Plane = 'xy' | 'yz' | 'xz';

/**
 * The plane in which an otherwise orthogonal cell is sheared, or undefined. A crystal with orthogonal axes that is sheared in one
 * plane has shear stress in that plane only, whatever its symmetry class above monoclinic.
 * @param cell Å, shape (3, 3) row-major
 */
export function shearedPlane(cell: ArrayLike<number>): Plane | undefined {
  const tilt: [Plane, number][] = [
    ['xy', Math.max(Math.abs(cell[1]!), Math.abs(cell[3]!))],
    ['yz', Math.max(Math.abs(cell[5]!), Math.abs(cell[7]!))],
    ['xz', Math.max(Math.abs(cell[2]!), Math.abs(cell[6]!))],
  ];
  const scale = Math.max(Math.abs(cell[0]!), Math.abs(cell[4]!), Math.abs(cell[8]!));
  const sheared = tilt.filter(([, value]) => value > 1e-3 * scale);
  const straight = tilt.filter(([, value]) => value < 1e-6 * scale);
  return sheared.length === 1 && straight.length === 2 ? sheared[0]![0] : undefined;
}

/**
 * Which of three shear stresses stands out: its index, or undefined where the largest is below `threshold` or not ten times the
 * others.
 */
export function dominantShear(shear: readonly number[], threshold: number): number | undefined {
  const sizes = shear.map(Math.abs);
  const largest = Math.max(...sizes);
  const index = sizes.indexOf(largest);
  return largest > threshold && sizes.every((size, k) => k === index || size < 0.1 * largest) ? index : undefined;
}
