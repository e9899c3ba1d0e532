import { supercell, withAtom, without } from '../properties/crystal/supercell.js';
import { norm } from '../properties/crystal/vectors.js';
import type { Structure } from '../structures/structure.js';
import type { Functional, TargetFamily } from './family.js';

/** Least width of the cell, Å: 4x4x4 conventional cells of copper. */
const WIDTH = 14;
/** Distance of the atoms of a dumbbell before relaxation, in lattice constants. */
const SEPARATION = 0.6;

const DUMBBELLS: Readonly<Record<string, readonly [number, number, number]>> = {
  interstitial_100_dumbbell: [1, 0, 0],
  interstitial_110_dumbbell: [1, 1, 0],
  interstitial_111_dumbbell: [1, 1, 1],
};

/** Formation energies of the vacancy and of dumbbells, atoms and volume relaxed. */
export const defects: TargetFamily = {
  names: ['vacancy_formation', ...Object.keys(DUMBBELLS)].join(', '),
  knows: (name) => name === 'vacancy_formation' || Object.hasOwn(DUMBBELLS, name),
  build(name, { cell, a, element }): Functional {
    const perfect = supercell(cell, WIDTH);
    const axis = DUMBBELLS[name];
    const structure = axis ? dumbbell(perfect, element, axis, a * SEPARATION) : without(perfect, 0);
    const atoms = cell.species.length;
    return {
      unit: 'eV',
      offset: 0,
      geometries: [
        { structure, relax: 'volume', perEnergy: 1 },
        { structure: cell, relax: 'none', perEnergy: -structure.species.length / atoms },
      ],
    };
  },
};

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
