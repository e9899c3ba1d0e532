import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { learnSchema } from '../../src/config/learn-schema.js';
import { Zjw04Form } from '../../src/potentials/zjw04/form.js';
import { writeZjw04 } from '../../src/potentials/zjw04/json.js';
import { createLabeller } from '../../src/workflows/label/labellers.js';
import { type LearnResult, learn } from '../../src/workflows/learn/learn.js';
import { modelOf } from '../fitting/zjw04/problem.js';
import { alloyParameters } from '../potentials/zjw04/parameters.js';

/** Small loops in a folder, labelled by Zjw04 functions. */
export function loopsIn(folder: string) {
  return {
    /** a model of these elements, as a file */
    truth(elements: string[]): string {
      const form = { elements, kind: 'eam', cross: 'free', cutoff: 5.5, taperWidth: 1 } as const;
      const file = join(folder, `${elements.join('-')}.json`);
      writeFileSync(file, writeZjw04(modelOf(form, alloyParameters(new Zjw04Form(form)))));
      return file;
    },
    /** one round with some settings */
    async loop(name: string, changes: object, model: string): Promise<LearnResult> {
      const settings = learnSchema.parse({
        label: { engine: 'reference', model },
        reference_energy: 0,
        data: { folds: 0 },
        export: { core: 'none', proof_frames: 0 },
        start: { crystals: [{ phase: 'fcc', atoms: 4, count: 8 }] },
        select: { rule: 'farthest', budget: 4 },
        stop: { rounds: 1 },
        workers: 1,
        ...changes,
      });
      const labeller = await createLabeller(settings.label, folder);
      return learn(settings, { labeller, directory: folder, runDirectory: join(folder, name) });
    },
  };
}
