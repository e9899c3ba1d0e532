import type { ParameterMap } from '../../kernels/spline-columns.js';
import { type PlacedSpline, SplineLayout, type SplineShape } from '../../kernels/spline-layout.js';
import { hermiteMatrix, type SplineKnots, scaledSlopes } from '../../math/cubic-spline.js';
import type { ScalarFunction } from '../../potentials/eam.js';
import { S_MEAM_KINDS, type SMeamFunctions, type SMeamKind } from '../../potentials/s-meam.js';

/** Which functions a spline potential has: the subsets that Vita and Trinkle compare. */
export const SPLINE_TERMS = {
  phi: ['phi'],
  'phi+rho+U': ['phi', 'rho', 'u'],
  'phi+f+g+U': ['phi', 'u', 'f', 'g'],
  all: ['phi', 'rho', 'u', 'f', 'g'],
} as const satisfies Record<string, readonly SMeamKind[]>;
export type SplineTerms = keyof typeof SPLINE_TERMS;

/** The grids of a spline potential that is fitted, as plain data. */
export interface SplineFormSettings {
  /** chemical symbols */
  elements: readonly string[];
  functions: SMeamFunctions<SplineShape>;
}

/** One function with its parameters: values at the knots, then the slopes at both ends; some of them are held. */
interface FittedSpline {
  placed: PlacedSpline;
  /** indices of its free parameters among the count + 2, growing */
  free: number[];
  /** first of them in a candidate */
  at: number;
}

/** Matrix of the integral of the squared second derivative of a cubic piece over [0, 1], in value, slope, value, slope. */
const BENDING = [
  [12, 6, -12, 6],
  [6, 4, -6, 2],
  [-12, -6, 12, -6],
  [6, 2, -6, 4],
] as const;

/**
 * The parameters of a spline potential: values at the knots and slopes at the ends. Radial functions are zero with zero slope at their
 * cutoff. U is zero at its knot closest to zero, as the energy counts from U(0).
 */
export class SplineForm {
  readonly layout: SplineLayout;
  /** number of parameters */
  readonly size: number;
  /** 1 for parameters of phi and U: energies are linear in them when the others stay, shape (size) */
  readonly linear: Uint8Array;
  /** Å; f vanishes from here on */
  readonly reach: number;
  private readonly splines: readonly FittedSpline[];

  constructor(readonly settings: SplineFormSettings) {
    this.layout = new SplineLayout(settings.elements, settings.functions);
    let at = 0;
    this.splines = this.layout.all.map((placed) => {
      const free = freeParameters(placed);
      const spline = { placed, free, at };
      at += free.length;
      return spline;
    });
    this.size = at;
    this.linear = new Uint8Array(at);
    for (const { placed, free, at: start } of this.splines)
      if (placed.kind === 'phi' || placed.kind === 'u') this.linear.fill(1, start, start + free.length);
    this.reach = Math.max(0, ...this.layout.placed.f.map(({ last }) => last)) || this.layout.cutoff;
  }

  /** Values and scaled slopes at all knots, as the kernels take them. */
  nodal(p: ArrayLike<number>, out = new Float64Array(this.layout.size)): Float64Array {
    for (const { placed, free, at } of this.splines) {
      const { count, spacing, at: start } = placed;
      const all = new Float64Array(count + 2);
      free.forEach((q, k) => {
        all[q] = p[at + k]!;
      });
      const slopes = new Float64Array(count);
      scaledSlopes(all.subarray(0, count), all[count]! * spacing, all[count + 1]! * spacing, slopes);
      for (let k = 0; k < count; k++) {
        out[start + 2 * k] = all[k]!;
        out[start + 2 * k + 1] = slopes[k]!;
      }
    }
    return out;
  }

  /** The functions of a candidate. */
  functions(p: ArrayLike<number>): SMeamFunctions<SplineKnots> {
    const out: Record<SMeamKind, SplineKnots[]> = { phi: [], rho: [], u: [], f: [], g: [] };
    for (const { placed, free, at } of this.splines) {
      const all = new Float64Array(placed.count + 2);
      free.forEach((q, k) => {
        all[q] = p[at + k]!;
      });
      const { count, first, last } = placed;
      out[placed.kind].push({ first, last, values: all.slice(0, count), slopes: [all[count]!, all[count + 1]!] });
    }
    return out;
  }

  /** The parameters of given functions: values at the knots and slopes at the ends. */
  parameters(functionOf: (kind: SMeamKind, index: number) => ScalarFunction): Float64Array {
    const p = new Float64Array(this.size);
    const slope = new Float64Array(1);
    for (const { placed, free, at } of this.splines) {
      const { kind, index, first, last, count, spacing } = placed;
      const f = functionOf(kind, index);
      const zero = kind === 'u' ? f.evaluate(first + spacing * zeroKnot(placed), slope) : 0;
      free.forEach((q, k) => {
        if (q < count) p[at + k] = f.evaluate(first + spacing * q, slope) - zero;
        else {
          f.evaluate(q === count ? first : last, slope);
          p[at + k] = slope[0]!;
        }
      });
    }
    return p;
  }

