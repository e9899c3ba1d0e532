import type { LearnSettings } from '../../config/learn-schema.js';
import { readFrames } from '../../datasets/read.js';
import { InputError } from '../../errors.js';
import { conventionalCell, crystalOfSize } from '../../learning/crystals.js';
import type { Candidate } from '../../learning/sources/source.js';
import { RandomStream } from '../../math/random.js';
import { strainedCrystals } from '../../sampling/near-crystal.js';
import { elementOf, usualNearestDistance } from '../../structures/elements.js';

/** Random streams: one for the start, one for each source and the rule in each round. */
export const STREAMS_PER_ROUND = 16;

/** Nearest distance of the close-packed crystal that structures are made from, Å. */
export function nearestOf(settings: LearnSettings): number {
  return settings.nearest ?? usualNearestDistance(settings.element);
}

/**
 * The structures of round 0.
 * @param directory folder that relative paths start from
 * @throws InputError for files that cannot be read, other elements, crystals that have no cell of that size
 */
export function startStructures(settings: LearnSettings, directory: string): Candidate[] {
  const { element, start } = settings;
  const nearest = nearestOf(settings);
  const random = RandomStream.fromSeed(settings.seed, 0);
  const out: Candidate[] = [];
  if (start.files.length > 0)
    for (const frame of readFrames(start.files, { directory }).frames) {
      const other = frame.species.find((symbol) => symbol !== element);
      if (other !== undefined)
        throw new InputError(`has ${other}, but the settings name the element ${element}`, { file: frame.origin.file });
      const { cell, pbc, species, positions, configType, origin } = frame;
      out.push({ structure: { cell, pbc, species, positions }, configType, source: `${origin.file}, structure ${origin.index + 1}` });
    }
  for (const { phase, atoms, count, strain, rattle } of crystalsOf(settings)) {
    const perfect = crystalOfSize(conventionalCell(phase, element, nearest), atoms);
    if (!perfect) throw new InputError(`no cell of ${phase} has ${atoms} atoms`, {}, { hint: 'give a multiple of the primitive cell' });
    for (const { structure, label } of strainedCrystals(perfect, count, random, { maximumStrain: strain, rattle }))
      out.push({ structure, configType: `near-${phase}`, source: `${phase}, ${atoms} atoms, ${label}` });
  }
  for (const distance of start.dilute) {
    const structure = crystalOfSize(conventionalCell('fcc', element, nearest * distance), 1)!;
    out.push({ structure, configType: 'dilute', source: `fcc with a nearest distance of ${(nearest * distance).toFixed(2)} Å` });
  }
  return out;
}

/** The usual crystal of the element where the settings name nothing to start from. */
function crystalsOf({ element, start }: LearnSettings): LearnSettings['start']['crystals'] {
  if (start.crystals.length > 0 || start.files.length > 0) return start.crystals;
  const { lattice } = elementOf(element);
  return [
    {
      phase: lattice === 'bcc' || lattice === 'hcp' || lattice === 'diamond' ? lattice : 'fcc',
      atoms: 32,
      count: 21,
      strain: 0.05,
      rattle: 0.03,
    },
  ];
}
