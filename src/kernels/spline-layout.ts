import type { SplineKnots } from '../math/cubic-spline.js';
import { CubicSpline } from '../math/cubic-spline.js';
import { S_MEAM_KINDS, type SMeamFunctions, type SMeamKind } from '../potentials/s-meam.js';

/** The grid of a spline, without its values. */
export interface SplineShape {
  first: number;
  last: number;
  /** number of knots */
  count: number;
}

/** One function of a layout and where its numbers stand. */
export interface PlacedSpline extends SplineShape {
  kind: SMeamKind;
  /** within its kind */
  index: number;
  spacing: number;
  /** its first number among the values and scaled slopes of all functions */
  at: number;
  /** its first piece; there are count + 1, the first and the last the straight continuations */
  piece: number;
}

/** Coefficients of one piece: 1, x, x², x³. */
export const COEFFICIENTS = 4;

/**
 * The grids of all functions of a spline potential. Candidates of a fit share it; they differ in the values and scaled slopes at the
 * knots, which stand one after the other: value, slope times spacing, value, ..., function by function in the order of LAMMPS's file.
 */
export class SplineLayout {
  readonly placed: SMeamFunctions<PlacedSpline>;
  readonly all: readonly PlacedSpline[];
  /** length of the values and slopes of a candidate */
  readonly size: number;
  /** pieces of all functions */
  readonly pieces: number;
  /** Å */
  readonly cutoff: number;

  constructor(
    readonly elements: readonly string[],
    functions: SMeamFunctions<SplineShape>,
  ) {
    let at = 0;
    let piece = 0;
    const all: PlacedSpline[] = [];
    for (const kind of S_MEAM_KINDS)
      functions[kind].forEach(({ first, last, count }, index) => {
        all.push({ kind, index, first, last, count, spacing: (last - first) / (count - 1), at, piece });
        at += 2 * count;
        piece += count + 1;
      });
    const of = (kind: SMeamKind) => all.filter((one) => one.kind === kind);
    this.all = all;
    this.placed = { phi: of('phi'), rho: of('rho'), u: of('u'), f: of('f'), g: of('g') };
    this.size = at;
    this.pieces = piece;
    this.cutoff = Math.max(...all.filter(({ kind }) => kind === 'phi' || kind === 'rho' || kind === 'f').map(({ last }) => last));
  }

  /** Values and scaled slopes of given splines, which have the grids of the layout, shape (size). */
  nodal(functions: SMeamFunctions<SplineKnots>): Float64Array {
    const out = new Float64Array(this.size);
    for (const { kind, index, at } of this.all) {
      const spline = new CubicSpline(functions[kind][index]!);
      spline.knots.values.forEach((value, k) => {
        out[at + 2 * k] = value;
        out[at + 2 * k + 1] = spline.scaled[k]!;
      });
    }
    return out;
  }

  /**
   * Coefficients of all pieces in the unit of the argument, counted from the piece's lower end (the outer ones from the end knots),
   * written to out[offset + stride * (4 * piece + power)].
   */
  coefficients(nodal: ArrayLike<number>, out: Float64Array, offset = 0, stride = 1): void {
    for (const { at, count, spacing, piece } of this.all) {
      const put = (p: number, c0: number, c1: number, c2: number, c3: number): void => {
        const o = offset + stride * COEFFICIENTS * (piece + p);
        out[o] = c0;
        out[o + stride] = c1 / spacing;
        out[o + 2 * stride] = c2 / spacing ** 2;
        out[o + 3 * stride] = c3 / spacing ** 3;
      };
      put(0, nodal[at]!, nodal[at + 1]!, 0, 0);
      for (let k = 0; k < count - 1; k++) {
        const o = at + 2 * k;
        const [y0, s0, y1, s1] = [nodal[o]!, nodal[o + 1]!, nodal[o + 2]!, nodal[o + 3]!];
        put(k + 1, y0, s0, 3 * (y1 - y0) - 2 * s0 - s1, s0 + s1 - 2 * (y1 - y0));
      }
      const end = at + 2 * (count - 1);
      put(count, nodal[end]!, nodal[end + 1]!, 0, 0);
    }
  }
}

/** The piece of a spline that x falls in, counted from the first piece of the function, and how far in it x is. */
export function pieceOf({ first, last, count, spacing }: PlacedSpline, x: number): { piece: number; x: number } {
  if (x <= first) return { piece: 0, x: x - first };
  if (x >= last) return { piece: count, x: x - last };
  const k = Math.min(count - 2, Math.floor((x - first) / spacing));
  return { piece: k + 1, x: x - (first + k * spacing) };
}
