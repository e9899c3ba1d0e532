import { join } from 'node:path';
import { loadSettings } from '../src/config/load.js';
import { SILENT } from '../src/engines/progress.js';
import { finishZjw04, type Zjw04Search } from '../src/fitting/zjw04/fit.js';
import { Zjw04Objective } from '../src/fitting/zjw04/objective.js';
import { prepareZjw04 } from '../src/workflows/prepare-zjw04.js';
import { ROOT, sharedData } from './data.js';
import { printTable, threadSeconds } from './measure.js';
import { ML_EAM_FITS } from './ml-eam.js';
import type { Section } from './section.js';

/** Processor times at which the loss is read, s. */
const READINGS = [1, 2, 5, 10, 20, 40];
/** Passes of Adam; its learning rate falls over all of them. */
const EPOCHS = [25, 120, 500];
const PASSES_BEFORE = 10;

/** Adam on batches of 25 frames, as the paper trains, beside Levenberg-Marquardt on all frames, from the published parameters. */
export const mlEamMethods: Section = {
  name: 'ml-eam-methods',
  what: 'loss of the EAM of molybdenum over processor time: Adam on batches and Levenberg-Marquardt, one thread',
  duration: '2 min',
  async run() {
    const { name, example, data } = ML_EAM_FITS[1];
    sharedData(data);
    const { settings, directory } = loadSettings(join(ROOT, 'examples', example));
    const { problem } = prepareZjw04(settings, directory, SILENT);
    const objective = new Zjw04Objective(problem);
    // free atoms where the mean energy asks for them
    const free = objective.predict(objective.point([...problem.prior, 0])).energies;
    const mean = problem.frames.reduce((sum, { energy, species }, s) => sum + energy! / species.length - free[s]!, 0) / free.length;
    const start = objective.point([...problem.prior, mean]);
    const { seed, zjw04 } = settings;
    const base: Zjw04Search = {
      seed,
      method: 'levenberg-marquardt',
      coarseSteps: 1,
      steps: 10_000,
      coarseAtoms: 1,
      spread: 0,
      batch: zjw04.batch,
      epochs: 1,
      learningRate: zjw04.learning_rate,
    };
    const rows: string[][] = [];
    const add = (what: string, search: Zjw04Search): void => {
      const from = threadSeconds();
      const at: { seconds: number; loss: number }[] = [];
      const end = finishZjw04(problem, search, start, {
        onStep(_, loss) {
          const seconds = threadSeconds() - from;
          at.push({ seconds, loss });
          return seconds > READINGS.at(-1)!;
        },
      });
      const taken = threadSeconds() - from;
      const { energies, forces } = objective.predict(end.parameters);
      const energy = mae(
        energies,
        problem.frames.map((frame) => frame.energy! / frame.species.length),
      );
      const force = mae(
        forces.flatMap((one) => [...one]),
        problem.frames.flatMap((frame) => [...frame.forces!]),
      );
      rows.push([
        what,
        ...READINGS.map((reading) => {
          const before = at.findLast(({ seconds }) => seconds <= reading);
          return reading > taken ? '' : before ? (before.loss * 1e3).toFixed(1) : '-';
        }),
        `${(end.loss * 1e3).toFixed(2)} after ${taken.toFixed(0)} s`,
        `${(energy * 1e3).toFixed(1)}, ${force.toFixed(3)}`,
        end.reason,
      ]);
    };
    for (const epochs of EPOCHS) add(`Adam, ${epochs} passes`, { ...base, method: 'adam', epochs });
    add('Levenberg-Marquardt', base);
    add(`Adam, ${PASSES_BEFORE} passes, then Levenberg-Marquardt`, { ...base, method: 'both', epochs: PASSES_BEFORE });
    console.log(`${name}, ${problem.frames.length} frames, loss in meV/atom from ${(objective.loss(start) * 1e3).toFixed(0)}`);
    printTable(['', ...READINGS.map((x) => `${x} s`), 'at the end', 'energy, meV/atom, force, eV/Å', 'ended'], rows);
  },
};

function mae(found: ArrayLike<number>, wanted: readonly number[]): number {
  return wanted.reduce((sum, value, k) => sum + Math.abs(found[k]! - value), 0) / wanted.length;
}
