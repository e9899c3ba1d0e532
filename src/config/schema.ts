import { z } from 'zod';
import { PAPER_BASIS } from '../expressions/basis/index.js';
import { WINDOWS_ABOVE_LOWEST } from '../fitting/metrics.js';
import { OUTER_FUNCTIONS } from '../fitting/subnetwork.js';
import { CUTOFF_STYLES } from '../potentials/cutoffs/index.js';
import { alloySchema, splinesSchema, zjw04Schema } from './forms-schema.js';
import { positive, unit, weight } from './quantities.js';
import { targetsSchema } from './targets-schema.js';

/** One, or a list of them that are all searched. */
const oneOrMore = <T extends z.ZodType>(one: T) => z.union([one, z.array(one).min(1)]);

const network = (basis: readonly string[], what: string) =>
  oneOrMore(
    z.strictObject({
      basis: z
        .array(z.string())
        .min(1)
        .default([...basis])
        .describe(`basis functions of the ${what} network`),
      outer: z
        .array(z.enum(OUTER_FUNCTIONS))
        .default([])
        .describe('functions of a second layer, each of a weighted sum of the basis functions; [exp] is the form of the pair term of SR1'),
    }),
  )
    .prefault({})
    .describe(`equation network of the ${what} term; a list of them is searched with each`);

const dataFile = z.strictObject({
  path: z.string().describe('file, relative to the settings file'),
  format: z.string().optional().describe('extxyz, xsf, vasprun, outcar or mlearn; guessed from name and content when absent'),
  weight: positive.default(1).describe('factor on the loss weight of every frame of this file'),
  config_type: z.string().optional().describe('config_type of frames that have none of their own'),
  every: z.int().min(1).default(1).describe('take every n-th frame only, the first one included'),
  reference_energy: z
    .union([z.literal('match'), z.number()])
    .optional()
    .describe(
      'for energies that count from another zero than those of the other files: the free atom on the scale of this file, or "match": moved so that its lowest energy is that of the first file, which is right where both hold the crystal at rest',
    )
    .meta(unit('eV/atom')),
});

/**
 * Every setting of a fit: its meaning, unit and default stand here, those of single forms in forms-schema.ts, and nowhere else. Unknown
 * keys are errors. "paper" means B. Varughese et al., Physically interpretable interatomic potentials via symbolic regression and
 * reinforcement learning (2025), whose values are the defaults unless a better one was measured (docs/design.md).
 */
