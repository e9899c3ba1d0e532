import { KernelInstance } from '../kernels/instance.js';
import { neighbourPairs } from '../structures/neighbours.js';
import { type Structure, volume } from '../structures/structure.js';

/** Spacing of the radial table that forces are looked up in, Å. */
const STEP = 0.005;
/** Table points kept before the shortest and after the longest distance, for the difference and interpolation stencils. */
const MARGIN = 5;

type BlockName =
  | 'start'
  | 'second'
  | 'frame'
  | 'unit'
  | 'distance'
  | 'slopes'
  | 'embedding'
  | 'forces'
  | 'virial'
  | 'bySlope'
  | 'byEmbedding';

/**
 * Neighbour pairs of the structures whose forces or stresses are fitted. Forces come from one pass over the pairs with look-up in a
 * fine table of radial slopes; the slopes are fourth-order differences of the values on the same grid, so everything is linear in the
 * tabulated values and the adjoint is exact.
 */
export class ForceTable {
  readonly nAtoms: number;
  readonly nPairs: number;
  readonly nFrames: number;
  /** distances of the table, Å */
  readonly grid: Float64Array;
  /** first atom of each frame, shape (nFrames + 1) */
  readonly atomStart: Int32Array;
  /** Å³, shape (nFrames) */
  readonly volumes: Float64Array;
  private readonly kernel = new KernelInstance();
  private readonly at: Record<BlockName, number>;

  constructor(structures: readonly Structure[], cutoff: number) {
    this.nFrames = structures.length;
    const lists = structures.map((structure) => neighbourPairs(structure, cutoff));
    this.atomStart = new Int32Array(structures.length + 1);
    structures.forEach((structure, f) => {
      this.atomStart[f + 1] = this.atomStart[f]! + structure.species.length;
    });
    this.nAtoms = this.atomStart[structures.length]!;
    this.nPairs = lists.reduce((total, list) => total + list.count, 0);
    this.volumes = Float64Array.from(structures, (structure) => volume(structure.cell));
    let shortest = cutoff;
    for (const list of lists) for (let p = 0; p < list.count; p++) shortest = Math.min(shortest, list.distances[p]!);
    const start = shortest - MARGIN * STEP;
    const count = Math.ceil((cutoff - start) / STEP) + MARGIN;
    this.grid = Float64Array.from({ length: count }, (_, g) => start + g * STEP);
    const k = this.kernel;
    const n = this.nPairs;
    this.at = {
      start: k.integers(this.nAtoms + 1),
      second: k.integers(n),
      frame: k.integers(this.nAtoms),
      unit: k.doubles(3 * n),
      distance: k.doubles(n),
      slopes: k.doubles(2 * count),
      embedding: k.doubles(this.nAtoms),
      forces: k.doubles(3 * this.nAtoms),
      virial: k.doubles(6 * this.nFrames),
      bySlope: k.doubles(2 * count),
      byEmbedding: k.doubles(this.nAtoms),
    };
    const buffer = k.functions.memory.buffer;
    const pairStart = new Int32Array(buffer, this.at.start, this.nAtoms + 1);
    const second = new Int32Array(buffer, this.at.second, n);
    const frame = new Int32Array(buffer, this.at.frame, this.nAtoms);
    const unit = this.view('unit', 3 * n);
    const distance = this.view('distance', n);
    let q = 0;
    lists.forEach((list, f) => {
      const base = this.atomStart[f]!;
      frame.fill(f, base, this.atomStart[f + 1]);
      for (let p = 0; p < list.count; p++, q++) {
        const r = list.distances[p]!;
        // the list is sorted by its first atoms
        pairStart[base + list.first[p]! + 1]!++;
        second[q] = base + list.second[p]!;
        distance[q] = r;
        for (let d = 0; d < 3; d++) unit[3 * q + d] = list.vectors[3 * p + d]! / r;
      }
    });
    for (let i = 0; i < this.nAtoms; i++) pairStart[i + 1]! += pairStart[i]!;
  }

