import type { AdpFrames, AdpTables } from './adp-frames.js';

/** Step of the differences along the density. */
const DENSITY_STEP = 3e-4;

/** Blocks in the memory of the kernel, for rows of so many columns. */
interface Blocks {
  columns: number;
  energy: number;
  rows: number;
  virial: number;
  byDensity: number;
  tangent: number;
  /** of dipoles and quadrupoles, and room for three rows */
  byDipole: number;
  byQuadrupole: number;
  room: number;
  matrix: number;
  gradient: number;
  square: number;
  first: number;
}

/**
 * Derivatives of what `AdpFrames` has evaluated last along the columns of its tables, and what they add up to: Gauss-Newton matrix and gradient of
 * forces and virials.
 */
export class AdpColumns {
  private blocks: Blocks | undefined;
  private capacity = 0;

  constructor(private readonly frames: AdpFrames) {}

  /**
   * Derivatives of the energy of the structure that `evaluate` was called for last, with the same tables, shape (columns); those of its forces and
   * virial, as far as they are asked for, stay with the kernel, for `addForces` and `addVirial`. A view that the next call overwrites.
   */
  derive(s: number, tables: AdpTables, upTo: 'energy' | 'forces' | 'virial'): Float64Array {
    const { frames } = this;
    const { kernel: k, meta, state, grid } = frames;
    const { at, atoms } = frames.frames[s]!;
    const C = tables.columns;
    const b = this.blocksOf(C);
    k.f64(b.energy, C).fill(0);
    k.f64(b.byDensity, atoms * C).fill(0);
    k.f64(b.tangent, atoms * C).fill(0);
    const virial = upTo === 'virial' ? b.virial : 0;
    const forces = upTo !== 'energy';
    if (forces) k.f64(b.rows, 3 * atoms * C).fill(0);
    if (virial) k.f64(virial, 6 * C).fill(0);
    const { from, inverseStep } = grid;
    k.functions.adpDensityColumns(at, meta, from, inverseStep, b.byDensity, b.energy, 8 * C);
    this.embed(s, tables, b);
    if (forces) k.functions.adpForceColumns(at, meta, state, from, inverseStep, b.tangent, b.room, 8 * C, b.rows, virial);
    const angular = [...tables.dipole, ...tables.quadrupole].filter((table) => table.width > 0);
    if (angular.length > 0) {
      const first = Math.min(...angular.map((table) => table.first));
      const width = Math.max(...angular.map((table) => table.first + table.width)) - first;
      k.f64(b.byDipole, 3 * atoms * width).fill(0);
      k.f64(b.byQuadrupole, 6 * atoms * width).fill(0);
      const [start, bytes] = [8 * first, 8 * width];
      const [byDipole, byQuadrupole] = [b.byDipole, b.byQuadrupole];
      const moments = [at, meta, state, from, inverseStep, start, bytes, byDipole, byQuadrupole] as const;
      k.functions.adpMomentColumns(...moments, b.energy);
      if (forces) k.functions.adpMomentForceColumns(...moments, b.room, 8 * C, b.rows, virial);
    }
    return k.f64(b.energy, C);
  }

  /** Starts sums over structures. */
  start(tables: AdpTables): void {
    const { kernel: k } = this.frames;
    const { matrix, gradient } = this.blocksOf(tables.columns);
    k.f64(matrix, tables.columns ** 2).fill(0);
    k.f64(gradient, tables.columns).fill(0);
  }

  /** Adds the forces of the structure: weights of the squares of residuals and derivatives of the loss, each of shape (atoms, 3). */
  addForces(square: Float64Array, first: Float64Array): void {
    this.add(this.blocks!.rows, square, first);
  }

  /** The same of its virial, each of shape (6). */
  addVirial(square: Float64Array, first: Float64Array): void {
    this.add(this.blocks!.virial, square, first);
  }

  /** The sums: upper triangle of the matrix, shape (columns, columns), and gradient; views. */
  sums(): { matrix: Float64Array; gradient: Float64Array; columns: number } {
    const { kernel: k } = this.frames;
    const { matrix, gradient, columns } = this.blocks!;
    return { matrix: k.f64(matrix, columns * columns), gradient: k.f64(gradient, columns), columns };
  }

  private add(rows: number, square: Float64Array, first: Float64Array): void {
    const { kernel: k } = this.frames;
    const b = this.blocks!;
    const n = square.length;
    k.f64(b.square, n).set(square);
    k.f64(b.first, n).set(first);
    k.functions.normalEquations(rows, n, b.columns, b.square, b.first, b.matrix, b.gradient);
  }

  /** Derivatives of the embedding energies, and of the slopes of the embedding functions. */
  private embed(s: number, tables: AdpTables, b: Blocks): void {
    const { kernel: k } = this.frames;
    const { atoms, species } = this.frames.frames[s]!;
    const { densities, slopes } = this.frames.embedded(atoms);
    const C = tables.columns;
    const [energy, byDensity, tangent] = [k.f64(b.energy, C), k.f64(b.byDensity, atoms * C), k.f64(b.tangent, atoms * C)];
    const out = tables.scratch;
    const step = DENSITY_STEP;
    for (let i = 0; i < atoms; i++) {
      const f = tables.functions.embedding[species[i]!]!;
      const rho = densities[i]!;
      const own = i * C;
      const add = (to: Float64Array, at: number, factor: number): void => {
        for (let c = 0; c < f.parameters.length; c++) {
          const column = tables.columnOf![f.parameters[c]!]!;
          if (column >= 0) to[at + column]! += factor * out[1 + c]!;
        }
      };
      f.evaluate(rho, tables.p, out);
      add(energy, 0, 1);
      // F need not go on below zero
      const back = Math.min(step, Math.max(0, rho));
      f.evaluate(rho + step, tables.p, out);
      add(tangent, own, 1 / (step + back));
      let curvature = out[0]!;
      f.evaluate(rho - back, tables.p, out);
      add(tangent, own, -1 / (step + back));
      curvature = (curvature - out[0]!) / (step + back);
      const slope = slopes[i]!;
      for (let c = 0; c < C; c++) {
        const d = byDensity[own + c]!;
        energy[c]! += slope * d;
        tangent[own + c]! += curvature * d;
      }
    }
  }

  /** Blocks are never freed, so those of the largest number of columns are kept. */
  private blocksOf(columns: number): Blocks {
    if (!this.blocks || columns > this.capacity) {
      const { kernel: k, mostAtoms: atoms, angular } = this.frames;
      const moments = angular ? columns : 0;
      this.capacity = columns;
      this.blocks = {
        columns,
        energy: k.doubles(columns),
        rows: k.doubles(3 * atoms * columns),
        virial: k.doubles(6 * columns),
        byDensity: k.doubles(atoms * columns),
        tangent: k.doubles(atoms * columns),
        byDipole: k.doubles(3 * atoms * moments),
        byQuadrupole: k.doubles(6 * atoms * moments),
        room: k.doubles(3 * columns),
        matrix: k.doubles(columns * columns),
        gradient: k.doubles(columns),
        square: k.doubles(Math.max(6, 3 * atoms)),
        first: k.doubles(Math.max(6, 3 * atoms)),
      };
    }
    this.blocks.columns = columns;
    return this.blocks;
  }
}
