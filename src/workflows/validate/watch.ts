import type { ExtrapolationMeasure } from '../../potentials/extrapolation.js';
import type { LammpsRun, LammpsRunner } from '../../properties/property.js';
import type { Structure } from '../../structures/structure.js';

/** Sees the structures that a property computes, and how far the worst one is outside of what the potential was fitted to. */
export class Watch {
  private readonly seen = new Set<{ structure: Structure }>();

  constructor(private readonly measure: ExtrapolationMeasure) {}

  /** The worst structure so far: as it was relaxed, where the property asked for that, else as it was given. */
  worst(): number {
    let worst = 0;
    for (const { structure } of this.seen) worst = Math.max(worst, this.measure(structure).value);
    return worst;
  }

  /** The same runner, under watch. */
  over(runner: LammpsRunner): LammpsRunner {
    const see = (structure: Structure) => {
      const entry = { structure };
      this.seen.add(entry);
      return entry;
    };
    return {
      evaluate: (structures) => {
        structures.forEach(see);
        return runner.evaluate(structures);
      },
      lammps: async (job) => {
        const entries = new Map(Object.entries(job.structures ?? {}).map(([name, structure]) => [name, see(structure)]));
        const run = await runner.lammps(job);
        return Object.create(run, {
          relaxed: {
            value: (...words: Parameters<LammpsRun['relaxed']>) => {
              const structure = run.relaxed(...words);
              // a start that atoms are moved away from says nothing
              const entry = entries.get(words[0]);
              if (entry) entry.structure = structure;
              return structure;
            },
          },
        }) as LammpsRun;
      },
    };
  }
}
