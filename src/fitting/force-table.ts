import { KernelInstance } from '../kernels/instance.js';
import { neighbourPairs } from '../structures/neighbours.js';
import { type Structure, volume } from '../structures/structure.js';

/** Spacing of the radial table that forces are looked up in, Å. */
const STEP = 0.005;
/** Table points kept before the shortest and after the longest distance, for the difference and interpolation stencils. */
const MARGIN = 5;

/** Columns of the derivatives of forces: one for each parameter that moves. */
export interface ForceColumns {
  /** derivatives of the pair function on the grid, each of shape (G) */
  pair: readonly Float64Array[];
  /** the same of the density */
  density: readonly Float64Array[];
  /** derivatives of dF/drho of all atoms along the density columns (through the density), then along the embedding columns, each (nAtoms) */
  tangents: readonly Float64Array[];
}

/** Weights of the squares and first derivatives of the loss by force component, shape (nAtoms, 3), or virial component, (nFrames, 6). */
export interface ResidualFactors {
  square: Float64Array;
  first: Float64Array;
}

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

type ColumnBlocks = Record<
  | 'tables'
  | 'tangent'
  | 'columns'
  | 'virialColumns'
  | 'forceSquare'
  | 'forceFirst'
  | 'virialSquare'
  | 'virialFirst'
  | 'matrix'
  | 'gradient',
  number
>;

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

  /** @param maxColumns most columns that `normalEquations` will be asked for */
  constructor(
    structures: readonly Structure[],
    cutoff: number,
    private readonly maxColumns = 0,
  ) {
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
   * Gauss-Newton matrix J^T W J, upper triangle, and gradient of the last `forces` call along many parameters, frame by frame, so that
   * the derivatives of one frame are all that is held. Columns stand in the order pair, density, embedding.
   */
  normalEquations(
    columns: ForceColumns,
    byForce: ResidualFactors,
    byVirial: ResidualFactors,
  ): { matrix: Float64Array; gradient: Float64Array } {
    const { at, kernel, grid } = this;
    const widths = [columns.pair.length, columns.density.length, columns.tangents.length - columns.density.length] as const;
    // blocks of two columns
    const [nPair, nDensity, nEmbedding] = widths.map((width) => width + (width % 2)) as [number, number, number];
    const C = nPair + nDensity + nEmbedding;
    const T = nPair + nDensity;
    const S = nDensity + nEmbedding;
    const G = grid.length;
    this.blocks ??= this.allocateColumns(this.maxColumns + 3);
    const { blocks } = this;
    const view = (name: keyof ColumnBlocks, length: number): Float64Array => kernel.f64(blocks[name], length);
    const tables = view('tables', G * T).fill(0);
    const f = 1 / (12 * STEP);
    const table = (values: Float64Array, column: number): void => {
      for (let g = 2; g < G - 2; g++)
        tables[g * T + column] = (values[g - 2]! - 8 * values[g - 1]! + 8 * values[g + 1]! - values[g + 2]!) * f;
    };
    for (const [c, values] of columns.pair.entries()) table(values, c);
    for (const [c, values] of columns.density.entries()) table(values, nPair + c);
    const tangent = view('tangent', this.nAtoms * S).fill(0);
    columns.tangents.forEach((values, c) => {
      const column = c < widths[1] ? c : nDensity + c - widths[1];
      for (let i = 0; i < this.nAtoms; i++) tangent[i * S + column] = values[i]!;
    });
    view('forceSquare', 3 * this.nAtoms).set(byForce.square);
    view('forceFirst', 3 * this.nAtoms).set(byForce.first);
    view('virialSquare', 6 * this.nFrames).set(byVirial.square);
    view('virialFirst', 6 * this.nFrames).set(byVirial.first);
    const matrix = view('matrix', C * C).fill(0);
    const gradient = view('gradient', C).fill(0);
    const virial = view('virialColumns', 6 * C);
    let pair = 0;
    for (let k = 0; k < this.nFrames; k++) {
      const first = this.atomStart[k]!;
      const last = this.atomStart[k + 1]!;
      const rows = 3 * (last - first);
      view('columns', rows * C).fill(0);
      virial.fill(0);
      const stressed = byVirial.square.subarray(6 * k, 6 * k + 6).some((x) => x !== 0);
      pair = kernel.functions.forceColumns(
        at.start,
        at.second,
        at.distance,
        at.unit,
        first,
        last,
        pair,
        grid[0]!,
        1 / STEP,
        at.slopes,
        at.embedding,
        blocks.tables,
        blocks.tangent,
        nPair,
        nDensity,
        nEmbedding,
        blocks.columns,
        stressed ? blocks.virialColumns : 0,
      );
      const { forceSquare, forceFirst, virialSquare, virialFirst } = blocks;
      const add = (from: number, count: number, square: number, by: number): void =>
        kernel.functions.normalEquations(from, count, C, square, by, blocks.matrix, blocks.gradient);
      add(blocks.columns, rows, forceSquare + 24 * first, forceFirst + 24 * first);
      if (stressed) add(blocks.virialColumns, 6, virialSquare + 48 * k, virialFirst + 48 * k);
    }
    // without the columns that only fill up the blocks
    const kept = [0, nPair, nPair + nDensity].flatMap((start, block) => Array.from({ length: widths[block]! }, (_, c) => start + c));
    const n = kept.length;
    const out = { matrix: new Float64Array(n * n), gradient: Float64Array.from(kept, (c) => gradient[c]!) };
    for (let a = 0; a < n; a++) for (let b = a; b < n; b++) out.matrix[a * n + b] = matrix[kept[a]! * C + kept[b]!]!;
    return out;
  }

  private blocks: ColumnBlocks | undefined;

  private allocateColumns(C: number): ColumnBlocks {
    const k = this.kernel;
    let largest = 0;
    for (let f = 0; f < this.nFrames; f++) largest = Math.max(largest, this.atomStart[f + 1]! - this.atomStart[f]!);
    return {
      tables: k.doubles(this.grid.length * C),
      tangent: k.doubles(this.nAtoms * C),
      columns: k.doubles(3 * largest * C),
      virialColumns: k.doubles(6 * C),
      forceSquare: k.doubles(3 * this.nAtoms),
      forceFirst: k.doubles(3 * this.nAtoms),
      virialSquare: k.doubles(6 * this.nFrames),
      virialFirst: k.doubles(6 * this.nFrames),
      matrix: k.doubles(C * C),
      gradient: k.doubles(C),
    };
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
