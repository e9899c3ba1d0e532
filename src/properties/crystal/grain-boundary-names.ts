import { type CoincidenceRotation, family, indicesInRotated, rotationsAbout } from './coincidence.js';
import { gcd } from './integer-lattice.js';
import type { Indices } from './slab.js';

/** A symmetric boundary: both grains have a plane of the same family in it. */
export interface NamedBoundary {
  /** `grain_boundary_s5_310` */
  name: string;
  sigma: number;
  /** tilt: the axis lies in the plane; twist: it stands upon it */
  type: 'tilt' | 'twist';
  /** in the axes of the lower grain */
  plane: Indices;
  /** of the upper grain, about the axis of the boundary */
  rotation: CoincidenceRotation;
}

type Row = readonly [sigma: number, axis: Indices, angle: number, plane: Indices];

/** Sigma, rotation axis, angle (degrees) and plane of the boundaries of B. Varughese et al. (2025), Table 2, in its order. */
const FCC: readonly Row[] = [
  [3, [1, 1, 1], 60, [1, 1, 1]],
  [7, [1, 1, 1], 38.21, [1, 1, 1]],
  [11, [1, -1, 0], 50.48, [1, 1, 3]],
  [57, [1, -1, 0], 97.05, [4, 4, 5]],
  [41, [1, -1, 0], 55.88, [4, 4, 3]],
  [3, [1, -1, 0], 109.47, [1, 1, 2]],
  [33, [1, -1, 0], 58.99, [2, 2, 5]],
  [27, [1, -1, 0], 148.41, [1, 1, 5]],
  [51, [1, -1, 0], 16.1, [5, 5, 1]],
  [5, [1, 0, 0], 36.87, [1, 0, 0]],
  [17, [1, -1, 0], 86.63, [2, 2, 3]],
  [43, [1, -1, 0], 80.63, [3, 3, 5]],
  [3, [1, 1, 1], 180, [1, -1, 0]],
  [9, [1, -1, 0], 38.94, [2, 2, 1]],
  [5, [1, 0, 0], 53.13, [0, 1, 3]],
  [7, [1, 1, 1], 38.21, [3, -2, -1]],
  [9, [1, -1, 0], 38.94, [1, 1, 4]],
  [27, [1, -1, 0], 148.41, [5, 5, 2]],
  [19, [1, -1, 0], 26.53, [3, 3, 1]],
  [17, [1, -1, 0], 93.37, [3, 3, 4]],
  [19, [1, -1, 0], 26.53, [1, 1, 6]],
  [5, [1, 0, 0], 36.87, [0, 2, 1]],
  // the table has 66 for this one; a sigma of a cubic lattice is odd
  [33, [1, -1, 0], 20.05, [1, 1, 8]],
  [9, [1, 1, 0], 38.94, [1, 1, 0]],
];

/** The usual ones of other lattices: twins, and low sigma. */
const BCC: readonly Row[] = [
  [3, [1, -1, 0], 70.53, [1, 1, 2]],
  [3, [1, 1, 1], 60, [1, 1, 1]],
  [5, [1, 0, 0], 36.87, [0, 1, 3]],
  [5, [1, 0, 0], 36.87, [0, 2, 1]],
  [9, [1, -1, 0], 38.94, [2, 2, 1]],
  [11, [1, -1, 0], 50.48, [1, 1, 3]],
  [3, [1, 1, 0], 70.53, [1, 1, 0]],
  [5, [1, 0, 0], 36.87, [1, 0, 0]],
];
const DIAMOND: readonly Row[] = [
  [3, [1, 1, 1], 60, [1, 1, 1]],
  [9, [1, -1, 0], 38.94, [2, 2, 1]],
  [5, [1, 0, 0], 36.87, [0, 1, 3]],
];

/** Boundaries that are computed without being asked for. */
export const USUAL: Readonly<Record<'fcc' | 'bcc' | 'diamond', readonly NamedBoundary[]>> = {
  fcc: FCC.map(fromRow),
  bcc: BCC.map(fromRow),
  diamond: DIAMOND.map(fromRow),
};

/** `grain_boundary_s5_310`, `grain_boundary_s73_12_1_0` where an index has two digits: sigma and the plane's family. */
export function boundaryName(sigma: number, plane: Indices): string {
  const indices = family(plane);
  return `grain_boundary_s${sigma}_${indices.join(indices.some((h) => h > 9) ? '_' : '')}`;
}

const known = new Map<string, NamedBoundary | undefined>(USUAL.fcc.map((each) => [each.name, each]));

/**
 * The boundary of a name: of those in the table, that one; else a tilt or a twist, whichever has the axis of lower indices, and
 * of several angles the smallest one. Undefined for other names, and where there is no such boundary.
 */
export function boundaryOfName(name: string): NamedBoundary | undefined {
  if (known.has(name)) return known.get(name);
  const [, number, text] = name.match(/^grain_boundary_s(\d{1,3})_(\d{3}|\d+_\d+_\d+)$/) ?? [];
  if (text === undefined) return undefined;
  const sigma = Number(number);
  const plane = (text.includes('_') ? text.split('_') : [...text]).map(Number) as [number, number, number];
  if (sigma % 2 === 0 || sigma < 3 || boundaryName(sigma, plane) !== name || gcd(...plane) !== 1) return undefined;
  const found = find(sigma, plane);
  known.set(name, found);
  return found;
}

/** Axes with indices up to 3, and the plane's own, lowest first. */
function axesFor(plane: Indices): Indices[] {
  const range = [-3, -2, -1, 0, 1, 2, 3];
  const all = range.flatMap((x) => range.flatMap((y) => range.map((z): Indices => [x, y, z])));
  const inPlane = all.filter((u) => gcd(...u) === 1 && product(u, plane) === 0 && u.find((x) => x !== 0)! > 0);
  return [...inPlane, plane].sort((u, v) => product(u, u) - product(v, v));
}

function find(sigma: number, plane: Indices): NamedBoundary | undefined {
  for (const axis of axesFor(plane)) {
    const [rotation] = rotations(sigma, axis, plane);
    if (rotation) return named(sigma, plane, rotation);
  }
  return undefined;
}

/** Rotations after which the plane belongs to the same family for both grains. */
function rotations(sigma: number, axis: Indices, plane: Indices): CoincidenceRotation[] {
  const own = family(plane).join();
  return rotationsAbout(axis, sigma).filter((rotation) => family(indicesInRotated(plane, rotation)).join() === own);
}

function fromRow([sigma, axis, angle, plane]: Row): NamedBoundary {
  const rotation = rotations(sigma, axis, plane).find((each) => Math.abs(each.angle - angle) < 0.01);
  if (!rotation) throw new Error(`no rotation by ${angle} degrees about ${axis.join(' ')} makes sigma ${sigma} with (${plane.join(' ')})`);
  return named(sigma, plane, rotation);
}

function named(sigma: number, plane: Indices, rotation: CoincidenceRotation): NamedBoundary {
  const type = product(rotation.axis, plane) === 0 ? 'tilt' : 'twist';
  return { name: boundaryName(sigma, plane), sigma, type, plane, rotation };
}

function product(a: Indices, b: Indices): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}
