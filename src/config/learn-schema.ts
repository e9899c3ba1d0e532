import { z } from 'zod';
import { RULE_NAMES } from '../learning/rules/index.js';
import { labelSchema } from './label-schema.js';
import { settingsSchema } from './schema.js';

/**
 * Every setting of `eqpot learn` besides those of a fit: its meaning, unit and default stand here and nowhere else. Where the paper (see
 * schema.ts) names a value, it is the default.
 */
const positive = z.number().positive();
const weight = z.number().nonnegative();
const unit = (name: string) => ({ unit: name });

const phases = z.array(z.string()).min(1);
const sizes = z.array(z.int().min(1).max(2000)).min(1);
const rattle = weight.describe('normal deviate of the coordinates').meta(unit('Å'));

const start = z
  .strictObject({
    files: z.array(z.string()).default([]).describe('files with structures, relative to the settings file; labels in them are not used'),
    crystals: z
      .array(
        z.strictObject({
          phase: z.string().describe('fcc, bcc, hcp, sc, diamond, dhcp, 9r, a15, omega, sh or beta_sn'),
          atoms: z.int().min(1).max(2000).default(32).describe('atoms in a cell'),
          count: z.int().min(1).max(1000).default(21).describe('structures: the perfect crystal, then strained ones (paper: 21)'),
          strain: weight.max(0.3).default(0.05).describe('largest strain: volumetric, along z, and shear in turn'),
          rattle: rattle.default(0.03),
        }),
      )
      .default([])
      .describe('strained and perturbed crystals; the usual crystal of the element when neither these nor files are given'),
    dilute: z
      .array(positive)
      .default([])
      .describe('nearest distances of crystals of one atom, up to nearly free atoms, in units of that of the close-packed crystal'),
  })
  .prefault({})
  .describe('the structures of round 0');

const sample = z
  .strictObject({
    nested: z
      .strictObject({
        atoms: sizes.default([32]).describe('atoms in a cell; a set of ensembles for each size'),
        phases: z.array(z.string()).default(['fcc']).describe('crystals that an ensemble starts from, strongly rattled'),
        random: z.boolean().default(true).describe('whether another ensemble starts from random positions (the paper)'),
        live: z.int().min(2).max(1000).default(16).describe('configurations of one ensemble'),
        iterations: z.int().min(1).max(10000).default(90).describe('iterations of one ensemble: each lowers the ceiling to the median'),
        volume: z
          .tuple([positive, positive])
          .default([0.85, 1.3])
          .describe('range of the volume per atom, in units of the close-packed crystal; equal numbers keep the cells'),
        strain: weight.max(0.5).default(0).describe("largest strain component of the cell's shape; 0 keeps it"),
        minimum_distance: weight.max(1).default(0.6).describe('closest approach of two atoms, in nearest distances'),
        window: positive.default(3).describe('energies are kept up to this above the lowest of the training set').meta(unit('eV/atom')),
        floor: positive
          .default(0.5)
          .describe('energies this far below the lowest of the training set are a hole of the potential')
          .meta(unit('eV/atom')),
        keep: z.int().min(1).max(10000).default(100).describe('structures that one ensemble hands on, spread over energy'),
      })
      .optional()
      .describe('nested-ensemble Monte Carlo with the present potential; on by default where no other source is named'),
    dynamics: z
      .strictObject({
        phases: phases.default(['fcc']).describe('crystals that the runs start from'),
        atoms: sizes.default([32]).describe('atoms in a cell'),
        temperatures: z.array(positive).min(1).default([300, 1000, 2000]).describe('one run each').meta(unit('K')),
        steps: z.int().min(10).max(10_000_000).default(2000).describe('of each run'),
        snapshots: z.int().min(1).max(1000).default(10).describe('structures taken from each run'),
      })
      .optional()
      .describe('molecular dynamics with the present potential, at zero pressure, by LAMMPS'),
    strained: z
      .strictObject({
        phases: phases.default(['fcc']).describe('crystals'),
        atoms: sizes.default([32]).describe('atoms in a cell'),
        count: z.int().min(1).max(10000).default(20).describe('structures of each crystal and size'),
        strain: positive.max(0.3).default(0.06).describe('largest strain component; volumes change by up to three times as much'),
        rattle: rattle.default(0.15).describe('largest normal deviate of the coordinates'),
      })
      .optional()
      .describe('crystals in strained cells'),
    defects: z
      .strictObject({
        phases: phases.default(['fcc']).describe('crystals'),
        atoms: sizes.default([32]).describe('atoms of the perfect cell'),
        count: z.int().min(1).max(10000).default(5).describe('structures of each kind, crystal and size'),
        kinds: z
          .array(z.enum(['vacancy', 'divacancy', 'interstitial']))
          .min(1)
          .default(['vacancy', 'divacancy', 'interstitial'])
          .describe('what is put in'),
        rattle: rattle.default(0.05),
      })
      .optional()
      .describe('crystals with point defects'),
    surfaces: z
      .strictObject({
        phases: phases.default(['fcc']).describe('crystals'),
        planes: z
          .array(z.string().regex(/^(-?\d){3}$/, 'expected Miller indices such as "111" or "1-10", in quotes'))
          .min(1)
          .default(['111', '100', '110'])
          .describe('Miller indices of the conventional cell, in quotes'),
        layers: z.int().min(1).max(100).default(6).describe('atoms of a slab'),
        vacuum: positive.default(10).describe('empty space between a slab and its image').meta(unit('Å')),
        count: z.int().min(1).max(1000).default(3).describe('structures of each plane'),
        rattle: rattle.default(0.05),
      })
      .optional()
      .describe('thin slabs with two free surfaces'),
  })
  .prefault({})
  .describe('where new structures come from');