  /** Changes the parameters of one kind, in place. */
  scale(p: Float64Array, kind: SMeamKind, factor: number): void {
    for (const { placed, free, at } of this.splines) if (placed.kind === kind) for (let k = 0; k < free.length; k++) p[at + k]! *= factor;
  }

  /** The parameters of each kind as a range [from, to). */
  range(kind: SMeamKind): readonly [number, number] {
    const own = this.splines.filter(({ placed }) => placed.kind === kind);
    if (own.length === 0) return [0, 0];
    const last = own.at(-1)!;
    return [own[0]!.at, last.at + last.free.length];
  }

  /**
   * The functions as columns for the kernels, all of them or phi and U alone; `columnOf` is the column of each parameter, -1 where it has
   * none.
   */
  map(all: boolean): ParameterMap & { columnOf: Int32Array } {
    const columnOf = new Int32Array(this.size).fill(-1);
    let to = 0;
    const blocks: ParameterMap['blocks'] = this.splines
      .filter(({ placed }) => all || placed.kind === 'phi' || placed.kind === 'u')
      .map(({ placed, free, at }) => {
        const { count, spacing } = placed;
        const whole = hermiteMatrix(count, spacing);
        const width = free.length + (free.length % 2);
        const matrix = new Float64Array(2 * count * width);
        for (let k = 0; k < 2 * count; k++)
          free.forEach((q, c) => {
            matrix[k * width + c] = whole[k * (count + 2) + q]!;
          });
        free.forEach((_, c) => {
          columnOf[at + c] = to + c;
        });
        const block = { from: placed.at, count: 2 * count, to, width, matrix };
        to += width;
        return block;
      });
    return { columns: to, blocks, all, columnOf };
  }

  /**
   * Matrix Q (size, size) of the bending of all functions: p^T Q p is the sum of the integrals of their squared second derivatives over
   * an argument that runs from 0 to 1, each divided by the square of its scale.
   */
  bending(scale: Readonly<Record<SMeamKind, number>>): Float64Array {
    const out = new Float64Array(this.size ** 2);
    for (const { placed, free, at } of this.splines) {
      const { count, spacing, kind } = placed;
      const whole = hermiteMatrix(count, spacing);
      const columns = count + 2;
      const factor = (count - 1) ** 3 / scale[kind] ** 2;
      free.forEach((a, i) => {
        free.forEach((b, j) => {
          let sum = 0;
          for (let k = 0; k < count - 1; k++)
            for (let m = 0; m < 4; m++)
              for (let n = 0; n < 4; n++) sum += BENDING[m]![n]! * whole[(2 * k + m) * columns + a]! * whole[(2 * k + n) * columns + b]!;
          out[(at + i) * this.size + at + j] = factor * sum;
        });
      });
    }
    return out;
  }
}

/** Knot at which U is held at zero: the one closest to zero. */
function zeroKnot({ first, count, spacing }: PlacedSpline): number {
  return Math.max(0, Math.min(count - 1, Math.round(-first / spacing)));
}

function freeParameters(placed: PlacedSpline): number[] {
  const { kind, count } = placed;
  const all = Array.from({ length: count + 2 }, (_, q) => q);
  if (kind === 'g') return all;
  if (kind === 'u') return all.filter((q) => q !== zeroKnot(placed));
  return all.filter((q) => q !== count - 1 && q !== count + 1);
}

/** The grids of a form with evenly chosen knots. */
export interface SplineGrid {
  terms: SplineTerms;
  elements: readonly string[];
  /** Å, shortest distance of the data */
  shortest: number;
  /** Å, of phi and rho, and of f */
  cutoff: number;
  reach: number;
  knots: Readonly<Record<SMeamKind, number>>;
  /** ends of the domain of U */
  domain: readonly [number, number];
}

/** Settings of a form: radial functions from the shortest distance to the cutoff, g over [-1, 1], U over its domain. */
export function splineForm({ terms, elements, shortest, cutoff, reach, knots, domain }: SplineGrid): SplineFormSettings {
  const pairs = (elements.length * (elements.length + 1)) / 2;
  const has: readonly SMeamKind[] = SPLINE_TERMS[terms];
  const shape = (kind: SMeamKind): SplineShape => {
    const count = knots[kind];
    if (kind === 'u') return { first: domain[0], last: domain[1], count };
    if (kind === 'g') return { first: -1, last: 1, count };
    return { first: shortest, last: kind === 'f' ? reach : cutoff, count };
  };
  const list = (kind: SMeamKind) =>
    has.includes(kind) ? Array.from({ length: kind === 'phi' || kind === 'g' ? pairs : elements.length }, () => shape(kind)) : [];
  return {
    elements,
    functions: Object.fromEntries(S_MEAM_KINDS.map((kind) => [kind, list(kind)])) as unknown as SMeamFunctions<SplineShape>,
  };
}
