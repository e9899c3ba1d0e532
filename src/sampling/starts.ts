import { InputError } from '../errors.js';
import type { RandomStream } from '../math/random.js';
import type { Structure } from '../structures/structure.js';
import { copyStructure } from './copy.js';
import { closest, imagesWithin } from './images.js';

export interface RandomStartOptions {
  /** chemical symbol of each atom */
  species: readonly string[];
  /** edge of the cubic cell, Å; a pair gives a range from which each start draws its volume evenly */
  edge: number | readonly [number, number];
  /** number of starts */
  count: number;
  /** Å; default 0, no limit */
  minimumDistance?: number;
}

/** attempts for one atom before the cell is called full */
const ATTEMPTS = 10_000;

/**
 * Cubic cells with atoms at random places: the first generation of a nested ensemble that starts from nothing.
 * @throws InputError when the atoms do not fit at that distance
 */
export function randomStarts(options: RandomStartOptions, random: RandomStream): Structure[] {
  const { species, count } = options;
  const minimumDistance = options.minimumDistance ?? 0;
  const [low, high] = typeof options.edge === 'number' ? [options.edge, options.edge] : options.edge;
  if (!(low > 0) || !(high >= low)) throw new InputError(`the cell edge must be a length or a growing range, not ${low} to ${high} Å`);
  return Array.from({ length: count }, () => {
    const a = Math.cbrt(random.range(low ** 3, high ** 3));
    const structure: Structure = {
      cell: Float64Array.of(a, 0, 0, 0, a, 0, 0, 0, a),
      pbc: [true, true, true],
      species: [],
      positions: new Float64Array(0),
    };
    const images = imagesWithin(structure, minimumDistance);
    const positions: number[] = [];
    for (const symbol of species) {
      for (let attempt = 0; ; attempt++) {
        if (attempt === ATTEMPTS)
          throw new InputError(
            `${species.length} atoms do not fit at random into a cell of ${a.toFixed(2)} Å without coming closer than ${minimumDistance.toFixed(2)} Å`,
            {},
            { hint: 'use a larger cell or a smaller minimum distance' },
          );
        const place = [random.range(0, a), random.range(0, a), random.range(0, a)] as const;
        if (minimumDistance > 0 && closest(structure, images, -1, ...place) < minimumDistance) continue;
        positions.push(...place);
        break;
      }
      structure.species.push(symbol);
      structure.positions = Float64Array.from(positions);
    }
    return structure;
  });
}

/** Copies of a structure with every coordinate displaced by a normal deviate of `amplitude` (Å); `amplitudes` may differ from copy to copy. */
export function rattledStarts(structure: Structure, amplitudes: readonly number[], random: RandomStream): Structure[] {
  return amplitudes.map((amplitude) => {
    const copy = copyStructure(structure);
    for (let k = 0; k < copy.positions.length; k++) copy.positions[k]! += amplitude * random.normal();
    return copy;
  });
}
