import { inverse, multiplyRows, type Structure } from '../../structures/structure.js';
import { type CoincidenceRotation, cosets, indicesInRotated, type PlanarBasis, planarCoincidence } from './coincidence.js';
import { type Indices, type Stacking, stacking } from './slab.js';
import { cross, norm } from './vectors.js';

/** Sheets of atoms of one grain, in the frame of the boundary: z along its normal, upwards out of the lower grain. */
export interface Grain {
  /** distance of equal layers, Å */
  spacing: number;
  /** heights where it can be cut, as fractions of a layer; the widest gap between sheets of atoms first */
  cuts: readonly number[];
  /** area of the smallest cell in the plane, Å² */
  area: number;
  /** atoms of this cell: species, and position as fractions of the first two vectors and of a layer */
  atoms: readonly { species: string; at: readonly [number, number, number] }[];
  /** both vectors in the plane, x and y, Å */
  basis: PlanarBasis;
  /** how far the next layer is shifted along x and y, Å */
  lean: readonly [number, number];
}

/** The two grains of a boundary between a crystal and the same crystal rotated. */
export interface Boundary {
  lower: Grain;
  upper: Grain;
  /** shortest periods that both grains have in the plane, x and y, Å; the first is along x */
  period: PlanarBasis;
  /** shifts of the upper grain by these vectors change nothing, Å */
  sameShift: PlanarBasis;
  /** area of the period, Å² */
  area: number;
}

/**
 * The geometry of a boundary.
 * @param crystal conventional cell of a cubic crystal with vectors along x, y and z
 * @param plane of the boundary, in the axes of the lower grain
 * @param rotation of the upper grain
 */
export function boundaryOf(crystal: Structure, plane: Indices, rotation: CoincidenceRotation): Boundary {
  const normal = Float64Array.from(plane);
  const axes = (x: ArrayLike<number>) => {
    const z = normal.map((value) => value / norm(normal));
    const along = Float64Array.from(x, (value) => value / norm(x));
    return columns(along, cross(z, along), z);
  };
  const below = stacking(crystal, plane);
  const above = stacking(crystal, indicesInRotated(plane, rotation));
  // rows of the rotated crystal: r' = R r is the row r times the transpose
  const turned: Stacking = {
    ...above,
    cell: {
      ...above.cell,
      cell: multiplyRows(above.cell.cell, transpose(rotation.matrix)),
      positions: multiplyRows(above.cell.positions, transpose(rotation.matrix)),
    },
  };
  const frame = axes(below.cell.cell.subarray(0, 3));
  const [lower, upper] = [grain(below, frame), grain(turned, frame)];
  const { common, sums } = planarCoincidence(lower.basis, upper.basis);
  // the first period shall lie along x
  const length = Math.hypot(common[0], common[1]);
  const [cos, sin] = [common[0] / length, common[1] / length];
  const turn = (x: number, y: number) => [cos * x + sin * y, cos * y - sin * x] as const;
  const both = ([x1, y1, x2, y2]: PlanarBasis): PlanarBasis => [...turn(x1, y1), ...turn(x2, y2)];
  const turnedGrain = (each: Grain): Grain => ({ ...each, basis: both(each.basis), lean: turn(...each.lean) });
  return {
    lower: turnedGrain(lower),
    upper: turnedGrain(upper),
    period: [length, 0, ...turn(common[2], common[3])],
    sameShift: both(sums),
    area: common[0] * common[3] - common[1] * common[2],
  };
}

function grain({ cell: { cell, species, positions }, spacing, cuts, area }: Stacking, frame: Float64Array): Grain {
  const rows = multiplyRows(cell, frame);
  const fractional = multiplyRows(positions, inverse(cell));
  // rounded, so that both grains have equal gaps in the same order
  const distance = (cut: number) =>
    Math.min(...species.map((_, i) => Math.round(1e6 * Math.abs(((fractional[3 * i + 2]! - cut + 1.5) % 1) - 0.5))));
  return {
    spacing,
    cuts: [...cuts].sort((p, q) => distance(q) - distance(p)),
    area,
    basis: [rows[0]!, rows[1]!, rows[3]!, rows[4]!],
    lean: [rows[6]!, rows[7]!],
    atoms: species.map((symbol, i) => ({ species: symbol, at: [fractional[3 * i]!, fractional[3 * i + 1]!, fractional[3 * i + 2]!] })),
  };
}

/** Atoms of one grain, Å, in the frame of the boundary. */
export interface GrainAtoms {
  species: string[];
  /** x, y, z; shape (n, 3) */
  positions: number[];
}

/**
 * Layers of a grain over a period of the boundary.
 * @param from first layer; layer 0 is the first one above the plane z = 0, layer -1 the last one below
 * @param to one past the last layer
 * @param cut where the plane z = 0 cuts the crystal, one of the grain's cuts
 */
export function layers(grain: Grain, period: PlanarBasis, from: number, to: number, cut: number): GrainAtoms {
  const { basis, lean, spacing, atoms } = grain;
  const out: GrainAtoms = { species: [], positions: [] };
  for (let layer = from; layer < to; layer++)
    for (const { species, at } of atoms) {
      // the same atom in whichever layer it stands above the cut
      const height = at[2] - cut;
      const k = layer - Math.floor(height);
      for (const [i, j] of cosets(basis, period)) {
        const [u, v] = [at[0] + i, at[1] + j];
        const c = k + at[2];
        out.positions.push(
          u * basis[0] + v * basis[2] + c * lean[0],
          u * basis[1] + v * basis[3] + c * lean[1],
          (height - Math.floor(height) + layer) * spacing,
        );
        out.species.push(species);
      }
    }
  return out;
}

/** Free space below the lower grain, Å, so that rounding takes no atom across the edge of the box. */
const BELOW = 1;

/** Both grains as one structure: the lower one first. Not periodic along z. */
export function bicrystal(period: PlanarBasis, lower: GrainAtoms, upper: GrainAtoms): Structure {
  const positions = [...lower.positions, ...upper.positions];
  const bottom = lowest(lower);
  const [x1, y1, x2, y2] = period;
  return {
    cell: Float64Array.of(x1, y1, 0, x2, y2, 0, 0, 0, positions.at(-1)! - bottom + 2 * BELOW),
    pbc: [true, true, false],
    species: [...lower.species, ...upper.species],
    positions: Float64Array.from(positions, (value, k) => (k % 3 === 2 ? value - bottom + BELOW : value)),
  };
}

/** How far `bicrystal` lifts its atoms, Å. */
export function lifted(lower: GrainAtoms): number {
  return BELOW - lowest(lower);
}

function lowest({ positions }: GrainAtoms): number {
  let bottom = Number.POSITIVE_INFINITY;
  for (let k = 2; k < positions.length; k += 3) bottom = Math.min(bottom, positions[k]!);
  return bottom;
}

function columns(x: ArrayLike<number>, y: ArrayLike<number>, z: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: 9 }, (_, k) => [x, y, z][k % 3]![Math.floor(k / 3)]!);
}

function transpose(m: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: 9 }, (_, k) => m[3 * (k % 3) + Math.floor(k / 3)]!);
}
