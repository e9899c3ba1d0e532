import { loadavg } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../src/config/load.js';
import type { ErrorMeasures } from '../src/fitting/metrics.js';
import { fitZjw04 } from '../src/workflows/fit-zjw04.js';
import { inTemporaryFolder, ROOT, sharedData } from './data.js';
import { familySeconds, printTable } from './measure.js';
import type { Section } from './section.js';

/** Errors of the paper over all frames, meV/atom and eV/Å (table 1), and the largest deviation of elastic constants that is asked for. */
export const ML_EAM_FITS = [
  { name: 'Ni EAM', example: 'nickel/ml-eam.yaml', data: 'tensoralloy-ni.extxyz', paper: [3.9, 0.05], elastic: 0.02 },
  { name: 'Mo EAM', example: 'molybdenum/ml-eam.yaml', data: 'tensoralloy-mo.extxyz', paper: [23.8, 0.3], elastic: 0.04 },
  { name: 'Mo ADP', example: 'molybdenum/ml-adp.yaml', data: 'tensoralloy-mo.extxyz', paper: [18.7, 0.29], elastic: 0.04 },
] as const;

/** The examples of machine-learned EAM and ADP, one run each and seed, beside the paper. */
export const mlEam: Section = {
  name: 'ml-eam',
  what: 'EAM and ADP of nickel and molybdenum with the functions of Zhou, Johnson and Wadley: the examples, errors and elastic constants',
  duration: '10 min; --repeats N takes N seeds',
  async run({ repeats = 1 }) {
    const rows: string[][] = [];
    for (const { name, example, data, paper, elastic } of ML_EAM_FITS) {
      sharedData(data);
      const { settings, directory } = loadSettings(join(ROOT, 'examples', example));
      for (let seed = 1; seed <= repeats; seed++)
        await inTemporaryFolder(async (folder) => {
          const from = familySeconds();
          const load = loadavg()[0]!;
          const { assessment, targets, reason, proof } = await fitZjw04(
            { ...settings, seed, workers: 1 },
            { directory, runDirectory: folder },
          );
          const { fitted, test } = assessment;
          const sets = [fitted, ...(test ? [test] : [])];
          const energy = overall(sets.map((set) => [set.frames, set.energy!]));
          const forces = overall(sets.map((set) => [set.frames, set.forces!]));
          const constants = targets.filter(({ name: property }) => /^c\d\d$/.test(property));
          const off = Math.max(...constants.map(({ found, value }) => Math.abs(found / value - 1)));
          const met = energy <= paper[0] * 1e-3 && forces <= paper[1] && off <= elastic;
          rows.push([
            name,
            String(seed),
            [fitted.energy!.mae, ...(test ? [test.energy!.mae] : []), energy].map((x) => (x * 1e3).toFixed(2)).join(', '),
            [fitted.forces!.mae, ...(test ? [test.forces!.mae] : []), forces].map((x) => x.toFixed(4)).join(', '),
            paper.join(', '),
            constants.map(({ found, value }) => `${found.toFixed(1)} (${(100 * (found / value - 1)).toFixed(1)} %)`).join(', '),
            met ? 'met' : 'missed',
            proof.passed ? 'agrees' : 'differs',
            (familySeconds() - from).toFixed(0),
            load.toFixed(1),
            reason,
          ]);
          console.log(rows.at(-1)!.join('; '));
        });
    }
    console.log();
    printTable(
      [
        '',
        'seed',
        'energy: train, test, all, meV/atom',
        'force: train, test, all, eV/Å',
        'paper',
        'C11, C12, C44, GPa (from PBE)',
        'asked',
        'LAMMPS',
        's',
        'load',
        'ended',
      ],
      rows,
    );
  },
};

/** Mean absolute error of several sets of frames together. */
function overall(sets: readonly (readonly [frames: number, errors: ErrorMeasures])[]): number {
  const frames = sets.reduce((sum, [count]) => sum + count, 0);
  return sets.reduce((sum, [count, { mae }]) => sum + (count * mae) / frames, 0);
}
