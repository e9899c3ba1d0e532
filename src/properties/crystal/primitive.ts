import { fractionalPositions, multiplyRows, type Structure } from '../../structures/structure.js';
import { latticeBasis } from './integer-lattice.js';
import { combined, shortened } from './vectors.js';

/** Distance below which two positions are the same, Å. */
const SAME = 1e-3;

/**
 * The primitive cell of a crystal, in the same orientation, with short lattice vectors.
 * @param structure periodic; positions exact to well below 1e-3 Å
 */
export function primitiveCell(structure: Structure): Structure {
  const { cell, species } = structure;
  const natoms = species.length;
  const fractional = fractionalPositions(structure);
  const at = (i: number) => [fractional[3 * i]!, fractional[3 * i + 1]!, fractional[3 * i + 2]!];
  const shift = (i: number, j: number) => at(j).map((x, d) => x - at(i)[d]!);
  const same = (difference: readonly number[]) =>
    Math.hypot(
      ...multiplyRows(
        difference.map((x) => x - Math.round(x)),
        cell,
      ),
    ) < SAME;
  // the fewer atoms there are of a species, the fewer translations come into question
  const counts = new Map<string, number>();
  for (const symbol of species) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  const rarest = [...counts].reduce((a, b) => (b[1] < a[1] ? b : a))[0];
  const first = species.indexOf(rarest);
  const translations = species
    .flatMap((symbol, j) => (symbol === rarest && j !== first ? [shift(first, j)] : []))
    .filter((t) =>
      species.every((symbol, i) => species.some((other, j) => other === symbol && same(shift(i, j).map((x, d) => x - t[d]!)))),
    );
  // translations form a group, so their components are multiples of one over its order
  const order = translations.length + 1;
  const whole = translations.map((t) => t.map((x) => Math.round(x * order)));
  const unit = [0, 1, 2].map((d) => [0, 1, 2].map((e) => (d === e ? order : 0)));
  const basis = latticeBasis([...whole, ...unit]);
  const primitive = shortened(
    combined(
      basis.flat().map((x) => x / order),
      cell,
    ),
  );
  const inside = fractionalPositions({ ...structure, cell: primitive });
  const kept: number[] = [];
  for (let i = 0; i < natoms; i++) {
    const twin = kept.some((j) => {
      const difference = [0, 1, 2].map((d) => inside[3 * i + d]! - inside[3 * j + d]!);
      return (
        species[i] === species[j] &&
        Math.hypot(
          ...multiplyRows(
            difference.map((x) => x - Math.round(x)),
            primitive,
          ),
        ) < SAME
      );
    });
    if (!twin) kept.push(i);
  }
  if (kept.length * order !== natoms)
    throw new Error(`${natoms} atoms, ${order} translations, but ${kept.length} atoms in the primitive cell`);
  return {
    cell: primitive,
    pbc: [true, true, true],
    species: kept.map((i) => species[i]!),
    positions: Float64Array.from(kept.flatMap((i) => [...structure.positions.subarray(3 * i, 3 * i + 3)])),
  };
}