  private view(name: BlockName, length: number): Float64Array {
    return this.kernel.f64(this.at[name], length);
  }

  /** Slopes (1/Å) from values on the grid; the two outermost points at each end are not used and stay zero. */
  private fillSlopes(pair: ArrayLike<number>, density: ArrayLike<number>): void {
    const n = this.grid.length;
    const slopes = this.view('slopes', 2 * n);
    const f = 1 / (12 * STEP);
    for (let g = 2; g < n - 2; g++) {
      slopes[2 * g] = (pair[g - 2]! - 8 * pair[g - 1]! + 8 * pair[g + 1]! - pair[g + 2]!) * f;
      slopes[2 * g + 1] = (density[g - 2]! - 8 * density[g - 1]! + 8 * density[g + 1]! - density[g + 2]!) * f;
    }
  }

  /**
   * Forces, eV/Å, shape (nAtoms, 3), and virials sum dE/dr r_a r_b / r, eV, shape (nFrames, 6) in the order xx yy zz yz xz xy
   * (stress = virial / volume). Views that the next call overwrites.
   * @param pair values of the pair function on the grid, eV
   * @param density values of the density on the grid
   * @param embeddingSlopes dF/drho of each atom, eV
   */
  forces(
    pair: ArrayLike<number>,
    density: ArrayLike<number>,
    embeddingSlopes: ArrayLike<number>,
  ): { forces: Float64Array; virial: Float64Array } {
    this.fillSlopes(pair, density);
    this.view('embedding', this.nAtoms).set(embeddingSlopes);
    const forces = this.view('forces', 3 * this.nAtoms).fill(0);
    const virial = this.view('virial', 6 * this.nFrames).fill(0);
    const { at } = this;
    this.kernel.functions.forces(
      at.start,
      at.second,
      at.distance,
      at.unit,
      this.nAtoms,
      this.grid[0]!,
      1 / STEP,
      at.slopes,
      at.embedding,
      at.frame,
      at.forces,
      at.virial,
    );
    return { forces, virial };
  }

  /**
   * Adjoint of the last `forces` call: derivatives of a loss with dL/dforce (nAtoms, 3) and dL/dvirial (nFrames, 6) with respect to
   * the values on the grid and to the embedding slopes.
   */
  adjoint(
    byForce: Float64Array,
    byVirial: Float64Array,
  ): { byPair: Float64Array; byDensity: Float64Array; byEmbeddingSlope: Float64Array } {
    const n = this.grid.length;
    const bySlope = this.view('bySlope', 2 * n).fill(0);
    const byEmbedding = this.view('byEmbedding', this.nAtoms).fill(0);
    this.view('forces', 3 * this.nAtoms).set(byForce);
    this.view('virial', 6 * this.nFrames).set(byVirial);
    const { at } = this;
    this.kernel.functions.forceAdjoint(
      at.start,
      at.second,
      at.distance,
      at.unit,
      this.nAtoms,
      this.grid[0]!,
      1 / STEP,
      at.slopes,
      at.embedding,
      at.frame,
      at.forces,
      at.virial,
      at.bySlope,
      at.byEmbedding,
    );
    const byPair = new Float64Array(n);
    const byDensity = new Float64Array(n);
    const f = 1 / (12 * STEP);
    for (let g = 2; g < n - 2; g++) {
      const a = bySlope[2 * g]! * f;
      const b = bySlope[2 * g + 1]! * f;
      byPair[g - 2]! += a;
      byPair[g - 1]! -= 8 * a;
      byPair[g + 1]! += 8 * a;
      byPair[g + 2]! -= a;
      byDensity[g - 2]! += b;
      byDensity[g - 1]! -= 8 * b;
      byDensity[g + 1]! += 8 * b;
      byDensity[g + 2]! -= b;
    }
    return { byPair, byDensity, byEmbeddingSlope: byEmbedding };
  }
}
