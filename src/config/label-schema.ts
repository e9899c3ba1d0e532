import { z } from 'zod';

/** Settings of the engines that label structures, for `eqpot label` and the `label` part of other settings. */
const seconds = (text: string) => z.number().positive().describe(text).meta({ unit: 's' });

const reference = z
  .strictObject({
    engine: z.literal('reference').describe('a potential evaluated by eqpot itself'),
    model: z.string().describe('built-in name (sr1, sr2, sutton-chen-cu), run directory, model.json, or an eam, eam/alloy or eam/fs file'),
  })
  .describe('labels of a potential, in process');

const lammps = z
  .strictObject({
    engine: z.literal('lammps').describe('LAMMPS'),
    potential: z
      .string()
      .optional()
      .describe('what eqpot validate takes: built-in name, run directory, model.json, or a LAMMPS file whose ending tells its pair_style'),
    pair_style: z.string().optional().describe('any other potential: arguments of pair_style, instead of potential'),
    pair_coeff: z
      .array(z.string())
      .default([])
      .describe('arguments of pair_coeff, one entry a line; files are relative to the settings file'),
    elements: z.array(z.string()).default([]).describe('chemical symbols of the atom types, for pair_style'),
    lammps: z.string().default('embedded').describe('embedded, native, or a command such as "mpirun -np 4 lmp"'),
    batch: z.int().min(1).max(10000).default(100).describe('structures of one run of LAMMPS'),
    timeout: seconds('limit of one run of LAMMPS').default(600),
  })
  .describe('labels of any potential that LAMMPS knows');

/** The settings of each engine. A new engine is an entry here, and one in src/workflows/label/labellers.ts. */
export const LABEL_SCHEMAS = { reference, lammps } as const;

/** One of them, by `engine`. */
export const labelSchema = z.discriminatedUnion('engine', [reference, lammps]).describe('what computes energies and forces');

/** Validated settings of a labelling engine, with all defaults in place. */
export type LabelSettings = z.infer<typeof labelSchema>;
