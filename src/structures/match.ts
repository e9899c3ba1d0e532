import { inverse, type Structure } from './structure.js';

/**
 * Finds every atom of a structure in another copy of it, in which atoms may stand in another order and be moved by lattice vectors of
 * periodic directions, as other programs do.
 * @param tolerance of lattice vectors and positions, Å
 * @returns for each atom of `expected` its place in `found`, or a sentence on what differs
 */
export function matchAtoms(expected: Structure, found: Structure, tolerance: number): Int32Array | string {
  const n = expected.species.length;
  const formulas = [expected, found].map(({ species }) => formula(species));
  if (formulas[0] !== formulas[1]) return `its atoms are ${formulas[1]}, not ${formulas[0]}`;
  const stretch = largest(expected.cell, found.cell);
  if (stretch > tolerance) return `a component of its lattice vectors differs by ${stretch.toPrecision(3)} Å`;
  const distance = distanceIn(expected);
  const place = new Int32Array(n).fill(-1);
  const taken = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    let least = Number.POSITIVE_INFINITY;
    // most programs keep the order
    for (let k = 0; k < n && least > tolerance; k++) {
      const j = (i + k) % n;
      if (taken[j] || found.species[j] !== expected.species[i]) continue;
      const r = distance(expected.positions, i, found.positions, j);
      if (r < least) {
        least = r;
        place[i] = j;
      }
    }
    if (!(least <= tolerance))
      return `atom ${i + 1} (${expected.species[i]}) has no counterpart within ${tolerance} Å: the next is ${least.toPrecision(3)} Å away`;
    taken[place[i]!] = 1;
  }
  return place;
}

type Distance = (a: Float64Array, i: number, b: Float64Array, j: number) => number;

/** Distance up to lattice vectors of periodic directions; right for distances that are small beside the cell. */
function distanceIn({ cell, pbc }: Structure): Distance {
  const inv = cell.some((x) => x !== 0) ? inverse(cell) : new Float64Array(9);
  return (a, i, b, j) => {
    const d = [0, 1, 2].map((x) => b[3 * j + x]! - a[3 * i + x]!);
    for (let k = 0; k < 3; k++) {
      if (!pbc[k]) continue;
      // rounding one direction does not change the fractional coordinates of the others
      const turns = Math.round(d[0]! * inv[k]! + d[1]! * inv[3 + k]! + d[2]! * inv[6 + k]!);
      for (let x = 0; x < 3; x++) d[x]! -= turns * cell[3 * k + x]!;
    }
    return Math.hypot(...d);
  };
}

function largest(a: Float64Array, b: Float64Array): number {
  return a.reduce((most, x, k) => Math.max(most, Math.abs(x - b[k]!)), 0);
}

function formula(species: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const symbol of species) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([symbol, count]) => `${symbol}${count}`)
    .join(' ');
}
