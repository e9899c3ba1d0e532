import { multiplyRows, type Structure } from '../../structures/structure.js';
import { type CrystalName, crystalCell } from '../system.js';

/** A structure that an element may have. */
export interface Prototype {
  /** as in `polymorph_hcp` */
  name: string;
  /** for people, with the Strukturbericht symbol where there is one */
  title: string;
  cubic: boolean;
  /** cell with the given nearest distance, Å */
  cell(symbol: string, nearest: number): Structure;
}

const known = (name: CrystalName, title: string): Prototype => ({
  name,
  title,
  cubic: name !== 'hcp',
  cell: (symbol, nearest) => crystalCell(name, symbol, nearest),
});

/** A cell of lattice vectors (rows) in units of the nearest distance, and fractional positions. */
const made = (name: string, title: string, vectors: readonly number[], fractional: readonly number[], cubic = false): Prototype => ({
  name,
  title,
  cubic,
  cell: (symbol, nearest) => {
    const cell = Float64Array.from(vectors, (x) => x * nearest);
    return {
      cell,
      pbc: [true, true, true],
      species: Array.from({ length: fractional.length / 3 }, () => symbol),
      positions: multiplyRows(fractional, cell),
    };
  },
});

const hexagonal = (a: number, c: number) => [a, 0, 0, -a / 2, (a * Math.sqrt(3)) / 2, 0, 0, 0, c];
const tetragonal = (a: number, c: number) => [a, 0, 0, 0, a, 0, 0, 0, c];

/** Distance of close-packed layers in nearest distances. */
const LAYER = Math.sqrt(2 / 3);
/** Close-packed layers one over the other, in the places A, B, C. */
function layers(order: string): number[] {
  const place: Record<string, readonly [number, number]> = { A: [0, 0], B: [1 / 3, 2 / 3], C: [2 / 3, 1 / 3] };
  return [...order].flatMap((letter, k) => [...place[letter]!, k / order.length]);
}

/** c/a of white tin, 5.83 and 3.18 Å (R. W. G. Wyckoff, Crystal Structures, 1963), and its nearest distance in units of a. */
const WHITE_TIN = 0.5456;
const WHITE_TIN_NEAREST = Math.hypot(1 / 2, WHITE_TIN / 4);
/** c/a of omega titanium that comes from bcc by moving planes: √(3/8). */
const OMEGA = Math.sqrt(3 / 8);

/** Structures of elements. A new one is an entry here. */
export const PROTOTYPES: readonly Prototype[] = [
  known('fcc', 'face-centred cubic, A1'),
  known('hcp', 'hexagonal close-packed, A3'),
  made('dhcp', "double hexagonal close-packed, A3'", hexagonal(1, 4 * LAYER), layers('ABAC')),
  made('9r', 'close-packed layers of samarium, 9R', hexagonal(1, 9 * LAYER), layers('ABABCBCAC')),
  known('bcc', 'body-centred cubic, A2'),
  made(
    'a15',
    'A15, as β-W',
    tetragonal(2, 2),
    [0, 0, 0, 0.5, 0.5, 0.5, 0.25, 0, 0.5, 0.75, 0, 0.5, 0.5, 0.25, 0, 0.5, 0.75, 0, 0, 0.5, 0.25, 0, 0.5, 0.75],
    true,
  ),
  made('omega', 'ω, as in Ti under pressure', hexagonal(Math.sqrt(3), Math.sqrt(3) * OMEGA), [
    0,
    0,
    0,
    1 / 3,
    2 / 3,
    0.5,
    2 / 3,
    1 / 3,
    0.5,
  ]),
  made('sh', 'simple hexagonal', hexagonal(1, 1), [0, 0, 0]),
  known('sc', 'simple cubic, Ah'),
  made(
    'beta_sn',
    'β-Sn, A5',
    tetragonal(1 / WHITE_TIN_NEAREST, WHITE_TIN / WHITE_TIN_NEAREST),
    [0, 0, 0, 0.5, 0, 0.25, 0.5, 0.5, 0.5, 0, 0.5, 0.75],
  ),
  known('diamond', 'diamond, A4'),
];
