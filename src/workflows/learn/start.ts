import type { LearnSettings } from '../../config/learn-schema.js';
import { readFrames } from '../../datasets/read.js';
import { InputError } from '../../errors.js';
import { type Alloy, decorated, randomlyDecorated } from '../../learning/alloy.js';
import { conventionalCell, crystalOf, crystalOfSize } from '../../learning/crystals.js';
import type { Candidate } from '../../learning/sources/source.js';
import { RandomStream } from '../../math/random.js';
import { strainedCrystals } from '../../sampling/near-crystal.js';
import { elementOf, usualNearestDistance } from '../../structures/elements.js';

/** Random streams: one for the start, one for each source and the rule in each round. */
export const STREAMS_PER_ROUND = 16;

/** What the structures of a run are made of. */
export function alloyOf({ element, elements = [element!], nearest }: LearnSettings): Alloy {
  return { elements, nearest: elements.map((symbol) => nearest ?? usualNearestDistance(symbol)) };
}

/**
 * The structures of round 0.
 * @param directory folder that relative paths start from
 * @throws InputError for files that cannot be read, other elements, crystals that have no cell of that size
 */
export function startStructures(settings: LearnSettings, directory: string): Candidate[] {
  const { start } = settings;
  const alloy = alloyOf(settings);
  const { elements } = alloy;
  const random = RandomStream.fromSeed(settings.seed, 0);
  const out: Candidate[] = [];
  if (start.files.length > 0)
    for (const frame of readFrames(start.files, { directory }).frames) {
      const other = frame.species.find((symbol) => !elements.includes(symbol));
      if (other !== undefined)
        throw new InputError(`has ${other}, but the settings name ${elements.join(', ')}`, { file: frame.origin.file });
      const { cell, pbc, species, positions, configType, origin } = frame;
      out.push({ structure: { cell, pbc, species, positions }, configType, source: `${origin.file}, structure ${origin.index + 1}` });
    }
  for (const { phase, atoms, count, strain, rattle } of crystalsOf(settings)) {
    const perfect = crystalOf(phase, alloy, atoms);
    if (!perfect) throw new InputError(`no cell of ${phase} has ${atoms} atoms`, {}, { hint: 'give a multiple of the primitive cell' });
    // of an alloy first the perfect crystals of the elements themselves
    const source = `${phase}, ${atoms} atoms`;
    const configType = `near-${phase}`;
    if (elements.length > 1)
      for (const symbol of elements) {
        const structure = decorated(perfect, alloy, new Array<string>(atoms).fill(symbol));
        out.push({ structure, configType, source: `${source}, perfect ${symbol}` });
      }
    for (const { structure, label } of strainedCrystals(perfect, count, random, { maximumStrain: strain, rattle }))
      out.push({ structure: randomlyDecorated(structure, alloy, random), configType, source: `${source}, ${label}` });
  }
  for (const distance of start.dilute)
    elements.forEach((element, e) => {
      const nearest = alloy.nearest[e]! * distance;
      const structure = crystalOfSize(conventionalCell('fcc', element, nearest), 1)!;
      out.push({ structure, configType: 'dilute', source: `fcc with a nearest distance of ${nearest.toFixed(2)} Å` });
    });
  return out;
}

/** The usual crystals of the elements where the settings name nothing to start from. */
function crystalsOf({ element, elements = [element!], start }: LearnSettings): LearnSettings['start']['crystals'] {
  if (start.crystals.length > 0 || start.files.length > 0) return start.crystals;
  const phases = elements.map((symbol) => {
    const { lattice } = elementOf(symbol);
    return lattice === 'bcc' || lattice === 'hcp' || lattice === 'diamond' ? lattice : 'fcc';
  });
  return [...new Set(phases)].map((phase) => ({ phase, atoms: 32, count: 21, strain: 0.05, rattle: 0.03 }));
}
