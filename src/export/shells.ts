/** Lattices of one site whose neighbour shells are counted. */
export type ShellLattice = 'sc' | 'bcc' | 'fcc' | 'diamond';

/** Neighbours at one distance. */
export interface Shell {
  /** distance over nearest-neighbour distance */
  ratio: number;
  count: number;
}

/** Sites of a cubic cell in quarters of its edge, and the squared nearest-neighbour distance in those units. */
const SITES: Record<ShellLattice, { sites: number[][]; nearest: number }> = {
  sc: { sites: [[0, 0, 0]], nearest: 16 },
  bcc: {
    sites: [
      [0, 0, 0],
      [2, 2, 2],
    ],
    nearest: 12,
  },
  fcc: {
    sites: [
      [0, 0, 0],
      [0, 2, 2],
      [2, 0, 2],
      [2, 2, 0],
    ],
    nearest: 8,
  },
  diamond: {
    sites: [
      [0, 0, 0],
      [0, 2, 2],
      [2, 0, 2],
      [2, 2, 0],
      [1, 1, 1],
      [1, 3, 3],
      [3, 1, 3],
      [3, 3, 1],
    ],
    nearest: 3,
  },
};

const cache = new Map<string, Shell[]>();

/** Shells of a lattice out to `reach` times the nearest-neighbour distance, nearest first. */
export function shellCounts(lattice: ShellLattice, reach: number): readonly Shell[] {
  const key = `${lattice} ${reach}`;
  const known = cache.get(key);
  if (known) return known;
  const { sites, nearest } = SITES[lattice];
  const limit = reach * reach * nearest;
  const cells = Math.ceil(Math.sqrt(limit) / 4) + 1;
  const counts = new Map<number, number>();
  for (let x = -cells; x <= cells; x++)
    for (let y = -cells; y <= cells; y++)
      for (let z = -cells; z <= cells; z++)
        for (const [sx, sy, sz] of sites as [number, number, number][]) {
          const square = (4 * x + sx) ** 2 + (4 * y + sy) ** 2 + (4 * z + sz) ** 2;
          if (square > 0 && square <= limit) counts.set(square, (counts.get(square) ?? 0) + 1);
        }
  const shells = [...counts].sort((a, b) => a[0] - b[0]).map(([square, count]) => ({ ratio: Math.sqrt(square / nearest), count }));
  cache.set(key, shells);
  return shells;
}
