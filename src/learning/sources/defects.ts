import type { RandomStream } from '../../math/random.js';
import { withAtom, without } from '../../properties/crystal/supercell.js';
import { closest, imagesWithin } from '../../sampling/images.js';
import { rattledStarts } from '../../sampling/starts.js';
import { multiplyRows, type Structure } from '../../structures/structure.js';
import { type Alloy, drawSpecies, nearestDistance, randomlyDecorated } from '../alloy.js';
import { crystalOf, randomStrain } from '../crystals.js';
import type { Source } from './source.js';

export interface DefectOptions {
  phases: readonly string[];
  /** atoms of the perfect cell */
  atoms: readonly number[];
  /** structures of each kind, phase and size */
  count: number;
  kinds: readonly ('vacancy' | 'divacancy' | 'interstitial')[];
  /** normal deviate of the coordinates, Å */
  rattle: number;
}

/** Largest change of the volume of a cell with a defect. */
const VOLUME = 0.03;
/** Random places among which an interstitial takes the roomiest. */
const PLACES = 40;

/** Crystals with a vacancy, two of them next to each other or apart, or an atom too many, in slightly different volumes. */
export const defects: Source<DefectOptions> = ({ phases, atoms, count, kinds, rattle }, { alloy, random }) =>
  phases.flatMap((phase) =>
    atoms.flatMap((n) => {
      const crystal = crystalOf(phase, alloy, n);
      if (!crystal) return [];
      return kinds.flatMap((kind) =>
        Array.from({ length: count }, () => {
          const cell = randomStrain(randomlyDecorated(crystal, alloy, random), 0, [1 - VOLUME, 1 + VOLUME], random);
          const [structure] = rattledStarts(MAKE[kind](cell, random, alloy), [rattle], random);
          return { structure: structure!, configType: 'defect', source: `${kind} in ${phase}, ${n} atoms before` };
        }),
      );
    }),
  );

const MAKE: Record<DefectOptions['kinds'][number], (crystal: Structure, random: RandomStream, alloy: Alloy) => Structure> = {
  vacancy: (crystal, random) => without(crystal, random.integer(crystal.species.length)),
  divacancy(crystal, random) {
    const one = without(crystal, random.integer(crystal.species.length));
    return one.species.length > 1 ? without(one, random.integer(one.species.length)) : one;
  },
  interstitial(crystal, random, alloy) {
    const images = imagesWithin(crystal, nearestDistance(alloy, crystal.species));
    let best: { place: Float64Array; room: number } | undefined;
    for (let k = 0; k < PLACES; k++) {
      const place = multiplyRows([random.uniform(), random.uniform(), random.uniform()], crystal.cell);
      const room = closest(crystal, images, -1, place[0]!, place[1]!, place[2]!);
      if (!best || room > best.room) best = { place, room };
    }
    return withAtom(crystal, drawSpecies(alloy, 1, random)[0]!, best!.place);
  },
};
