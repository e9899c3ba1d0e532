import type { Boundary, GrainAtoms } from './bicrystal.js';

/** How a relaxation of a boundary starts. */
export interface BoundaryStart {
  /** of the upper grain, Å */
  shift: readonly [number, number, number];
  /** of atoms of both grains closer than this one is deleted, Å; 0 deletes none */
  overlap: number;
  /** largest random displacement of an atom, Å */
  rattle: number;
}

/** How close to each other grains are put, and which atoms are deleted then, in nearest distances. */
export interface Joint {
  /** smallest distance of atoms of the two grains; undefined: their planes are as far apart as in the crystal */
  contact?: number;
  overlap: number;
  rattle: number;
}

/** Distance from the boundary up to which atoms tell two starts apart, Å. */
const REACH = 6;

/**
 * Starts on a grid of shifts; those that symmetry makes equal are left out.
 * @param spacing largest distance of points of the grid along both axes, Å
 * @param nearest nearest distance of the crystal, Å
 */
export function boundaryStarts(
  boundary: Boundary,
  lower: GrainAtoms,
  upper: GrainAtoms,
  spacing: readonly [number, number],
  nearest: number,
  joints: readonly Joint[],
): BoundaryStart[] {
  const [x1, y1, x2, y2] = boundary.sameShift;
  const length = Math.hypot(x1, y1);
  const height = (x1 * y2 - y1 * x2) / length;
  const [cos, sin] = [x1 / length, y1 / length];
  // an even number has the point half way, which symmetry often prefers
  const even = (count: number) => (count < 1 ? 1 : 2 * Math.ceil(count / 2));
  const [n1, n2] = [even(length / spacing[0]), even(height / spacing[1])];
  // counted from where an atom stands above another one, the grid has the symmetry of the boundary
  const last = lower.positions.length - 3;
  const origin = [0, 1].map((d) => lower.positions[last + d]! - upper.positions[d]!);
  const seen = new Set<string>();
  const starts: BoundaryStart[] = [];
  for (let i = 0; i < n1; i++)
    for (let j = 0; j < n2; j++) {
      const [along, across] = [(i / n1) * length, (j / n2) * height];
      const [x, y] = wrapped(origin[0]! + along * cos - across * sin, origin[1]! + along * sin + across * cos, boundary.period);
      const pairs = pairsAcross(boundary, lower, upper, x, y);
      const print = fingerprint(pairs);
      if (seen.has(print)) continue;
      seen.add(print);
      for (const { contact, overlap, rattle } of joints)
        starts.push({ shift: [x, y, contact === undefined ? 0 : gap(pairs, contact * nearest)], overlap: overlap * nearest, rattle });
    }
  return starts;
}

/** Distance in the plane and along z of atoms of both grains. */
type Pairs = [number, number][];

function pairsAcross({ period }: Boundary, lower: GrainAtoms, upper: GrainAtoms, x: number, y: number): Pairs {
  const [p1, , p3, p4] = period;
  const near = ({ positions }: GrainAtoms) =>
    Array.from({ length: positions.length / 3 }, (_, k) => positions.slice(3 * k, 3 * k + 3)).filter((at) => Math.abs(at[2]!) < REACH);
  const pairs: Pairs = [];
  for (const a of near(lower))
    for (const b of near(upper)) {
      const [dx, dy] = [b[0]! + x - a[0]!, b[1]! + y - a[1]!];
      // all images within reach: rows of the second period first, then along x
      for (let v = Math.ceil((-REACH - dy) / p4); dy + v * p4 <= REACH; v++)
        for (let u = Math.ceil((-REACH - dx - v * p3) / p1); dx + v * p3 + u * p1 <= REACH; u++) {
          const distance = Math.hypot(dx + v * p3 + u * p1, dy + v * p4);
          if (distance < REACH) pairs.push([distance, b[2]! - a[2]!]);
        }
    }
  return pairs;
}

/** A text that is equal for equal surroundings of the boundary. */
function fingerprint(pairs: Pairs): string {
  // a smooth function that is nothing at the reach, so that rounding at its edge does not matter
  const sum = pairs.reduce((total, [r, z]) => total + (1 - (r / REACH) ** 2) ** 3 * Math.exp(-z / 2), 0);
  return sum.toPrecision(8);
}

/** How far the upper grain has to be lifted for no pair to be closer than a distance, Å; may be negative. */
function gap(pairs: Pairs, distance: number): number {
  return pairs.reduce((most, [r, z]) => (r < distance ? Math.max(most, Math.sqrt(distance ** 2 - r ** 2) - z) : most), -1);
}

/** The vector modulo the periods, with x not negative. */
function wrapped(x: number, y: number, [p1, , p3, p4]: Boundary['period']): [number, number] {
  const rows = Math.floor(y / p4 + 1e-9);
  const left = x - rows * p3;
  const x0 = left - Math.floor(left / p1 + 1e-9) * p1;
  // no -1e-17: a word that begins with a minus is an option for LAMMPS
  return [Math.max(0, x0), y - rows * p4];
}
