import { InputError } from '../../errors.js';
import { elementOf } from '../../structures/elements.js';
import { determinant, inverse, multiplyRows, type Structure } from '../../structures/structure.js';

/** A structure as LAMMPS wants it, and the way back. */
export interface LammpsStructure {
  /** atom type of each atom, 1 for the first element */
  types: number[];
  /** lattice vectors as lower-triangular rows, Å */
  box: Float64Array;
  /** Å, inside the box, shape (n, 3) */
  positions: Float64Array;
  /** turns rows of our coordinates into rows of LAMMPS's, shape (3, 3) row-major, a proper rotation */
  rotation: Float64Array;
  /** volume of LAMMPS's box, Å³; larger than the cell's where vacuum was put in along directions that are not periodic */
  boxVolume: number;
}

/**
 * Brings a structure into the form that LAMMPS takes, with `boundary p p p`.
 *
 * LAMMPS wants right-handed lattice vectors with a along x and b in the xy plane, and tilts of at most half a box: the
 * lattice gets a compact basis first (same lattice, other vectors), then it is rotated. Directions that are not periodic
 * become periodic with vacuum wider than the interaction, which changes no energy and loses no atoms.
 *
 * @param elements in the order of LAMMPS's atom types
 * @param cutoff Å, of the interaction
 * @throws InputError for an element that is not in `elements`, or a structure without atoms
 */
export function toLammps(structure: Structure, elements: readonly string[], cutoff: number): LammpsStructure {
  const { species } = structure;
  if (species.length === 0) throw new InputError('a structure without atoms cannot be given to LAMMPS');
  const types = species.map((symbol) => elements.indexOf(symbol) + 1);
  const unknown = types.indexOf(0);
  if (unknown >= 0) throw new InputError(`the potential has no element ${species[unknown]} (it has ${elements.join(', ')})`);
  const cell = reduceLattice(periodicCell(structure, cutoff));
  const rotation = rotationToTriangular(cell);
  const rows = multiplyRows(cell, rotation);
  const fractional = multiplyRows(structure.positions, inverse(cell));
  for (let k = 0; k < fractional.length; k++) {
    const f = fractional[k]! - Math.floor(fractional[k]!);
    fractional[k] = f >= 1 ? 0 : f;
  }
  // exactly lower-triangular: what rounding left above the diagonal is dropped
  const box = Float64Array.of(rows[0]!, 0, 0, rows[3]!, rows[4]!, 0, rows[6]!, rows[7]!, rows[8]!);
  return { types, box, positions: multiplyRows(fractional, box), rotation, boxVolume: box[0]! * box[4]! * box[8]! };
}

/** A LAMMPS data file (`atom_style atomic`) with masses (amu). */
export function dataText(structure: LammpsStructure, elements: readonly string[]): string {
  const { box, positions, types } = structure;
  const lines = [
    'structure written by eqpot',
    '',
    `${types.length} atoms`,
    `${elements.length} atom types`,
    '',
    `0 ${box[0]} xlo xhi`,
    `0 ${box[4]} ylo yhi`,
    `0 ${box[8]} zlo zhi`,
    `${box[3]} ${box[6]} ${box[7]} xy xz yz`,
    '',
    'Masses',
    '',
    ...elements.map((symbol, k) => `${k + 1} ${elementOf(symbol).mass} # ${symbol}`),
    '',
    'Atoms # atomic',
    '',
    ...types.map((type, i) => `${i + 1} ${type} ${positions[3 * i]} ${positions[3 * i + 1]} ${positions[3 * i + 2]}`),
  ];
  return `${lines.join('\n')}\n`;
}

