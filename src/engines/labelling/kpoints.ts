import { inverse, type Structure } from '../../structures/structure.js';

/** Points of reciprocal space: a mesh, or its density. */
export interface KPoints {
  /** largest distance of two points, Å⁻¹, 2π included (KSPACING of VASP) */
  spacing?: number;
  /** points along each reciprocal vector; the same for every structure */
  mesh?: readonly number[];
}

/** Room for rounding, so that equal cells in other rotations get equal meshes. */
const EQUAL = 1e-6;

/**
 * Points along each reciprocal vector: N = max(1, ceil(2π|b| / spacing)), as VASP takes them for KSPACING; one along directions that are
 * not periodic.
 */
export function meshOf(structure: Pick<Structure, 'cell' | 'pbc'>, { spacing, mesh }: KPoints): [number, number, number] {
  if (mesh) return [mesh[0]!, mesh[1]!, mesh[2]!];
  // columns of the inverse are the reciprocal vectors
  const b = inverse(structure.cell);
  const points = [0, 1, 2].map((k) => {
    const length = 2 * Math.PI * Math.hypot(b[k]!, b[3 + k]!, b[6 + k]!);
    return structure.pbc[k] ? Math.max(1, Math.ceil(length / spacing! - EQUAL)) : 1;
  });
  return points as [number, number, number];
}
