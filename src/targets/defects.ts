import { supercell, withAtom, without } from '../properties/crystal/supercell.js';
import { norm } from '../properties/crystal/vectors.js';
import type { Structure } from '../structures/structure.js';
import type { Functional, TargetCrystal, TargetFamily } from './family.js';

/** Least width of the cell, Å: 4x4x4 conventional cells of copper. */
const WIDTH = 14;
/** Distance of the atoms of a dumbbell before relaxation, in lattice constants. */
const SEPARATION = 0.6;

const DUMBBELLS: Readonly<Record<string, readonly [number, number, number]>> = {
  interstitial_100_dumbbell: [1, 0, 0],
  interstitial_110_dumbbell: [1, 1, 0],
  interstitial_111_dumbbell: [1, 1, 1],
};

/** Other places, in lattice constants. */
const PLACES: Readonly<Record<string, Readonly<Record<TargetCrystal['kind'], readonly [number, number, number]>>>> = {
  interstitial_octahedral: { fcc: [0.5, 0.5, 0.5], bcc: [0.5, 0.5, 0] },
  interstitial_tetrahedral: { fcc: [0.25, 0.25, 0.25], bcc: [0.5, 0.25, 0] },
};
const NAMES = ['vacancy_formation', 'vacancy_migration', ...Object.keys(DUMBBELLS), ...Object.keys(PLACES)];

/** Formation energies of the vacancy and of interstitials, atoms and volume relaxed, and the barrier of the vacancy's jump at its own volume. */
export const defects: TargetFamily = {
  names: NAMES.join(', '),
  knows: (name) => NAMES.includes(name),
  build(name, { kind, cell, a, element }): Functional {
    const perfect = supercell(cell, WIDTH);
    if (name === 'vacancy_migration') return migration(perfect, kind, element, a);
    const axis = DUMBBELLS[name];
    const place = PLACES[name]?.[kind];
    const structure = axis
      ? dumbbell(perfect, element, axis, a * SEPARATION)
      : place
        ? withAtom(
            perfect,
            element,
            place.map((x) => x * a),
          )
        : without(perfect, 0);
    const atoms = cell.species.length;
    return {
      unit: 'eV',
      offset: 0,
      geometries: [
        { structure, relax: 'volume', perEnergy: 1 },
        // relaxed as well: hundreds of atoms at another lattice constant than that of the potential would add up
        { structure: cell, relax: 'volume', perEnergy: -structure.species.length / atoms },
      ],
    };
  },
};

/** Half way of the jump is the saddle by symmetry, which relaxation keeps. */
function migration(perfect: Structure, kind: TargetCrystal['kind'], element: string, a: number): Functional {
  const jump = kind === 'fcc' ? [0.5 * a, 0.5 * a, 0] : [0.5 * a, 0.5 * a, 0.5 * a];
  const next = perfect.species.findIndex((_, i) => jump.every((x, d) => Math.abs(perfect.positions[3 * i + d]! - x) < 1e-6));
  // the later one first, so that the other keeps its number
  const empty = without(without(perfect, next), 0);
  return {
    unit: 'eV',
    offset: 0,
    geometries: [
      {
        structure: withAtom(
          empty,
          element,
          jump.map((x) => x / 2),
        ),
        relax: 'atoms',
        perEnergy: 1,
      },
      { structure: without(perfect, 0), relax: 'atoms', perEnergy: -1 },
    ],
  };
}

function dumbbell(perfect: Structure, element: string, axis: readonly [number, number, number], separation: number): Structure {
  const half = axis.map((x) => (0.5 * separation * x) / norm(axis));
  const positions = perfect.positions.slice();
  const centre = positions.slice(0, 3);
  for (let d = 0; d < 3; d++) positions[d] = centre[d]! + half[d]!;
  return withAtom(
    { ...perfect, positions },
    element,
    centre.map((x, d) => x - half[d]!),
  );
}
