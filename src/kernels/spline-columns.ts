import type { Structure } from '../structures/structure.js';
import { SplineKernel } from './spline-kernel.js';
import { COEFFICIENTS, type SplineLayout } from './spline-layout.js';

/** A function whose values and scaled slopes at the knots are linear in some parameters. */
export interface ParameterBlock {
  /** first number of the function in a candidate, and how many it has */
  from: number;
  count: number;
  /** first column of its parameters, and how many they are; both even */
  to: number;
  width: number;
  /** shape (count, width), row-major */
  matrix: Float64Array;
}

/** Parameters as columns; columns that no block has stay zero. */
export interface ParameterMap {
  /** even */
  columns: number;
  blocks: readonly ParameterBlock[];
  /** false where only functions are moved in which energies are linear: phi and U */
  all: boolean;
}

/** Weights of the squares of residuals and derivatives of the loss, by force component (atoms of all frames, 3), virial component (frames, 6). */
export interface SplineResiduals {
  forceSquare: Float64Array;
  forceFirst: Float64Array;
  virialSquare: Float64Array;
  virialFirst: Float64Array;
}

interface Normal {
  /** J^T W J, upper triangle, shape (columns, columns) */
  matrix: Float64Array;
  /** shape (columns) */
  gradient: Float64Array;
  /** derivatives of the frames' energies, eV, shape (frames, columns) */
  energies: Float64Array;
}

/** The spline kernels with derivatives along parameters. */
export class SplineColumns extends SplineKernel {
  /** first atom of each frame, shape (frames + 1) */
  readonly atomStart: Int32Array;
  private readonly blocks: Record<
    | 'info'
    | 'numbers'
    | 'columnsAt'
    | 'work'
    | 'energy'
    | 'rows'
    | 'virial'
    | 'contracted'
    | 'matrix'
    | 'gradient'
    | 'forceSquare'
    | 'forceFirst'
    | 'virialSquare'
    | 'virialFirst',
    number
  >;
  private readonly maps: { map: ParameterMap; list: number }[];

  /** @param maps the sets of parameters that `normalEquations` may be asked for */
  constructor(layout: SplineLayout, structures: readonly Structure[], reach: number, maps: readonly ParameterMap[]) {
    super(layout, structures, reach);
    const k = this.kernel;
    const { all, placed, size } = layout;
    const info = k.integers(4 * layout.pieces);
    const words = k.i32(info, 4 * layout.pieces);
    const halves = k.f64(info, 2 * layout.pieces);
    for (const { piece, count, at, spacing } of all)
      for (let p = 0; p <= count; p++) {
        words[4 * (piece + p)] = at + 2 * Math.max(0, Math.min(count - 2, p - 1));
        words[4 * (piece + p) + 1] = p === 0 ? -1 : p === count ? 1 : 0;
        halves[2 * (piece + p) + 1] = 1 / spacing;
      }
    const firstOf = (kind: 'rho' | 'u' | 'f' | 'g'): number => {
      const order = ['rho', 'u', 'f', 'g'] as const;
      for (const one of order.slice(order.indexOf(kind))) if (placed[one].length > 0) return placed[one][0]!.at;
      return size;
    };
    const most = Math.max(...this.frames.map(({ mostBonds }) => mostBonds));
    const atoms = Math.max(...this.frames.map((frame) => frame.atoms));
    const columns = Math.max(...maps.map((map) => map.columns));
    this.atomStart = new Int32Array(this.frames.length + 1);
    this.frames.forEach((frame, f) => {
      this.atomStart[f + 1] = this.atomStart[f]! + frame.atoms;
    });
    const total = this.atomStart[this.frames.length]!;
    this.blocks = {
      info,
      numbers: k.doubles(size),
      columnsAt: k.integers(5, [8 * firstOf('rho'), 8 * firstOf('u'), 8 * firstOf('f'), 8 * firstOf('g'), 8 * size]),
      work: k.doubles(40 + most * (16 + 4 * (size - firstOf('f'))) + 2 * size),
      energy: k.doubles(size),
      rows: k.doubles(3 * atoms * size),
      virial: k.doubles(6 * size),
      contracted: k.doubles(3 * Math.max(atoms, 2) * columns),
      matrix: k.doubles(columns * columns),
      gradient: k.doubles(columns),
      forceSquare: k.doubles(3 * total),
      forceFirst: k.doubles(3 * total),
      virialSquare: k.doubles(6 * this.frames.length),
      virialFirst: k.doubles(6 * this.frames.length),
    };
    this.maps = maps.map((map) => ({
      map,
      list: k.integers(
        5 * map.blocks.length,
        map.blocks.flatMap(({ from, count, to, width, matrix }) => [from, count, to, width, k.doubles(matrix.length, matrix)]),
      ),
    }));
  }

  /**
   * Gauss-Newton matrix and gradient of the forces and virials of all frames along the parameters of the map with this index, and the
   * derivatives of the energies; frame by frame, so that the derivatives of one frame are all that is held.
   * @param nodal values and scaled slopes of the candidate, shape (layout.size)
   */
  normalEquations(nodal: ArrayLike<number>, which: number, residuals: SplineResiduals): Normal {
    const { kernel: k, layout, blocks, at } = this;
    const { map, list } = this.maps[which]!;
    const { columns } = map;
    k.f64(blocks.numbers, layout.size).set(nodal);
    const table = k.f64(at.table, 2 * COEFFICIENTS * layout.pieces);
    for (const lane of [0, 1]) layout.coefficients(nodal, table, lane, 2);
    for (const name of ['forceSquare', 'forceFirst', 'virialSquare', 'virialFirst'] as const)
      k.f64(blocks[name], residuals[name].length).set(residuals[name]);
    k.f64(blocks.matrix, columns * columns).fill(0);
    k.f64(blocks.gradient, columns).fill(0);
    const energies = new Float64Array(this.frames.length * columns);
    const contract = (from: number, rows: number): void => {
      // columns without a block stay as they were filled
      k.f64(blocks.contracted, rows * columns).fill(0);
      k.functions.contractColumns(from, rows, layout.size, list, map.blocks.length, blocks.contracted, columns);
    };
    this.frames.forEach((frame, f) => {
      const stressed = residuals.virialSquare.subarray(6 * f, 6 * f + 6).some((x) => x !== 0);
      const rows = 3 * frame.atoms;
      k.f64(blocks.rows, rows * layout.size).fill(0);
      k.f64(blocks.virial, 6 * layout.size).fill(0);
      k.functions.splineColumns(
        frame.at,
        this.meta,
        blocks.info,
        blocks.numbers,
        at.table,
        blocks.columnsAt,
        map.all ? 1 : 0,
        blocks.work,
        blocks.energy,
        blocks.rows,
        stressed ? blocks.virial : 0,
      );
      contract(blocks.energy, 1);
      energies.set(k.f64(blocks.contracted, columns), f * columns);
      const add = (from: number, count: number, square: number, first: number): void => {
        contract(from, count);
        k.functions.normalEquations(blocks.contracted, count, columns, square, first, blocks.matrix, blocks.gradient);
      };
      const base = 24 * this.atomStart[f]!;
      add(blocks.rows, rows, blocks.forceSquare + base, blocks.forceFirst + base);
      if (stressed) add(blocks.virial, 6, blocks.virialSquare + 48 * f, blocks.virialFirst + 48 * f);
    });
    return { matrix: k.f64(blocks.matrix, columns * columns).slice(), gradient: k.f64(blocks.gradient, columns).slice(), energies };
  }
}
