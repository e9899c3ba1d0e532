import { type SettingsInput, settingsSchema } from '../src/config/schema.js';
import { fitZjw04 } from '../src/workflows/fit-zjw04.js';
import { inTemporaryFolder, sharedData } from './data.js';
import { printTable, threadSeconds } from './measure.js';
import type { Section } from './section.js';

/**
 * Elastic constants (GPa) by PBE, as the tables 2 and 3 of X. Chen et al. have them; lattice constants (Å) of the crystals in the data; cohesive
 * energies (eV/atom) of Kittel, Introduction to Solid State Physics, 8th edition, chapter 3, table 1.
 */
const CRYSTALS = {
  Ni: { a: 3.52, energy: -4.44, c11: 276, c12: 159, c44: 132, bulk: 198, beta: 0.005 },
  Mo: { a: 3.168, energy: -6.82, c11: 472, c12: 158, c44: 106, bulk: 263, beta: 0.008 },
};

/** Energy and force errors of the paper, meV/atom and eV/Å (table 1). */
const FITS = [
  { element: 'Ni', kind: 'eam', file: 'tensoralloy-ni.extxyz', paper: [3.9, 0.05] },
  { element: 'Mo', kind: 'eam', file: 'tensoralloy-mo.extxyz', paper: [23.8, 0.3] },
  { element: 'Mo', kind: 'adp', file: 'tensoralloy-mo.extxyz', paper: [18.7, 0.29] },
] as const;

/** Settings of such a fit. */
function settingsOf({ element, kind, file }: (typeof FITS)[number]): SettingsInput {
  const { a, energy, c11, c12, c44, bulk, beta } = CRYSTALS[element];
  const within = (value: number) => ({ value, tolerance: '1 %' });
  return {
    form: 'zjw04',
    data: { files: [sharedData(file)], folds: 0, audit: 'keep' },
    targets: {
      properties: { lattice_constant: { value: a, tolerance: 0.003 }, c11: within(c11), c12: within(c12), c44: within(c44) },
      rose: { cohesive_energy: energy, bulk_modulus: bulk, beta, range: [-0.06, 0.06] },
    },
    loss: { near_equilibrium: { weight: 1 } },
    zjw04: { kind },
    workers: 1,
  };
}

/** Machine-learned EAM and ADP of the elements, beside the paper. */
export const mlEam: Section = {
  name: 'ml-eam',
  what: 'EAM and ADP of nickel and molybdenum with the functions of Zhou, Johnson and Wadley: errors and elastic constants',
  duration: '10 min',
  async run() {
    const rows: string[][] = [];
    for (const one of FITS)
      await inTemporaryFolder(async (folder) => {
        const from = threadSeconds();
        const { assessment, targets, reason, proof } = await fitZjw04(settingsSchema.parse(settingsOf(one)), { directory: folder });
        const { energy, forces } = assessment.fitted;
        const elastic = targets.filter(({ name }) => /^c\d\d$/.test(name));
        rows.push([
          `${one.element} ${one.kind}`,
          (energy!.mae * 1e3).toFixed(1),
          forces!.mae.toFixed(3),
          `${one.paper[0]}, ${one.paper[1]}`,
          elastic.map(({ name, found, value }) => `${name} ${found.toFixed(0)} (${(100 * (found / value - 1)).toFixed(1)} %)`).join(', '),
          proof.passed ? 'agrees' : 'differs',
          (threadSeconds() - from).toFixed(0),
          reason,
        ]);
      });
    printTable(['', 'energy, meV/atom', 'force, eV/Å', 'paper', 'GPa (from PBE)', 'LAMMPS', 's', 'ended'], rows);
  },
};