export const settingsSchema = z.strictObject({
  form: z
    .enum(['equation', 'alloy', 's-meam', 'zjw04'])
    .default('equation')
    .describe(
      'what is fitted: a closed EAM equation (`network`, `search`, `refine`), or closed EAM equations for each element and pair of elements (`network`, `alloy`), or spline MEAM (`splines`), for one or two elements, or the functions of Zhou, Johnson and Wadley (`zjw04`), for any number',
    ),
  title: z.string().default('').describe('free text for the report and the file headers'),
  element: z.string().optional().describe('chemical symbol; read from the data when absent'),
  seed: z.int().nonnegative().default(1).describe('seed of every random choice; the same seed gives the same result'),
  data: z
    .strictObject({
      files: z
        .array(z.union([z.string(), dataFile]))
        .min(1)
        .describe('data files, relative to the settings file'),
      labels: z
        .strictObject({
          energy: z.string().optional().describe('key of the total energy').meta(unit('eV')),
          forces: z.string().optional().describe('column of the forces').meta(unit('eV/Å')),
          stress: z.string().optional().describe('key of the stress, tension positive').meta(unit('eV/Å³')),
          virial: z.string().optional().describe('key of the virial; stress = -virial / volume').meta(unit('eV')),
          config_type: z.string().optional().describe('key of the group of a frame'),
        })
        .default({})
        .describe(
          'keys of the labels in extended XYZ and mlearn JSON, where they are not the usual ones (docs/formats.md); other formats have no keys and are read as they are',
        ),
      energy_kind: z
        .enum(['free', 'sigma0'])
        .optional()
        .describe('VASP: free, the energy consistent with the forces (default), or sigma0, extrapolated to no smearing'),
      use: z
        .array(z.enum(['energy', 'forces', 'stress']))
        .min(1)
        .optional()
        .describe('labels to fit; all that the data has when absent; a label named here that the data lacks is an error'),
      mixed_labels: z
        .enum(['refuse', 'allow'])
        .default('refuse')
        .describe(
          'labels of different engines or settings (label_engine and label_settings of the frames, see docs/labelling.md) in one fit',
        ),
      audit: z
        .enum(['mend', 'exclude', 'keep'])
        .default('exclude')
        .describe('frames that the audit finds inconsistent: mend those that can be mended and set the rest aside, set all aside, or keep'),
      folds: z.int().min(0).max(20).default(5).describe('folds of the cross-validation of the chosen equation; 0 for none'),
      test_fraction: z.number().min(0).max(0.5).default(0).describe('fraction of frames held out of everything and reported as test'),
    })
    .describe('what is fitted to'),
  reference_energy: z
    .union([z.literal('fit'), z.number(), z.record(z.string(), z.number())])
    .default('fit')
    .describe(
      'energy of the free atom on the scale of the data: a number, one number per element, or "fit": a fitted number, with which cohesive energies mean something only where the data holds the free atom',
    )
    .meta(unit('eV/atom')),
  network: z
    .strictObject({
      cutoff: oneOrMore(positive.min(2).max(15))
        .default(5.5)
        .describe('distance beyond which atoms do not interact; sets the cost in MD; a list of them is searched with each')
        .meta(unit('Å')),
      cutoff_style: z
        .enum(CUTOFF_STYLES)
        .default('quintic')
        .describe('how the functions go to zero at the cutoff: a smooth taper, or shift (the paper), which leaves a jump in the forces'),
      taper_width: positive
        .optional()
        .describe('width of the taper; its own default when absent; shift and polynomial have none')
        .meta(unit('Å')),
      length_unit: positive
        .optional()
        .describe('length that distances are divided by in the equations; the nearest distance in the frame of lowest energy when absent')
        .meta(unit('Å')),
      density_floor: weight
        .default(0.01)
        .describe('density of an atom without neighbours, as a fraction of the density unit; 0 as in the paper'),
      pair: network(PAPER_BASIS.pair, 'pair'),
      density: network(PAPER_BASIS.density, 'density'),
      embedding: network(PAPER_BASIS.embedding, 'embedding'),
    })
    .prefault({})
    .describe('the form of the equations'),
  loss: z
    .strictObject({
      near_equilibrium: z
        .strictObject({
          window: positive
            .default(0.15)
            .describe(
              'frames up to this much above the lowest energy (of alloys above the convex hull of the energies over the compositions) count as near equilibrium',
            )
            .meta(unit('eV/atom')),
          weight: positive.default(2.5).describe("w of the paper's equation 6, relative to the mean of the other frames"),
        })
        .prefault({})
        .describe('frames near equilibrium weigh more'),
      windows: z
        .array(
          z.strictObject({
            up_to: positive
              .optional()
              .describe('upper end above the lowest energy, or the hull; the last window has none')
              .meta(unit('eV/atom')),
            weight: weight.describe("of the window's mean absolute error"),
          }),
        )
        .min(1)
        .optional()
        .describe('instead of near_equilibrium: windows of energy, growing, each with its weight'),
      forces: weight.default(0.1).describe('weight of the mean absolute force error').meta(unit('eV/atom per eV/Å')),
      stress: weight.default(1).describe('weight of the mean absolute stress error').meta(unit('eV/atom per eV/Å³')),
      config_types: z.record(z.string(), weight).default({}).describe('factor per config_type'),
      negative_pair: z.boolean().default(false).describe('forbid a pair term below zero inside the cutoff (SR1 is purely repulsive)'),
      negative_density: z.boolean().default(true).describe('forbid a density below zero inside the cutoff'),
      penalty: positive.default(1e18).describe('loss of a forbidden or undefined candidate').meta(unit('eV/atom')),
    })
    .prefault({})
    .describe('what the search and the refinement make small'),
  targets: oneOrMore(targetsSchema)
    .optional()
    .describe('properties that pull the fit besides the data; a list of such groups for several crystals'),
  search: z
    .strictObject({
      restarts: z
        .int()
        .min(1)
        .max(10000)
        .default(8)
        .describe('independent searches of each cutoff and network, shared among the worker threads'),
      method: z
        .enum(['tree', 'cma-es', 'multi-start'])
        .default('tree')
        .describe(
          'how a restart looks for the points it refines: tree search (the paper), CMA-ES, or short refinements from random points',
        ),
      steps: z
        .int()
        .min(1)
        .default(2000)
        .describe('steps of one restart, each payouts + 1 loss evaluations (paper: 55000); a start of multi-start counts as 20'),
      population: z.int().min(4).max(100000).default(20).describe('points of a generation of CMA-ES; doubled each time it has converged'),
      payouts: z.int().min(1).max(1000).default(10).describe('random evaluations of one step'),
      exploration: weight.default(1).describe('factor of the exploration term of UCB; rewards are -ln(loss)'),
      children: z
        .int()
        .min(2)
        .max(100)
        .default(8)
        .describe('children a node has room for after 16 visits; grows with the square root of the visits'),
      radius: positive.default(5).describe('search radius of the root'),
      depth_scaling: z.number().gt(0).lt(1).default(0.5).describe('factor of the radius from a node to its children'),
      max_depth: z.int().min(1).max(60).default(25).describe('largest depth of the tree'),
      bounds: positive.default(5).describe('bound of the weights, ±'),
      null_zone: weight.default(0.125).describe('half width of the zone of a pseudo-weight in which its term is off'),
      uniqueness: weight.default(1e-3).describe('two nodes closer than this fraction of their radius count as one'),
      switch_loss: positive.default(0.15).describe('below it the search may give way to local refinement').meta(unit('eV/atom')),
      patience: z
        .int()
        .min(1)
        .default(2000)
        .describe('steps without improvement below switch_loss that end a restart; with as many as `steps`, none ends early'),
    })
    .prefault({})
    .describe('the global search: continuous-action Monte Carlo tree search or another method'),
  refine: z
    .strictObject({
      optimiser: z.enum(['levenberg-marquardt', 'lbfgs', 'adam']).default('levenberg-marquardt').describe('method of the local refinement'),
      steps: z.int().min(1).optional().describe('largest number of steps; default 100, 2000 or 10000 by optimiser'),
      learning_rate: positive.default(1e-4).describe('learning rate of Adam'),
      max_complexity: z.int().min(5).default(75).describe('nodes of the printed equations that the chosen one may have (SR2: 75)'),
      candidates: z.int().min(1).default(4).describe('best points of each restart that are refined'),
    })
    .prefault({})
    .describe('gradient descent on the weights that the search left on'),
  uncertainty: z
    .strictObject({
      committee: z
        .int()
        .min(0)
        .max(200)
        .default(10)
        .describe('refits of the chosen terms to resamples of the frames, for standard errors and error bars; 0 for none'),
      front: z
        .int()
        .min(0)
        .max(50)
        .default(0)
        .describe('equations of other terms that join the committee: the best of the front within 1.25 of the loss of the chosen one'),
    })
    .prefault({})
    .describe('how much the data leave open'),
  alloy: alloySchema,
  splines: splinesSchema,
  zjw04: zjw04Schema,
  backend: z.enum(['wasm', 'tensorflow']).default('wasm').describe('what computes batches of candidates in the tree search'),
  moment_error: positive
    .min(1e-6)
    .max(10)
    .default(0.05)
    .describe('error of the radial representation; the number of radial nodes follows from it')
    .meta(unit('meV/atom')),
  export: z
    .strictObject({
      accuracy: positive
        .min(1e-12)
        .max(1e-5)
        .default(1e-6)
        .describe('error of the exported tables; their sizes follow from it; the proof in LAMMPS allows 1e-5')
        .meta(unit('eV/atom')),
      core: z.enum(['zbl', 'none']).default('zbl').describe('repulsion below the shortest distance of the data'),
      proof_frames: z.int().min(0).default(8).describe('frames of the data that LAMMPS has to reproduce, besides random ones'),
    })
    .prefault({})
    .describe('files for LAMMPS and their proof'),
  report: z
    .strictObject({
      windows: z
        .array(z.number())
        .optional()
        .describe(
          `edges of the energy windows, ascending; default ${WINDOWS_ABOVE_LOWEST.join(', ')} above the lowest energy, to the nearest 0.05`,
        )
        .meta(unit('eV/atom')),
      compare: z.array(z.string()).default([]).describe('built-in names, model folders or eam files that the report compares with'),
    })
    .prefault({})
    .describe('what the report shows'),
  lammps: z.string().default('embedded').describe('embedded, native, or the path of an lmp executable'),
  directory: z.string().optional().describe('run directory, relative to the settings file; default runs/NAME-OF-SETTINGS'),
  max_time: z
    .union([z.number().positive(), z.string()])
    .optional()
    .describe('wall-clock time after which the state is saved and the run stops: seconds, or text such as 30m or 1h30m')
    .meta(unit('s')),
  workers: z.int().min(1).max(256).optional().describe('worker threads; default: processors available to the job'),
});

/** Settings as one writes them: what has a default may be left out. */
export type SettingsInput = z.input<typeof settingsSchema>;

/** Validated settings with all defaults in place. */
export type Settings = z.infer<typeof settingsSchema>;
