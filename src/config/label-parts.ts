import { z } from 'zod';

/** A time. */
export const seconds = (text: string) => z.number().positive().describe(text).meta({ unit: 's' });

/** How a potential for LAMMPS is described. */
export const lammpsPotential = {
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
};
