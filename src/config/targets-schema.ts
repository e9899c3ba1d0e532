import { z } from 'zod';
import type { Curve } from '../targets/curves/curve.js';
import { CURVES } from '../targets/curves/index.js';
import { positive, unit, weight } from './quantities.js';
import type { SettingPath } from './source.js';

const tolerance = z
  .union([
    positive,
    z.string().regex(/^\s*\d+(\.\d+)?\s*%\s*$/, 'expected a number in the unit of the property, such as 0.02, or a share such as 2 %'),
  ])
  .describe('deviation within which nothing pulls: a number in the unit of the property, or a share such as 2 %');

const pull = positive.default(1).describe('factor on `targets.weight`');

const curve = ({ axes }: Curve, energyUnit: string, usual: number) =>
  z
    .strictObject({
      points: z
        .array(z.tuple([z.number(), z.number()]))
        .min(1)
        .describe(axes),
      tolerance: positive.default(usual).describe('deviation within which nothing pulls').meta(unit(energyUnit)),
      weight: pull,
    })
    .optional()
    .describe(`points that the potential should go through: ${axes}`);

/** The properties of one crystal that pull a fit. */
export const targetsSchema = z.strictObject({
  element: z.string().optional().describe('element of the crystal; needed where the data holds several, and no file says it'),
  crystal: z
    .string()
    .optional()
    .describe(
      'crystal whose properties are given: fcc, bcc (the usual one of the element when absent), or a file with the cell of any crystal, of which c11 to c66, bulk_modulus, lattice_constant, lattice_b and lattice_c can be targets, in the axes of the file',
    ),
  lattice_constant: positive
    .optional()
    .describe(
      'lattice constant that the structures are built with; that of `properties.lattice_constant` when absent; one of the two has to be there',
    )
    .meta(unit('Å')),
  strain: positive
    .max(0.05)
    .default(0.01)
    .describe(
      'strain of the elastic constants of cubic crystals, which are differences of energies at up to twice this: less of it where a potential has a curvature that changes fast',
    ),
  weight: positive
    .default(1)
    .describe('loss for each tolerance that a property is further off than its tolerance; less within the first one')
    .meta(unit('meV/atom')),
  rounds: z.int().min(0).max(20).default(3).describe('how often structures are relaxed again with the equation found'),
  properties: z
    .record(
      z.string(),
      z.union([
        z.number(),
        z.strictObject({
          value: z.number().describe('in the unit that `eqpot validate` gives it in'),
          tolerance: tolerance.default('2 %'),
          weight: pull,
        }),
      ]),
    )
    .default({})
    .describe(
      'values by the names of `eqpot validate`: c11, vacancy_formation, surface_111, polymorph_hcp, phonon_x_transverse, ...; and lattice_constant_300 (or any other temperature in K)',
    ),
  rose: z
    .strictObject({
      cohesive_energy: z.number().negative().optional().describe('default: that of `properties`').meta(unit('eV/atom')),
      bulk_modulus: positive.optional().describe('default: that of `properties`, or (C11 + 2 C12) / 3').meta(unit('GPa')),
      beta: weight.default(0.005).describe("of Mishin's term for high pressure"),
      range: z
        .tuple([z.number().gt(-0.6).lt(0), z.number().positive().lt(2)])
        .default([-0.1, 0.1])
        .describe('smallest and largest change of the lattice constant, relative'),
      points: z.int().min(3).max(100).default(11).describe('lattice constants at even steps'),
      tolerance: positive.default(0.01).describe('deviation within which nothing pulls').meta(unit('eV/atom')),
      weight: pull,
    })
    .optional()
    .describe('the universal equation of state of metals (Rose, with the term of Mishin)'),
  equation_of_state: curve(CURVES.equation_of_state, 'eV/atom', 0.005),
  bain_path: curve(CURVES.bain_path, 'eV/atom', 0.003),
  dimer: curve(CURVES.dimer, 'eV', 0.1),
  structures: z
    .array(
      z.strictObject({
        name: z.string().min(1).describe('what reports call it'),
        file: z.string().describe('file with the structure, relative to the settings file'),
        frame: z.int().min(0).default(0).describe('which one in the file, from 0'),
        value: z.number().describe('energy in the unit of `per`'),
        per: z
          .enum(['total', 'atom', 'area'])
          .default('total')
          .describe('total: eV; atom: eV/atom; area: mJ/m² of the plane of the first two lattice vectors'),
        planes: z.int().min(1).max(2).default(1).describe('with area: surfaces or boundaries in the cell'),
        relative_to: z
          .enum(['crystal', 'atoms'])
          .default('crystal')
          .describe('what the energy counts from: as many atoms in the crystal, or free ones'),
        relax: z
          .enum(['none', 'atoms', 'volume', 'lengths'])
          .default('none')
          .describe(
            'what follows the potential: nothing, the atoms, atoms and volume, atoms and lengths of a right-angled or hexagonal cell',
          ),
        tolerance: tolerance.default('2 %'),
        weight: pull,
      }),
    )
    .default([])
    .describe('energies of given structures: surfaces, defects, faults, grain boundaries, phases'),
});

/** The targets of one crystal with every setting. */
export type CrystalTargets = z.infer<typeof targetsSchema>;

/** The groups of `targets`, one where it is no list, and where they stand in the settings. */
export function targetGroups(targets: CrystalTargets | CrystalTargets[] | undefined): { group: CrystalTargets; path: SettingPath }[] {
  if (!targets) return [];
  return Array.isArray(targets) ? targets.map((group, k) => ({ group, path: ['targets', k] })) : [{ group: targets, path: ['targets'] }];
}

/** How often the structures of all of them are relaxed again. */
export function targetRounds(targets: CrystalTargets | CrystalTargets[] | undefined): number {
  return Math.max(0, ...targetGroups(targets).map(({ group }) => group.rounds));
}

/** The file that `crystal` names; undefined where it names none. */
export function fromFile(crystal: string | undefined): string | undefined {
  return crystal === undefined || crystal === 'fcc' || crystal === 'bcc' ? undefined : crystal;
}
