import { rattledStarts } from '../../sampling/starts.js';
import { randomlyDecorated } from '../alloy.js';
import { crystalOf, randomStrain } from '../crystals.js';
import type { Source } from './source.js';

export interface StrainedOptions {
  phases: readonly string[];
  atoms: readonly number[];
  /** structures of each phase and size */
  count: number;
  /** largest strain component; volumes change by three times as much */
  strain: number;
  /** largest normal deviate of the coordinates, Å; each structure has its own, evenly drawn */
  rattle: number;
}

/** Crystals in strained cells with displaced atoms: elastic constants, equations of state and phonons are made of them. */
export const strained: Source<StrainedOptions> = ({ phases, atoms, count, strain, rattle }, { alloy, random }) =>
  phases.flatMap((phase) =>
    atoms.flatMap((n) => {
      const crystal = crystalOf(phase, alloy, n);
      if (!crystal) return [];
      return Array.from({ length: count }, () => {
        const cell = randomStrain(randomlyDecorated(crystal, alloy, random), strain, [1 - 3 * strain, 1 + 3 * strain], random);
        const [structure] = rattledStarts(cell, [random.range(0, rattle)], random);
        return { structure: structure!, configType: 'strained', source: `strained ${phase}, ${n} atoms` };
      });
    }),
  );
