import { determinant, fractionalPositions, inverse, multiplyRows, type Structure } from '../../structures/structure.js';

/** Coordinates as an affine image x = u A + t of the fractional coordinates u of another structure. */
export interface AffineImage {
  /** A: the cell to which the coordinates belong if the other structure is right, Å, shape (3, 3) */
  cell: Float64Array;
  /** largest deviation, Å */
  residual: number;
  /** coordinates with periodic jumps taken out, Å, shape (n, 3) */
  unwrapped: Float64Array;
}

/** Fewest atoms: with four any structure is an image of any other. */
export const FEWEST_ATOMS = 8;

/** Smallest determinant of the mean squares of fractional coordinates, per cube of atoms, that is not flat. */
const FLAT = 1e-7;

/** The coordinates of a structure, prepared to be compared with many others of the same atoms in the same order. */
export class AffineReference {
  readonly fractional: Float64Array;
  private readonly few: Int32Array;
  private readonly all: Int32Array;
  /** what a fit leaves of the coordinates of the few atoms, shape (few, few); undefined when they lie in a plane */
  private readonly misfit: Float64Array | undefined;

  constructor(structure: Structure) {
    this.fractional = fractionalPositions(structure);
    const n = structure.species.length;
    this.all = Int32Array.from({ length: n }, (_, i) => i);
    // a dozen atoms spread over the list: enough to see that two structures are unrelated
    const count = Math.min(n, 12);
    this.few = Int32Array.from({ length: count }, (_, k) => Math.floor((k * n) / count));
    this.misfit = misfitMatrix(this.fractional, this.few);
  }

  /**
   * The structure as an image of this one; undefined when an atom deviates by more than `tolerance` (Å). Atoms may have been
   * wrapped back into the stated cell or into the cell of the coordinates. Cells may differ by some 35 % strain.
   */
  imageIn(structure: Structure, tolerance: number, toFractional = inverse(structure.cell)): AffineImage | undefined {
    const u = this.fractional;
    const x = structure.positions;
    if (u.length !== x.length || u.length < 3 * FEWEST_ATOMS) return undefined;
    for (const atoms of [this.few, this.all]) {
      const jumps = jumpsOf(u, x, toFractional, atoms);
      if (atoms === this.few && this.misfit && jumps.every((v) => v === 0)) {
        if (this.fewMisfit(x, tolerance)) return undefined;
        continue;
      }
      const byStated = this.fit(structure, atoms, jumps, false, tolerance);
      const byOwn = jumps.some((v) => v !== 0) ? this.fit(structure, atoms, jumps, true, tolerance) : undefined;
      const image = byOwn && (!byStated || byOwn.residual < byStated.residual) ? byOwn : byStated;
      if (!image) return undefined;
      if (atoms === this.all) return image;
    }
    return undefined;
  }

  /** Whether one of the few atoms deviates by more than the tolerance; leaves at the first one that does. */
  private fewMisfit(x: Float64Array, tolerance: number): boolean {
    const { few, misfit } = this;
    const m = few.length;
    for (let k = 0; k < m; k++)
      for (let d = 0; d < 3; d++) {
        let rest = 0;
        for (let l = 0; l < m; l++) rest += misfit![k * m + l]! * x[3 * few[l]! + d]!;
        if (Math.abs(rest) > tolerance) return true;
      }
    return false;
  }

  private fit(
    structure: Structure,
    atoms: Int32Array,
    jumps: Float64Array,
    byOwnCell: boolean,
    tolerance: number,
  ): AffineImage | undefined {
    const m = atoms.length;
    const u = new Float64Array(3 * m);
    const x = new Float64Array(3 * m);
    const shift = byOwnCell ? undefined : multiplyRows(jumps, structure.cell);
    const meanU = [0, 0, 0];
    const meanX = [0, 0, 0];
    for (let k = 0; k < m; k++)
      for (let d = 0; d < 3; d++) {
        u[3 * k + d] = this.fractional[3 * atoms[k]! + d]! + (shift ? 0 : jumps[3 * k + d]!);
        x[3 * k + d] = structure.positions[3 * atoms[k]! + d]! - (shift ? shift[3 * k + d]! : 0);
        meanU[d]! += u[3 * k + d]! / m;
        meanX[d]! += x[3 * k + d]! / m;
      }
    const a = new Float64Array(9);
    const b = new Float64Array(9);
    for (let k = 0; k < m; k++)
      for (let p = 0; p < 3; p++) {
        const up = u[3 * k + p]! - meanU[p]!;
        for (let q = 0; q < 3; q++) {
          a[3 * p + q]! += up * (u[3 * k + q]! - meanU[q]!);
          b[3 * p + q]! += up * (x[3 * k + q]! - meanX[q]!);
        }
      }
    // atoms in a plane or on a line say nothing about the third vector
    if (!(Math.abs(determinant(a)) > FLAT * m ** 3)) return undefined;
    const cell = multiplyRows(inverse(a), b);
    let residual = 0;
    for (let k = 0; k < m; k++)
      for (let d = 0; d < 3; d++) {
        let v = meanX[d]! - x[3 * k + d]!;
        for (let p = 0; p < 3; p++) v += (u[3 * k + p]! - meanU[p]!) * cell[3 * p + d]!;
        residual = Math.max(residual, Math.abs(v));
      }
    if (!(residual <= tolerance)) return undefined;
    return { cell, residual, unwrapped: x };
  }
}

