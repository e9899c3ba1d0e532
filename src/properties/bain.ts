import { EngineError } from '../errors.js';
import type { Structure } from '../structures/structure.js';
import { minimumBetween } from './minimum.js';
import type { Property } from './property.js';
import { scaled } from './relaxed-crystal.js';

/** Ratio c/a of the tetragonal cell that is fcc at 1 and bcc at 1/√2, in equal steps between both. */
const BETWEEN = 20;
const STEPS = { from: -6, to: 34 };
const BCC = Math.SQRT1_2;
/** Scales at which the volume is relaxed, equally spaced. */
const SCALES = Array.from({ length: 13 }, (_, k) => 0.97 + 0.0075 * k);

const INFO = {
  name: 'bain_bcc',
  unit: 'eV/atom',
  description: 'bcc less fcc on the Bain path, both at the volume of the crystal',
} as const;

/** Energy along the tetragonal path between fcc and bcc (E. C. Bain, Trans. AIME 70, 25 (1924)). */
export const bain: Property = {
  id: 'bain_path',
  title: 'Bain path',
  cost: 'less than a second',
  templates: ['in.verify'],
  values: () => [INFO],
  applies: ({ kind, element, label }) =>
    element === undefined || (kind !== 'fcc' && kind !== 'bcc') ? `the path leads from fcc to bcc, and ${label} is neither` : undefined,
  async run(context) {
    const crystal = await context.lattice();
    const fccIsOne = context.system.kind === 'fcc' ? 1 : Math.SQRT2;
    const ratios = Array.from({ length: STEPS.to - STEPS.from + 1 }, (_, k) => BCC + ((1 - BCC) * (STEPS.from + k)) / BETWEEN);
    const distorted = ratios.map((ratio) => tetragonal(crystal.structure, ratio * fccIsOne));
    const structures = distorted.flatMap((structure) => [structure, ...SCALES.map((scale) => scaled(structure, scale))]);
    const energies = (await context.evaluate(structures)).map(({ energy }) => energy / crystal.structure.species.length);
    const per = 1 + SCALES.length;
    const held = ratios.map((_, k) => energies[per * k]!);
    const free = ratios.map((_, k) => minimumBetween(SCALES, energies.slice(per * k + 1, per * (k + 1)))?.y);
    const bcc = -STEPS.from;
    const fcc = bcc + BETWEEN;
    if (free[bcc] === undefined || free[fcc] === undefined)
      throw new EngineError(
        `in.verify: fcc or bcc has no minimum of the energy within 3 and 6 % of the lattice constant of ${context.system.label}`,
      );
    const above = (values: readonly (number | undefined)[]) =>
      values.map((value) => (value === undefined ? Number.NaN : value - held[fcc]!));
    const curve = (id: string, title: string, values: readonly number[]) => ({
      id,
      title,
      x: { label: 'c/a (fcc 1, bcc 0.707)', unit: '', values: ratios.filter((_, k) => Number.isFinite(values[k])) },
      y: { label: 'energy above fcc', unit: 'eV/atom', values: values.filter(Number.isFinite) },
    });
    return {
      values: [
        {
          name: INFO.name,
          unit: INFO.unit,
          value: held[bcc]! - held[fcc]!,
          detail: {
            with_relaxed_volumes_ev_per_atom: free[bcc]! - free[fcc]!,
            bcc_is: held[bcc]! > held[bcc - 1]! && held[bcc]! > held[bcc + 1]! ? 'a maximum' : 'a minimum',
            volume_angstrom3: crystal.volume,
          },
        },
      ],
      curves: [
        curve('bain', 'Bain path at the volume of the crystal', above(held)),
        curve('bain_relaxed_volume', 'Bain path with relaxed volumes', above(free)),
      ],
    };
  },
};

/** The crystal with its third axis stretched by a factor at the same volume. */
function tetragonal(structure: Structure, factor: number): Structure {
  const across = factor ** (-1 / 3);
  const along = factor * across;
  const stretch = (x: number, k: number) => x * (k % 3 === 2 ? along : across);
  return { ...structure, cell: structure.cell.map(stretch), positions: structure.positions.map(stretch) };
}
