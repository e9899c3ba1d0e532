import { randomlyDecorated } from '../alloy.js';
import { crystalOf } from '../crystals.js';
import type { Candidate, Source } from './source.js';

export interface DynamicsOptions {
  phases: readonly string[];
  atoms: readonly number[];
  /** K */
  temperatures: readonly number[];
  /** of each run */
  steps: number;
  /** structures taken from each run */
  snapshots: number;
}

/** Snapshots of molecular dynamics with the present potential, at zero pressure: what a run in production will meet. */
export const dynamics: Source<DynamicsOptions> = async (options, { alloy, random, dynamics: run, stop, note }) => {
  const out: Candidate[] = [];
  for (const phase of options.phases)
    for (const atoms of options.atoms) {
      const crystal = crystalOf(phase, alloy, atoms);
      if (!crystal) continue;
      for (const temperature of options.temperatures) {
        if (stop()) return out;
        const seed = 1 + random.integer(900_000_000);
        try {
          const frames = await run(randomlyDecorated(crystal, alloy, random), {
            temperature,
            steps: options.steps,
            snapshots: options.snapshots,
            seed,
          });
          out.push(
            ...frames.map((structure, k) => ({
              structure,
              configType: 'dynamics',
              source: `dynamics of ${phase}, ${atoms} atoms, ${temperature} K, snapshot ${k + 1}`,
            })),
          );
        } catch (error) {
          // a potential that is wrong enough breaks a run; what other sources find tells it so
          note(`dynamics of ${phase} at ${temperature} K ended early: ${(error as Error).message.split('\n')[0]}`);
        }
      }
    }
  return out;
};
