import { gcd, latticeBasis } from './integer-lattice.js';
import type { Indices } from './slab.js';

/** A rotation that brings a cubic lattice into coincidence with itself at one of `sigma` points. */
export interface CoincidenceRotation {
  /** turns columns of coordinates in the axes of the cube: r' = R r, shape (3, 3) row-major, rational */
  matrix: Float64Array;
  /** reciprocal density of common lattice points; 1 for a rotation that the lattice does not notice */
  sigma: number;
  /** whole numbers without common divisor */
  axis: Indices;
  /** degrees, above 0, at most 180 */
  angle: number;
}

/**
 * The rotation of the quaternion (m, n axis) with whole m and n: by the angle 2 atan(n |axis| / m).
 * Such rotations are all those that have a coincidence-site lattice (H. Grimmer, Acta Cryst. A 30, 685 (1974)).
 */
export function coincidenceRotation(axis: Indices, m: number, n: number): CoincidenceRotation {
  const [x, y, z] = axis.map((h) => h * n) as [number, number, number];
  const s = m * m + x * x + y * y + z * z;
  const whole = [
    m * m + x * x - y * y - z * z,
    2 * (x * y - m * z),
    2 * (x * z + m * y),
    2 * (x * y + m * z),
    m * m - x * x + y * y - z * z,
    2 * (y * z - m * x),
    2 * (x * z - m * y),
    2 * (y * z + m * x),
    m * m - x * x - y * y + z * z,
  ];
  // for all three cubic lattices sigma is the least common denominator of the matrix
  const sigma = s / gcd(s, ...whole);
  const angle = (360 / Math.PI) * Math.atan2(Math.abs(n) * Math.hypot(...axis), Math.abs(m));
  return { matrix: Float64Array.from(whole, (value) => value / s), sigma, axis, angle };
}

/** All rotations about an axis with this sigma, by growing angle up to 180 degrees; both senses. */
export function rotationsAbout(axis: Indices, sigma: number): CoincidenceRotation[] {
  const squared = axis[0] ** 2 + axis[1] ** 2 + axis[2] ** 2;
  const found: CoincidenceRotation[] = [];
  // m² + n² axis² is sigma times 1, 2 or 4, and times the axis' own square where that divides the matrix
  const most = 4 * sigma * squared;
  for (let m = 0; m * m <= most; m++)
    for (let n = m === 0 ? 1 : 0; m * m + n * n * squared <= most; n++) {
      if (gcd(m, n) !== 1 || n === 0) continue;
      const rotation = coincidenceRotation(axis, m, n);
      if (rotation.sigma !== sigma) continue;
      found.push(rotation);
      if (m > 0) found.push(coincidenceRotation(axis, m, -n));
    }
  return found.sort((a, b) => a.angle - b.angle);
}

/** The plane with these indices in the axes of the rotated crystal: whole numbers without common divisor. */
export function indicesInRotated(plane: Indices, { matrix, sigma }: CoincidenceRotation): Indices {
  const whole = [0, 1, 2].map((d) => Math.round(sigma * (matrix[d]! * plane[0] + matrix[3 + d]! * plane[1] + matrix[6 + d]! * plane[2])));
  const common = gcd(...whole);
  return whole.map((h) => h / common) as unknown as Indices;
}

/** The member of a plane's family under the cube's 48 symmetries with indices that are positive and do not grow. */
export function family(plane: Indices): Indices {
  return plane.map(Math.abs).sort((a, b) => b - a) as unknown as Indices;
}

/** Basis vectors in a plane, Å, shape (2, 2) row-major. */
export type PlanarBasis = readonly [number, number, number, number];

/** Largest ratio of areas that is looked for. */
const LARGEST = 400;

/**
 * Of two lattices in one plane: the vectors that both have, and the lattice of all sums of both.
 * A shift of one grain by a vector of the latter changes the boundary only by a shift of the whole.
 * @throws Error when they have no common vectors
 */
export function planarCoincidence(a: PlanarBasis, b: PlanarBasis): { common: PlanarBasis; sums: PlanarBasis } {
  const det = b[0] * b[3] - b[1] * b[2];
  const inverse = [b[3] / det, -b[1] / det, -b[2] / det, b[0] / det] as const;
  const m = times(a, inverse);
  const q = denominator(m);
  const whole = m.map((x) => Math.round(x * q));
  const rows: number[][] = [
    [q, 0, 0],
    [0, q, 0],
    [0, 0, 1],
  ];
  for (let i = 0; i < q; i++)
    for (let j = 0; j < q; j++)
      if ((i * whole[0]! + j * whole[2]!) % q === 0 && (i * whole[1]! + j * whole[3]!) % q === 0) rows.push([i, j, 0]);
  const common = planar(latticeBasis(rows));
  const sums = planar(latticeBasis([[whole[0]!, whole[1]!, 0], [whole[2]!, whole[3]!, 0], ...rows.slice(0, 3)]));
  return { common: shortest(times(common, a)), sums: shortest(times(sums.map((x) => x / q) as unknown as PlanarBasis, b)) };
}

/** Steps (i, j) along both vectors of a basis that lead to all its points that are different modulo a coarser lattice. */
export function cosets(basis: PlanarBasis, coarse: PlanarBasis): [number, number][] {
  const det = basis[0] * basis[3] - basis[1] * basis[2];
  const inverse = [basis[3] / det, -basis[1] / det, -basis[2] / det, basis[0] / det] as const;
  const whole = times(coarse, inverse).map((x) => Math.round(x));
  // in echelon form the multiples of both vectors are counted off by the diagonal
  const [p, , , r] = planar(
    latticeBasis([
      [whole[0]!, whole[1]!, 0],
      [whole[2]!, whole[3]!, 0],
      [0, 0, 1],
    ]),
  ).map(Math.abs);
  return Array.from({ length: p! * r! }, (_, k) => [k % p!, Math.floor(k / p!)]);
}

function planar(basis: number[][]): PlanarBasis {
  const [u, v] = basis as [number[], number[]];
  return [u[0]!, u[1]!, v[0]!, v[1]!];
}

function times(a: PlanarBasis, b: PlanarBasis): PlanarBasis {
  return [a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3]];
}

function denominator(m: readonly number[]): number {
  for (let q = 1; q <= LARGEST; q++) if (m.every((x) => Math.abs(x * q - Math.round(x * q)) < 1e-5)) return q;
  throw new Error('the two lattices have no common vectors');
}

/** The same lattice with its two shortest vectors (Gauss), the shorter one first, right-handed. */
function shortest([x1, y1, x2, y2]: PlanarBasis): PlanarBasis {
  let u: [number, number] = [x1, y1];
  let v: [number, number] = [x2, y2];
  for (;;) {
    if (u[0] ** 2 + u[1] ** 2 > v[0] ** 2 + v[1] ** 2) [u, v] = [v, u];
    const share = (u[0] * v[0] + u[1] * v[1]) / (u[0] ** 2 + u[1] ** 2);
    // a tie would go back and forth for ever
    if (Math.abs(share) < 0.5 + 1e-9) break;
    const count = Math.round(share);
    v = [v[0] - count * u[0], v[1] - count * u[1]];
  }
  return u[0] * v[1] - u[1] * v[0] > 0 ? [...u, ...v] : [...u, -v[0], -v[1]];
}
