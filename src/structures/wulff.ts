/** A plane of a crystal with the energy of its surface. */
export interface WulffPlane {
  /** normal, Cartesian, any length but zero */
  normal: readonly [number, number, number];
  /** positive, any unit; distance of the plane from the centre of the shape */
  energy: number;
  /** what the plane is called; equal for planes that the symmetry makes equal */
  family: string;
}

/** A facet of the shape. */
export interface WulffFacet {
  family: string;
  /** unit vector */
  normal: readonly [number, number, number];
  /** corners in order around the facet, in the unit of the energy */
  corners: readonly (readonly [number, number, number])[];
  /** in the unit of the energy squared */
  area: number;
}

type Vector = [number, number, number];

/** Facets smaller than this share of the whole surface are rounding. */
const SMALLEST = 1e-10;

/**
 * The equilibrium shape of a crystal: what lies below all planes at distances proportional to their energies
 * (G. Wulff, Z. Kristallogr. 34, 449 (1901)).
 * @returns facets that exist; none where the planes do not enclose anything or an energy is not positive
 */
export function wulffShape(planes: readonly WulffPlane[]): WulffFacet[] {
  if (planes.length < 4 || planes.some(({ energy }) => !(energy > 0 && Number.isFinite(energy)))) return [];
  const units = planes.map(({ normal }) => scaled(normal, 1 / Math.hypot(...normal)));
  const far = 100 * Math.max(...planes.map(({ energy }) => energy));
  const facets = planes.flatMap(({ energy, family }, i): WulffFacet[] => {
    let corners = square(units[i]!, energy, far);
    for (let j = 0; j < planes.length && corners.length > 0; j++)
      if (j !== i) corners = clipped(corners, units[j]!, planes[j]!.energy, 1e-12 * far);
    const area = areaOf(corners);
    return area > 0 ? [{ family, normal: units[i]!, corners, area }] : [];
  });
  const whole = facets.reduce((sum, { area }) => sum + area, 0);
  const found = facets.filter(({ area }) => area > SMALLEST * whole);
  return found.some(({ corners }) => corners.some((corner) => Math.hypot(...corner) > 0.5 * far)) ? [] : found;
}

/** A shape as a polyhedron. */
export interface WulffPolyhedron {
  /** unit of the energies; shape (n, 3) */
  vertices: [number, number, number][];
  /** places in `vertices`, in order around the face as seen from outside */
  faces: { family: string; vertices: number[]; area: number }[];
  /** by family, the largest first: share of the surface, and the energy */
  families: { family: string; share: number; energy: number }[];
  /** mean energy of the whole surface */
  meanEnergy: number;
  /** unit of the energies, cubed */
  volume: number;
}

/** Vertices closer than this share of the size are one. */
const SAME = 1e-7;

/** Corners that facets share, the mean energy and the volume. @returns undefined where there are no facets */
export function wulffPolyhedron(facets: readonly WulffFacet[]): WulffPolyhedron | undefined {
  if (facets.length === 0) return undefined;
  const size = Math.max(...facets.flatMap(({ corners }) => corners.map((corner) => Math.hypot(...corner))));
  const vertices: Vector[] = [];
  const place = (corner: readonly [number, number, number]) => {
    const known = vertices.findIndex((vertex) => Math.hypot(...minus(vertex, [...corner])) < SAME * size);
    return known >= 0 ? known : vertices.push([...corner]) - 1;
  };
  const faces = facets.map(({ family, corners, area }) => {
    const places = corners.map(place);
    return { family, vertices: places.filter((each, k) => each !== places[(k + 1) % places.length]), area };
  });
  const whole = facets.reduce((sum, { area }) => sum + area, 0);
  // a facet stands as far from the centre as its energy, so that it is the base of a pyramid of that height
  const heights = facets.map(({ normal, corners }) => dot([...normal], [...corners[0]!]));
  const weighted = facets.reduce((sum, { area }, k) => sum + area * heights[k]!, 0);
  const families = [...new Set(facets.map(({ family }) => family))].map((family) => {
    const own = facets.flatMap((facet, k) => (facet.family === family ? [{ area: facet.area, height: heights[k]! }] : []));
    return { family, share: own.reduce((sum, { area }) => sum + area, 0) / whole, energy: own[0]!.height };
  });
  return {
    vertices,
    faces,
    families: families.sort((p, q) => q.share - p.share),
    meanEnergy: weighted / whole,
    volume: weighted / 3,
  };
}

/** A large square in a plane. */
function square(normal: Vector, distance: number, size: number): Vector[] {
  const axis: Vector = Math.abs(normal[0]) < 0.6 ? [1, 0, 0] : [0, 1, 0];
  const u = cross(normal, axis);
  const first = scaled(u, size / Math.hypot(...u));
  const second = cross(normal, first);
  const centre = scaled(normal, distance);
  const corner = (a: number, b: number): Vector => [0, 1, 2].map((d) => centre[d]! + a * first[d]! + b * second[d]!) as Vector;
  return [corner(-1, -1), corner(1, -1), corner(1, 1), corner(-1, 1)];
}

/** The part of a polygon below a plane (I. E. Sutherland and G. W. Hodgman, Commun. ACM 17, 32 (1974)). */
function clipped(corners: readonly Vector[], normal: Vector, distance: number, rounding: number): Vector[] {
  const heights = corners.map((corner) => dot(corner, normal) - distance);
  if (heights.every((height) => height <= rounding)) return [...corners];
  return corners.flatMap((corner, k) => {
    const next = (k + 1) % corners.length;
    const [here, there] = [heights[k]!, heights[next]!];
    const kept: Vector[] = here <= 0 ? [corner] : [];
    if (here <= 0 !== there <= 0) {
      const t = here / (here - there);
      kept.push([0, 1, 2].map((d) => corner[d]! + t * (corners[next]![d]! - corner[d]!)) as Vector);
    }
    return kept;
  });
}

function areaOf(corners: readonly Vector[]): number {
  const sum: Vector = [0, 0, 0];
  for (let k = 1; k + 1 < corners.length; k++) {
    const side = cross(minus(corners[k]!, corners[0]!), minus(corners[k + 1]!, corners[0]!));
    for (let d = 0; d < 3; d++) sum[d]! += side[d]! / 2;
  }
  return Math.hypot(...sum);
}

/** All planes that a cubic crystal makes equal to (h k l). */
export function cubicPlanes(indices: readonly [number, number, number]): Vector[] {
  const found = new Map<string, Vector>();
  for (const order of [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ])
    for (let signs = 0; signs < 8; signs++) {
      const plane = order.map((from, d) => (signs & (1 << d) ? -indices[from]! : indices[from]!) + 0) as Vector;
      found.set(plane.join(), plane);
    }
  return [...found.values()];
}

function scaled([x, y, z]: readonly [number, number, number], factor: number): Vector {
  return [x * factor, y * factor, z * factor];
}

function minus(a: Vector, b: Vector): Vector {
  return [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