const select = z
  .strictObject({
    rule: z
      .enum(RULE_NAMES)
      .default('error')
      .describe(
        'error: spread over energy, trained on where the label contradicts the prediction (the paper); committee: where the equations of the front disagree; farthest: least like all that are known; random',
      ),
    budget: z.int().min(1).max(100000).default(40).describe('labels in one round'),
    factor: positive.default(1.1).describe('error or disagreement that counts, in units of the training error (paper: 1.1)'),
    tolerance: weight.default(0.1).describe('least error or disagreement that counts').meta(unit('meV/atom')),
    distance: positive.default(0.1).describe('fingerprint distance from which `farthest` takes a structure for new'),
    same: weight
      .default(0.02)
      .describe('fingerprint distance below which two structures are one: about a rattle of 0.02 Å, or a strain of 1 %'),
    agreeing: z
      .enum(['train', 'leave'])
      .optional()
      .describe(
        'whether labelled structures that agree with the prediction are trained on; default leave for the rule error, as in the paper',
      ),
    highest: positive
      .default(5)
      .describe('labels further than this above the lowest are far: they only have to keep the potential repulsive')
      .meta(unit('eV/atom')),
    far_weight: positive.max(1).default(0.02).describe('factor on the loss weight of far labels'),
  })
  .prefault({})
  .describe('which of the new structures get a label');

const train = z
  .strictObject({
    full_every: z
      .int()
      .min(1)
      .default(4)
      .describe('every so many rounds the search is made as `search` says; in the others the front of the round before is refined'),
    restarts: z.int().min(1).max(1000).default(1).describe('restarts of the search in the other rounds, besides that front'),
  })
  .prefault({})
  .describe('how the potential is retrained');

const stop = z
  .strictObject({
    rounds: z.int().min(1).max(1000).default(10).describe('largest number of rounds after round 0'),
    labels: z.int().min(3).optional().describe('largest number of labels'),
    error: positive
      .optional()
      .describe('mean error of the new structures, before training on them, that is good enough')
      .meta(unit('meV/atom')),
  })
  .prefault({})
  .describe('when the loop ends; it also does when nothing new is found');

const { data, element, ...fitSettings } = settingsSchema.shape;

export const learnSchema = z.strictObject({
  ...fitSettings,
  element: z.string().optional().describe('chemical symbol; of an alloy `elements`'),
  elements: z
    .array(z.string())
    .min(2)
    .optional()
    .describe(
      'chemical symbols of an alloy, in place of `element`: structures are made with random compositions, and files may hold any of them',
    ),
  nearest: positive
    .optional()
    .describe(
      'nearest distance in the close-packed crystal, from which structures are made; that of the usual crystal when absent, and of alloys the mean over the atoms',
    )
    .meta(unit('Å')),
  data: data
    .extend({
      audit: data.shape.audit
        .unwrap()
        .default('keep')
        .describe(
          'frames that the audit finds inconsistent: keep, as what the loop asks for is unlike the rest; mend those that can be mended and set the rest aside; or set all aside',
        ),
      files: data.shape.files.element.array().default([]).describe('data that has labels already, trained on in every round'),
    })
    .prefault({})
    .describe('what is fitted to besides the labels of the loop'),
  test: z.array(z.string()).default([]).describe('labelled files that are never trained on: the error on them is part of the report'),
  label: labelSchema,
  start,
  sample,
  select,
  train,
  stop,
});

/** Validated settings of the loop with all defaults in place. */
export type LearnSettings = z.infer<typeof learnSchema>;