/** A LAMMPS dump file with one snapshot for each structure, at timesteps 1, 2, ... */
export function dumpText(structures: readonly LammpsStructure[]): string {
  const lines: string[] = [];
  for (const [k, { box, positions, types }] of structures.entries()) {
    const [, , , xy, , , xz, yz] = box as unknown as number[];
    // a dump gives the bounds of the parallelepiped, not its edges
    lines.push('ITEM: TIMESTEP', `${k + 1}`, 'ITEM: NUMBER OF ATOMS', `${types.length}`, 'ITEM: BOX BOUNDS xy xz yz pp pp pp');
    lines.push(`${Math.min(0, xy!, xz!, xy! + xz!)} ${box[0]! + Math.max(0, xy!, xz!, xy! + xz!)} ${xy}`);
    lines.push(`${Math.min(0, yz!)} ${box[4]! + Math.max(0, yz!)} ${xz}`, `0 ${box[8]} ${yz}`, 'ITEM: ATOMS id type x y z');
    for (let i = 0; i < types.length; i++)
      lines.push(`${i + 1} ${types[i]} ${positions[3 * i]} ${positions[3 * i + 1]} ${positions[3 * i + 2]}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Vectors from LAMMPS's frame into ours, shape (n, 3). */
export function vectorsBack(vectors: Float64Array, rotation: Float64Array): Float64Array {
  return multiplyRows(vectors, transpose(rotation));
}

/** A second-rank tensor, shape (3, 3), from LAMMPS's frame into ours. */
export function tensorBack(tensor: Float64Array, rotation: Float64Array): Float64Array {
  // x' = x R for rows, so T = R T' R^t
  return multiplyRows(multiplyRows(rotation, tensor), transpose(rotation));
}

function transpose(m: Float64Array): Float64Array {
  return Float64Array.of(m[0]!, m[3]!, m[6]!, m[1]!, m[4]!, m[7]!, m[2]!, m[5]!, m[8]!);
}

/** The cell with vacuum vectors, at right angles to the periodic ones, in place of those that are not periodic. */
function periodicCell(structure: Structure, cutoff: number): Float64Array {
  const { pbc, positions } = structure;
  const cell = structure.cell.slice();
  const row = (d: number) => cell.subarray(3 * d, 3 * d + 3);
  for (const d of [0, 1, 2])
    if (pbc[d] && !(norm(row(d)) > 0)) throw new InputError(`lattice vector ${d + 1} is zero, but the structure is periodic along it`);
  const fixed = [0, 1, 2].filter((d) => pbc[d]).map((d): Float64Array => Float64Array.from(row(d)));
  for (const d of [0, 1, 2]) {
    if (pbc[d]) continue;
    const normal = normalTo(fixed);
    fixed.push(normal);
    let low = Infinity;
    let high = -Infinity;
    for (let i = 0; i < positions.length; i += 3) {
      const height = positions[i]! * normal[0]! + positions[i + 1]! * normal[1]! + positions[i + 2]! * normal[2]!;
      low = Math.min(low, height);
      high = Math.max(high, height);
    }
    // LAMMPS adds its neighbour skin to the cutoff
    const length = high - low + 1.2 * cutoff + 2;
    for (let x = 0; x < 3; x++) cell[3 * d + x] = normal[x]! * length;
  }
  return cell;
}

/** A unit vector at right angles to none, one or two vectors. */
function normalTo(vectors: readonly Float64Array[]): Float64Array {
  let best: Float64Array = Float64Array.of(0, 0, 1);
  if (vectors.length === 2) best = cross(vectors[0]!, vectors[1]!);
  else if (vectors.length === 1) {
    const candidates = [Float64Array.of(1, 0, 0), Float64Array.of(0, 1, 0), Float64Array.of(0, 0, 1)].map((e) =>
      cross(vectors[0]!, e),
    ) as Float64Array[];
    best = candidates.reduce((a, b) => (norm(a) >= norm(b) ? a : b));
  }
  const length = norm(best);
  if (!(length > 0)) throw new InputError('two lattice vectors of the structure are parallel');
  return best.map((x) => x / length);
}

/** Another basis of the same lattice with short, nearly orthogonal, right-handed vectors (pairwise reduction). */
function reduceLattice(cell: Float64Array): Float64Array {
  const out = cell.slice();
  for (let round = 0; round < 100; round++) {
    let changed = false;
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++) {
        if (i === j) continue;
        const a = out.subarray(3 * i, 3 * i + 3);
        const b = out.subarray(3 * j, 3 * j + 3);
        const count = Math.round(dot(a, b) / dot(b, b));
        // a shift by half a vector each way would go on for ever
        if (count === 0 || Math.abs(dot(a, b) / dot(b, b)) < 0.5 + 1e-9) continue;
        for (let x = 0; x < 3; x++) a[x]! -= count * b[x]!;
        changed = true;
      }
    if (!changed) break;
  }
  if (determinant(out) < 0) for (let x = 6; x < 9; x++) out[x]! *= -1;
  return tiltsWithinHalf(out);
}

/** Moves b and c by whole lattice vectors so that each tilt is at most half the box that it leans over. */
function tiltsWithinHalf(cell: Float64Array): Float64Array {
  const rotation = rotationToTriangular(cell);
  const lean = (of: number, over: number) => {
    const rows = multiplyRows(cell, rotation);
    const count = Math.round(rows[3 * of + over]! / rows[3 * over + over]!);
    for (let x = 0; x < 3; x++) cell[3 * of + x]! -= count * cell[3 * over + x]!;
  };
  lean(2, 1);
  lean(1, 0);
  lean(2, 0);
  return cell;
}

/** The rotation (columns are the new axes) that puts a along x and b into the xy plane. */
function rotationToTriangular(cell: Float64Array): Float64Array {
  const a = cell.subarray(0, 3);
  const b = cell.subarray(3, 6);
  const x = Float64Array.from(a, (v) => v / norm(a));
  const ab = cross(a, b);
  const z = Float64Array.from(ab, (v) => v / norm(ab));
  const y = cross(z, x);
  return Float64Array.of(x[0]!, y[0]!, z[0]!, x[1]!, y[1]!, z[1]!, x[2]!, y[2]!, z[2]!);
}

function cross(a: Float64Array, b: Float64Array): Float64Array {
  return Float64Array.of(a[1]! * b[2]! - a[2]! * b[1]!, a[2]! * b[0]! - a[0]! * b[2]!, a[0]! * b[1]! - a[1]! * b[0]!);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
}

function norm(a: Float64Array): number {
  return Math.sqrt(dot(a, a));
}
