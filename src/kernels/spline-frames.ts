import { InputError } from '../errors.js';
import { pairIndex } from '../potentials/s-meam.js';
import { neighbourPairs } from '../structures/neighbours.js';
import { type Structure, volume } from '../structures/structure.js';
import type { KernelInstance } from './instance.js';
import { type PlacedSpline, pieceOf, type SplineLayout } from './spline-layout.js';

/** Bytes of the four coefficients of a piece for two candidates. */
const PIECE_BYTES = 64;

/** Words of the description of a frame; see assembly/splines.ts. */
export const FRAME_WORDS = 13;

/** One structure in the memory of the kernels. */
export interface SplineFrame {
  /** byte offset of its description */
  at: number;
  atoms: number;
  pairs: number;
  /** most bonds of an atom */
  mostBonds: number;
  /** Å³ */
  volume: number;
  /** indices of the elements of its atoms, shape (atoms) */
  species: Int32Array;
}

/**
 * Puts a structure into the memory of the kernels: its pairs, bonds and angles, each with the piece of every spline that it falls in.
 * @param reach Å; f is zero from here on, so that bonds beyond make no angles
 * @throws InputError for an element that the layout does not have
 */
export function placeFrame(kernel: KernelInstance, layout: SplineLayout, structure: Structure, reach: number): SplineFrame {
  const { elements, placed } = layout;
  const ne = elements.length;
  const atoms = structure.species.length;
  const species = Int32Array.from(structure.species, (symbol) => {
    const index = elements.indexOf(symbol);
    if (index < 0) throw new InputError(`the potential has no element ${symbol} (it has ${elements.join(', ')})`);
    return index;
  });
  const list = neighbourPairs(structure, layout.cutoff);
  const [twoBody, angular] = [placed.rho.length > 0, placed.f.length > 0];
  const sample = (spline: PlacedSpline, x: number) => {
    const found = pieceOf(spline, x);
    return { bytes: (spline.piece + found.piece) * PIECE_BYTES, x: found.x };
  };
  const pairs = new Int32Array(6 * list.count);
  const pairsAt = new Float64Array(7 * list.count);
  const bondCount = new Int32Array(atoms);
  for (let p = 0; p < list.count; p++) {
    const [i, j, r] = [list.first[p]!, list.second[p]!, list.distances[p]!];
    bondCount[i]!++;
    bondCount[j]!++;
    const phi = sample(placed.phi[pairIndex(species[i]!, species[j]!, ne)]!, r);
    pairs.set([i, j, phi.bytes], 6 * p);
    for (let d = 0; d < 3; d++) pairsAt[7 * p + d] = list.vectors[3 * p + d]! / r;
    pairsAt[7 * p + 3] = r;
    pairsAt[7 * p + 4] = phi.x;
    if (!twoBody) continue;
    const [ofSecond, ofFirst] = [sample(placed.rho[species[j]!]!, r), sample(placed.rho[species[i]!]!, r)];
    pairs.set([ofSecond.bytes, ofFirst.bytes], 6 * p + 3);
    pairsAt.set([ofSecond.x, ofFirst.x], 7 * p + 5);
  }
  // bonds within the reach of f come first
  const start = new Int32Array(atoms + 1);
  for (let i = 0; i < atoms; i++) start[i + 1] = start[i]! + bondCount[i]!;
  const near = new Int32Array(atoms);
  const bonds = new Int32Array(4 * start[atoms]!);
  const bondsAt = new Float64Array(6 * start[atoms]!);
  const fill = start.slice(0, atoms);
  for (const inside of [true, false])
    for (let p = 0; p < list.count; p++) {
      const r = list.distances[p]!;
      if (angular && r < reach !== inside) continue;
      if (!angular && inside) continue;
      for (const [i, j, sign] of [
        [list.first[p]!, list.second[p]!, 1],
        [list.second[p]!, list.first[p]!, -1],
      ] as const) {
        const b = fill[i]!++;
        if (inside) near[i]!++;
        bonds[4 * b] = j;
        for (let d = 0; d < 3; d++) bondsAt[6 * b + d] = (sign * list.vectors[3 * p + d]!) / r;
        bondsAt[6 * b + 3] = 1 / r;
        if (angular) {
          const f = sample(placed.f[species[j]!]!, r);
          bonds[4 * b + 1] = f.bytes;
          bondsAt[6 * b + 4] = f.x;
        }
        if (twoBody) {
          const rho = sample(placed.rho[species[j]!]!, r);
          bonds[4 * b + 2] = rho.bytes;
          bondsAt[6 * b + 5] = rho.x;
        }
      }
    }
  let angles = 0;
  for (const count of near) angles += (count * (count - 1)) / 2;
  const mostBonds = Math.max(0, ...bondCount);
  const at = kernel.integers(FRAME_WORDS);
  const blocks = {
    species: kernel.integers(atoms, species),
    pairs: kernel.integers(pairs.length, pairs),
    pairsAt: kernel.doubles(pairsAt.length, pairsAt),
    start: kernel.integers(atoms + 1, start),
    bonds: kernel.integers(bonds.length, bonds),
    bondsAt: kernel.doubles(bondsAt.length, bondsAt),
    angles: kernel.integers(angles),
    anglesAt: kernel.doubles(angles),
    reach: kernel.integers(atoms, near),
  };
  const piece = kernel.i32(blocks.angles, angles);
  const place = kernel.f64(blocks.anglesAt, angles);
  let t = 0;
  for (let i = 0; i < atoms; i++)
    for (let a = start[i]!; a < start[i]! + near[i]!; a++)
      for (let b = start[i]!; b < a; b++) {
        const cosine =
          bondsAt[6 * a]! * bondsAt[6 * b]! + bondsAt[6 * a + 1]! * bondsAt[6 * b + 1]! + bondsAt[6 * a + 2]! * bondsAt[6 * b + 2]!;
        const spline = placed.g[pairIndex(species[bonds[4 * a]!]!, species[bonds[4 * b]!]!, ne)]!;
        const found = sample(spline, Math.max(-1, Math.min(1, cosine)));
        piece[t] = found.bytes;
        place[t++] = found.x;
      }
  kernel
    .i32(at, FRAME_WORDS)
    .set([
      atoms,
      list.count,
      blocks.species,
      blocks.pairs,
      blocks.pairsAt,
      blocks.start,
      blocks.bonds,
      blocks.bondsAt,
      blocks.angles,
      blocks.anglesAt,
      blocks.reach,
      twoBody ? 1 : 0,
      mostBonds,
    ]);
  return { at, atoms, pairs: list.count, mostBonds, volume: volume(structure.cell), species };
}
