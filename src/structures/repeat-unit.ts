import { determinant, fractionalPositions, inverse, multiplyRows, type Structure } from './structure.js';

/** Å; shorter vectors are the zero translation */
const NO_TRANSLATION = 0.1;
/** Sine below which vectors count as parallel, or in a plane. */
const FLAT = 1e-2;

/** The smallest cell that a structure repeats. */
export interface RepeatUnit {
  structure: Structure;
  /** atom of the unit that each atom repeats, shape (n) */
  of: Int32Array;
  /** how many units fill the cell */
  count: number;
}

/**
 * The smallest cell whose repetition is the structure, by the translations that carry every atom onto one of the same element. Undefined
 * where there are none, and for structures that are not periodic along all vectors.
 * @param tolerance largest deviation of an atom, Å
 */
export function repeatUnit(structure: Structure, tolerance: number): RepeatUnit | undefined {
  const { cell, pbc, species, positions } = structure;
  const n = species.length;
  if (n < 2 || !pbc.every(Boolean) || determinant(cell) === 0) return undefined;
  const places = fractionalPositions(structure).map((u) => u - Math.floor(u));
  const images = new Images(species, places, cell, tolerance);
  const counts = new Map<string, number>();
  for (const symbol of species) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  const rarest = [...counts].reduce((a, b) => (b[1] < a[1] ? b : a))[0];
  const home = species.indexOf(rarest);
  const shifts: number[][] = [[0, 0, 0]];
  const of = Int32Array.from({ length: n }, (_, i) => i);
  const carried = new Int32Array(n);
  for (let j = 0; j < n; j++) {
    if (j === home || species[j] !== rarest) continue;
    const shift = [0, 1, 2].map((d) => places[3 * j + d]! - places[3 * home + d]!);
    if (!images.under(shift, carried)) continue;
    shifts.push(shift);
    carried.forEach((k, i) => {
      of[k] = Math.min(of[k]!, of[i]!);
    });
  }
  const count = shifts.length;
  const vectors = count > 1 ? shortestVectors(shifts, cell) : undefined;
  if (!vectors || Math.abs(Math.abs(determinant(vectors) / determinant(cell)) * count - 1) > 1e-3) return undefined;
  const first = [...new Set(of)].sort((a, b) => a - b);
  if (first.length * count !== n) return undefined;
  return {
    structure: {
      cell: vectors,
      pbc: [true, true, true],
      species: first.map((i) => species[i]!),
      positions: Float64Array.from(first.flatMap((i) => [...positions.subarray(3 * i, 3 * i + 3)])),
    },
    of: of.map((i) => first.indexOf(i)),
    count,
  };
}

/** Atoms by their place. */
class Images {
  private readonly order: Int32Array;
  private readonly sorted: Float64Array;
  /** of the first fractional coordinate */
  private readonly width: number;

  constructor(
    private readonly species: readonly string[],
    private readonly places: Float64Array,
    private readonly cell: Float64Array,
    private readonly tolerance: number,
  ) {
    const n = species.length;
    this.order = Int32Array.from({ length: n }, (_, i) => i).sort((a, b) => places[3 * a]! - places[3 * b]!);
    this.sorted = Float64Array.from(this.order, (i) => places[3 * i]!);
    const back = inverse(cell);
    this.width = tolerance * Math.hypot(back[0]!, back[3]!, back[6]!);
  }

  /** Fills `images` with the atom that each atom is carried onto; false where one is carried onto none. */
  under(shift: readonly number[], images: Int32Array): boolean {
    for (let i = 0; i < images.length; i++) {
      const target = [0, 1, 2].map((d) => this.places[3 * i + d]! + shift[d]!);
      const found = this.at(target, this.species[i]!);
      if (found < 0) return false;
      images[i] = found;
    }
    return true;
  }

  private at(target: readonly number[], symbol: string): number {
    const x = target[0]! - Math.floor(target[0]!);
    for (const image of [x, x - 1, x + 1]) {
      let low = 0;
      let high = this.sorted.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.sorted[middle]! < image - this.width) low = middle + 1;
        else high = middle;
      }
      for (; low < this.sorted.length && this.sorted[low]! <= image + this.width; low++) {
        const k = this.order[low]!;
        if (this.species[k] === symbol && this.distance(target, k) <= this.tolerance) return k;
      }
    }
    return -1;
  }

  /** Å, to the nearest image for small distances */
  private distance(target: readonly number[], k: number): number {
    const { cell, places } = this;
    let square = 0;
    const d = [0, 1, 2].map((a) => {
      const u = target[a]! - places[3 * k + a]!;
      return u - Math.round(u);
    });
    for (let b = 0; b < 3; b++) square += (d[0]! * cell[b]! + d[1]! * cell[3 + b]! + d[2]! * cell[6 + b]!) ** 2;
    return Math.sqrt(square);
  }
}

/** The three shortest independent vectors of the lattice of these fractional translations and the cell, as rows: in three dimensions a basis. */
function shortestVectors(shifts: readonly number[][], cell: Float64Array): Float64Array | undefined {
  const vectors: { at: Float64Array; length: number }[] = [];
  for (const shift of shifts)
    for (let c = 0; c < 27; c++) {
      const whole = [(c % 3) - 1, (Math.floor(c / 3) % 3) - 1, Math.floor(c / 9) - 1];
      const at = multiplyRows(
        shift.map((u, d) => u - Math.round(u) + whole[d]!),
        cell,
      );
      vectors.push({ at, length: Math.hypot(...at) });
    }
  const sorted = vectors.filter(({ length }) => length > NO_TRANSLATION).sort((a, b) => a.length - b.length);
  const a = sorted[0]?.at;
  const b = a && sorted.find(({ at, length }) => Math.hypot(...cross(a, at)) > FLAT * Math.hypot(...a) * length)?.at;
  const c = b && sorted.find(({ at, length }) => Math.abs(dot(cross(a, b), at)) > FLAT * Math.hypot(...cross(a, b)) * length)?.at;
  if (!c) return undefined;
  return Float64Array.of(...a, ...b, ...(dot(cross(a, b), c) > 0 ? c : c.map((x) => -x)));
}

function cross(a: Float64Array, b: Float64Array): Float64Array {
  return Float64Array.of(a[1]! * b[2]! - a[2]! * b[1]!, a[2]! * b[0]! - a[0]! * b[2]!, a[0]! * b[1]! - a[1]! * b[0]!);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a[0]! * b[0]! + a[1]! * b[1]! + a[2]! * b[2]!;
}
