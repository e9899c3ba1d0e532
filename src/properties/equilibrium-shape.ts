import { cubicPlanes, wulffPolyhedron, wulffShape } from '../structures/wulff.js';
import type { Indices } from './crystal/slab.js';
import type { FailedValue, PropertyValue } from './property.js';
import type { System } from './system.js';

/** Whether the faces {hkl} of the cube are all equal: crystals that are known by name. */
export function isCubic({ kind }: System): boolean {
  return kind !== 'other' && kind !== 'hcp';
}

/** The equilibrium shape: its mean energy, and the polyhedron as plain JSON. */
export interface EquilibriumShape {
  mean: Pick<PropertyValue, 'value' | 'detail'>;
  data: {
    /** what a vertex' coordinates are counted in, along the axes of the cube */
    unit: 'mJ/m²';
    vertices: readonly (readonly number[])[];
    /** places of the vertices around each face, with the family of the plane */
    faces: readonly { family: string; vertices: readonly number[] }[];
    /** the largest first: share of the whole surface, and energy, mJ/m² */
    families: readonly { family: string; share: number; energy: number }[];
  };
}

/**
 * The shape of least surface energy of a cubic crystal (see `wulffShape`).
 * @param surfaces computed ones; the shape is one only where all of them are there
 */
export function equilibriumShape(
  surfaces: readonly { indices: Indices; result: PropertyValue | FailedValue }[],
): EquilibriumShape | { error: string } {
  const failed = surfaces.filter(({ result }) => 'error' in result).map(({ result }) => result.name);
  if (failed.length > 0) return { error: `not all surfaces could be computed: ${failed.join(', ')}` };
  const planes = surfaces.flatMap(({ indices, result }) =>
    cubicPlanes(indices).map((normal) => ({ normal, energy: (result as PropertyValue).value, family: indices.join(' ') })),
  );
  const shape = wulffPolyhedron(wulffShape(planes));
  if (!shape) return { error: 'a surface energy is not positive, so there is no shape of least energy' };
  const { vertices, faces, families, meanEnergy } = shape;
  return {
    mean: {
      value: meanEnergy,
      detail: { families: families.map(({ family }) => `{${family}}`), shares_percent: families.map(({ share }) => 100 * share) },
    },
    data: {
      unit: 'mJ/m²',
      vertices: vertices.map((vertex) => vertex.map((x) => Number(x.toFixed(4)))),
      faces: faces.map(({ family, vertices: around }) => ({ family, vertices: around })),
      families,
    },
  };
}
