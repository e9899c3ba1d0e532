import { InputError } from '../errors.js';
import { elementOf, usualNearestDistance } from '../structures/elements.js';
import { type CubicLattice, cubic } from '../structures/lattices.js';
import type { Structure } from '../structures/structure.js';

/** Crystal structures that are known by name. */
export const CRYSTALS = ['fcc', 'bcc', 'hcp', 'diamond', 'sc'] as const;
export type CrystalName = (typeof CRYSTALS)[number];

/** Whether a text names one of them. */
export function isCrystal(name: string): name is CrystalName {
  return (CRYSTALS as readonly string[]).includes(name);
}

/** What is looked at: one crystal. */
export interface System {
  /** for people: `fcc Cu`, or the structure's file */
  label: string;
  /** `other` for a crystal that was given as a structure */
  kind: CrystalName | 'other';
  /** chemical symbols in the crystal */
  elements: readonly string[];
  /** the element, where there is only one */
  element: string | undefined;
  /** conventional cell before any relaxation; indices of planes and directions are those of this cell */
  start: Structure;
  /** lattice constant of `start`, Å */
  a0: number;
}

/** Ideal ratio of close-packed spheres. */
const IDEAL_C_OVER_A = Math.sqrt(8 / 3);

/** Conventional hexagonal cell of two atoms: a along x, c along z. */
export function hexagonal(symbol: string, a: number, c = a * IDEAL_C_OVER_A): Structure {
  const h = (a * Math.sqrt(3)) / 2;
  return {
    cell: Float64Array.of(a, 0, 0, -a / 2, h, 0, 0, 0, c),
    pbc: [true, true, true],
    species: [symbol, symbol],
    positions: Float64Array.of(0, (2 / 3) * h, c / 4, a / 2, h / 3, (3 * c) / 4),
  };
}

/** Conventional cell of one element in a crystal structure with this nearest distance (Å). */
export function crystalCell(kind: CrystalName, symbol: string, nearest: number): Structure {
  if (kind === 'hcp') return hexagonal(symbol, nearest);
  const perNearest: Record<CubicLattice, number> = { fcc: Math.SQRT2, bcc: 2 / Math.sqrt(3), diamond: 4 / Math.sqrt(3), sc: 1 };
  return cubic(kind, symbol, nearest * perNearest[kind]);
}

/**
 * The crystal of an element.
 * @param kind default: the usual structure of the element
 * @throws InputError for an unknown element, or one whose usual structure is none of the known ones
 */
export function elementSystem(symbol: string, kind?: CrystalName): System {
  const { lattice, a0 } = elementOf(symbol);
  const chosen = kind ?? CRYSTALS.find((name) => name === lattice);
  if (chosen === undefined)
    throw new InputError(
      `the usual structure of ${symbol} is ${lattice}`,
      {},
      { hint: `name one of ${CRYSTALS.join(', ')}, or a structure file, with --structure` },
    );
  // another structure than the usual one has about the same volume per atom, so nearly the same nearest distance
  const start =
    chosen === lattice && chosen !== 'hcp' ? cubic(chosen, symbol, a0) : crystalCell(chosen, symbol, usualNearestDistance(symbol));
  return { label: `${chosen} ${symbol}`, kind: chosen, elements: [symbol], element: symbol, start, a0: start.cell[0]! };
}

/** The crystal of a structure that the user gave. @throws InputError when it is not periodic */
export function structureSystem(structure: Structure, label: string): System {
  if (structure.pbc.some((periodic) => !periodic))
    throw new InputError('the structure is not periodic in all three directions', { file: label }, { hint: 'give the cell of a crystal' });
  const elements = [...new Set(structure.species)];
  const { cell, pbc, species, positions } = structure;
  return {
    label,
    kind: 'other',
    elements,
    element: elements.length === 1 ? elements[0] : undefined,
    start: { cell, pbc, species, positions },
    a0: Math.hypot(cell[0]!, cell[1]!, cell[2]!),
  };
}

/** How fix box/relax may change the cell so that the symmetry stays. */
export function relaxation(system: System): string {
  if (system.kind === 'hcp') return 'aniso 0.0 couple xy';
  if (system.kind !== 'other') return 'iso 0.0';
  const c = system.start.cell;
  const rightAngled = [1, 2, 3, 5, 6, 7].every((k) => Math.abs(c[k]!) < 1e-9);
  return rightAngled ? 'aniso 0.0' : 'tri 0.0';
}
