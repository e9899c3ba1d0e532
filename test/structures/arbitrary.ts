import fc from 'fast-check';
import { inverse, multiplyRows, type Structure } from '../../src/structures/structure.js';
import { between } from '../math/arbitrary.js';

/** Random cells from cubic to strongly skewed, with any mixture of periodic directions, atoms inside and outside of the cell. */
export function anyStructure(
  options: { maxAtoms?: number; edge?: readonly [number, number]; pbc?: [boolean, boolean, boolean] } = {},
): fc.Arbitrary<Structure> {
  const [low, high] = options.edge ?? [1.5, 6];
  const edge = between(low, high);
  const skew = between(-1.2, 1.2);
  const coordinate = between(-1.5, 2.5);
  return fc
    .record({
      edges: fc.tuple(edge, edge, edge),
      skews: fc.tuple(skew, skew, skew),
      axis: fc.tuple(skew, skew, skew),
      pbc: options.pbc ? fc.constant(options.pbc) : fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
      fractional: fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 1, maxLength: options.maxAtoms ?? 5 }),
    })
    .map(({ edges: [a, b, c], skews: [xy, xz, yz], axis, pbc, fractional }) => {
      const lower = Float64Array.of(a, 0, 0, xy * a, b, 0, xz * a, yz * b, c);
      const cell = multiplyRows(lower, rotation(axis));
      return {
        cell,
        pbc: [...pbc] as [boolean, boolean, boolean],
        species: fractional.map(() => 'Cu'),
        positions: multiplyRows(fractional.flat(), cell),
      };
    });
}

/** Rotation matrix for row vectors, by |axis| radians about `axis` (Rodrigues). */
export function rotation(axis: readonly number[]): Float64Array {
  const angle = Math.hypot(...axis);
  if (angle === 0) return Float64Array.of(1, 0, 0, 0, 1, 0, 0, 0, 1);
  const [x, y, z] = axis.map((v) => v / angle) as [number, number, number];
  const c = Math.cos(angle);
  const s = Math.sin(angle);
  const t = 1 - c;
  return Float64Array.of(
    t * x * x + c,
    t * x * y + s * z,
    t * x * z - s * y,
    t * x * y - s * z,
    t * y * y + c,
    t * y * z + s * x,
    t * x * z + s * y,
    t * y * z - s * x,
    t * z * z + c,
  );
}

/** The structure turned rigidly. */
export function rotated(structure: Structure, axis: readonly number[]): Structure {
  const r = rotation(axis);
  return { ...structure, cell: multiplyRows(structure.cell, r), positions: multiplyRows(structure.positions, r) };
}

/** The structure under the deformation x -> x (1 + strain), strain (3, 3) row-major. */
export function strained(structure: Structure, strain: ArrayLike<number>): Structure {
  const m = Float64Array.from(strain, (value, k) => value + (k % 4 === 0 ? 1 : 0));
  return { ...structure, cell: multiplyRows(structure.cell, m), positions: multiplyRows(structure.positions, m) };
}

/** The structure with atoms moved by `shift` (3 n), Å. */
export function displaced(structure: Structure, shift: (k: number) => number): Structure {
  return { ...structure, positions: structure.positions.map((x, k) => x + shift(k)) };
}

/** Every ordered pair (i, j, image) closer than `cutoff` (Å), from a plain search over images. */
export function images(structure: Structure, cutoff: number): { i: number; j: number; vector: [number, number, number]; r: number }[] {
  const { cell, pbc, positions, species } = structure;
  const inv = inverse(cell);
  const fractional = multiplyRows(positions, inv);
  // 1 / height of the cell along each direction
  const dense = [0, 1, 2].map((d) => Math.hypot(inv[d]!, inv[3 + d]!, inv[6 + d]!));
  const out: ReturnType<typeof images> = [];
  const n = species.length;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      const span = [0, 1, 2].map((d) => {
        if (!pbc[d]) return [0, 0] as const;
        const f = fractional[3 * j + d]! - fractional[3 * i + d]!;
        return [Math.floor(-f - cutoff * dense[d]!) - 1, Math.ceil(-f + cutoff * dense[d]!) + 1] as const;
      });
      for (let a = span[0]![0]; a <= span[0]![1]; a++)
        for (let b = span[1]![0]; b <= span[1]![1]; b++)
          for (let c = span[2]![0]; c <= span[2]![1]; c++) {
            if (i === j && a === 0 && b === 0 && c === 0) continue;
            const vector = [0, 1, 2].map(
              (x) => positions[3 * j + x]! - positions[3 * i + x]! + a * cell[x]! + b * cell[3 + x]! + c * cell[6 + x]!,
            ) as [number, number, number];
            const r = Math.hypot(...vector);
            if (r < cutoff) out.push({ i, j, vector, r });
          }
    }
  return out;
}
