import type { Structure } from '../../structures/structure.js';

/**
 * POSCAR of VASP 5 and later: a line of chemical symbols, Cartesian positions in Å with all digits. Atoms of an element stand together,
 * as POTCAR wants them, otherwise in their order.
 * @param title first line
 */
export function writePoscar(structure: Structure, title: string): string {
  const { cell, species, positions } = structure;
  const order = poscarOrder(species);
  const symbols = [...new Set(species)];
  const row = (values: Float64Array, at: number) => `  ${[0, 1, 2].map((d) => values[at + d]! + 0).join(' ')}`;
  return `${[
    title.replace(/\s+/g, ' '),
    '1.0',
    ...[0, 3, 6].map((at) => row(cell, at)),
    symbols.join(' '),
    symbols.map((symbol) => species.filter((each) => each === symbol).length).join(' '),
    'Cartesian',
    ...order.map((i) => row(positions, 3 * i)),
  ].join('\n')}\n`;
}

/** For each atom of the POSCAR its place in the structure. */
function poscarOrder(species: readonly string[]): number[] {
  return [...new Set(species)].flatMap((symbol) => species.flatMap((each, i) => (each === symbol ? [i] : [])));
}