/** 1 - B (B^T B)^-1 B^T with B = (u, 1): what is left of coordinates after the best affine image of u is taken off. */
function misfitMatrix(fractional: Float64Array, atoms: Int32Array): Float64Array | undefined {
  const m = atoms.length;
  const u = new Float64Array(3 * m);
  const mean = [0, 0, 0];
  for (let k = 0; k < m; k++) for (let d = 0; d < 3; d++) mean[d]! += fractional[3 * atoms[k]! + d]! / m;
  const a = new Float64Array(9);
  for (let k = 0; k < m; k++) {
    for (let d = 0; d < 3; d++) u[3 * k + d] = fractional[3 * atoms[k]! + d]! - mean[d]!;
    for (let p = 0; p < 3; p++) for (let q = 0; q < 3; q++) a[3 * p + q]! += u[3 * k + p]! * u[3 * k + q]!;
  }
  if (!(Math.abs(determinant(a)) > FLAT * m ** 3)) return undefined;
  const projected = multiplyRows(u, inverse(a));
  const out = new Float64Array(m * m);
  for (let k = 0; k < m; k++)
    for (let l = 0; l < m; l++) {
      let v = (k === l ? 1 : 0) - 1 / m;
      for (let d = 0; d < 3; d++) v -= projected[3 * k + d]! * u[3 * l + d]!;
      out[k * m + l] = v;
    }
  return out;
}

/** Whole cells by which atoms were moved against the first one, shape (atoms, 3). */
function jumpsOf(u: Float64Array, x: Float64Array, inv: Float64Array, atoms: Int32Array): Float64Array {
  const out = new Float64Array(3 * atoms.length);
  const first = [0, 0, 0];
  for (let k = 0; k < atoms.length; k++) {
    const i = 3 * atoms[k]!;
    for (let d = 0; d < 3; d++) {
      const v = x[i]! * inv[d]! + x[i + 1]! * inv[3 + d]! + x[i + 2]! * inv[6 + d]! - u[i + d]!;
      if (k === 0) first[d] = v;
      out[3 * k + d] = Math.round(v - first[d]!) + 0;
    }
  }
  return out;
}

/** A structure related to others by affine images, and how. */
export interface Relative {
  /** index of the frame */
  frame: number;
  /** cell of its coordinates, taken as an image of the family's first member, Å */
  image: AffineImage;
  /** coordinates' cell in units of the stated cell: relatives with the same one agree about what belongs to what */
  relation: Float64Array;
}

/** Families of frames whose coordinates are affine images of each other. Frames must have the same atoms in the same order. */
export function affineFamilies(structures: readonly Structure[], members: readonly number[], tolerance: number): Relative[][] {
  const families: { reference: AffineReference; relatives: Relative[] }[] = [];
  for (const frame of members) {
    const structure = structures[frame]!;
    let found = false;
    const toFractional = inverse(structure.cell);
    for (const family of families) {
      const image = family.reference.imageIn(structure, tolerance, toFractional);
      if (!image) continue;
      family.relatives.push({ frame, image, relation: multiplyRows(image.cell, toFractional) });
      found = true;
      break;
    }
    if (found || families.length >= MOST_FAMILIES) continue;
    const reference = new AffineReference(structure);
    const image: AffineImage = { cell: structure.cell, residual: 0, unwrapped: structure.positions };
    families.push({ reference, relatives: [{ frame, image, relation: Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1) }] });
  }
  return families.filter((family) => family.relatives.length > 1).map((family) => family.relatives);
}

/** Frames beyond this many unrelated ones are compared with these only: the work grows with the product. */
const MOST_FAMILIES = 1500;
