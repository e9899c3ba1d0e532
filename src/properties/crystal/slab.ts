import { inverse, multiplyRows, type Structure } from '../../structures/structure.js';
import { gcd, planeBasis } from './integer-lattice.js';
import { primitiveCell } from './primitive.js';
import { cross, dot, norm, reduce, row } from './vectors.js';

/** Miller indices of a lattice plane of the conventional cell. */
export type Indices = readonly [number, number, number];

/** A crystal seen along a lattice plane: its smallest cell with two vectors in the plane. */
export interface Stacking {
  /** first two lattice vectors in the plane, the third leads to the next equal layer; right-handed */
  cell: Structure;
  /** distance of equal layers, Å */
  spacing: number;
  /** area of the cell in the plane, Å² */
  area: number;
  /** heights, as fractions of the third vector, half way between two neighbouring sheets of atoms: where the crystal can be cut */
  cuts: number[];
}

/** Sheets of atoms closer than this are not separated by a cut, Å. */
const SHEET = 0.1;

/** The smallest cell of a crystal whose first two vectors lie in a plane (hkl) of the given conventional cell. */
export function stacking(crystal: Structure, indices: Indices): Stacking {
  const primitive = primitiveCell(crystal);
  // the plane's indices in the primitive cell: its vectors times the plane's reciprocal vector
  const reciprocal = inverse(crystal.cell);
  const normal = [0, 1, 2].map(
    (d) => reciprocal[3 * d]! * indices[0] + reciprocal[3 * d + 1]! * indices[1] + reciprocal[3 * d + 2]! * indices[2],
  );
  const products = [0, 1, 2].map((d) => dot(row(primitive.cell, d), normal));
  const own = coprime(products);
  const [a, b, c] = planeBasis(own).map((coefficients) => multiplyRows(coefficients, primitive.cell)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  while (reduce(a, b) || reduce(b, a));
  if (dot(cross(a, b), c) < 0)
    b.forEach((x, d) => {
      b[d] = -x;
    });
  // c as upright as whole vectors of the plane allow
  while (reduce(c, a) || reduce(c, b));
  const cell = Float64Array.of(...a, ...b, ...c);
  const plane = cross(a, b);
  const area = norm(plane);
  const spacing = dot(plane, c) / area;
  const fractional = multiplyRows(primitive.positions, inverse(cell)).map((x) => x - Math.floor(x + 1e-9));
  const positions = multiplyRows(fractional, cell);
  const heights = primitive.species.map((_, i) => fractional[3 * i + 2]!).sort((p, q) => p - q);
  const cuts: number[] = [];
  for (const [k, height] of heights.entries()) {
    const next = k + 1 < heights.length ? heights[k + 1]! : heights[0]! + 1;
    if ((next - height) * spacing > SHEET) cuts.push((height + next) / 2);
  }
  return { cell: { ...primitive, cell, positions }, spacing, area, cuts };
}

/**
 * A slab with two free surfaces: whole cells of a stacking, not periodic across.
 * @param layers number of cells
 * @param cut one of the stacking's heights
 */
export function slab({ cell: { cell, species, positions } }: Stacking, layers: number, cut: number): Structure {
  const fractional = multiplyRows(positions, inverse(cell));
  const out: number[] = [];
  const symbols: string[] = [];
  for (let layer = 0; layer < layers; layer++)
    for (const [i, symbol] of species.entries()) {
      const height = fractional[3 * i + 2]! - cut;
      out.push(fractional[3 * i]!, fractional[3 * i + 1]!, height - Math.floor(height) + layer);
      symbols.push(symbol);
    }
  return {
    cell: Float64Array.from(cell, (x, k) => (k < 6 ? x : x * layers)),
    pbc: [true, true, false],
    species: symbols,
    positions: multiplyRows(out, cell),
  };
}

/** Whole numbers without common divisor in the ratio of three products. */
function coprime(products: readonly number[]): [number, number, number] {
  // centred cells have products that are multiples of one over the number of lattice points
  for (let denominator = 1; denominator <= 48; denominator++) {
    const whole = products.map((x) => Math.round(x * denominator));
    if (whole.some((x, d) => Math.abs(x - products[d]! * denominator) > 1e-4)) continue;
    const common = gcd(...whole);
    if (common > 0) return whole.map((x) => x / common) as [number, number, number];
  }
  throw new Error(`the plane with the products ${products.join(', ')} is none of the lattice`);
}
