import { z } from 'zod';
import type { Label, LabelFailure } from '../../../src/engines/labelling/labeller.js';
import type { Structure } from '../../../src/structures/structure.js';
import type { ClaimedOrigin } from './result.js';

const numbers = z.array(z.number());
/** flat, or a list for each row */
const rows = z.union([numbers, z.array(numbers)]);

const labelSchema = z.strictObject({
  energy: z.number(),
  forces: rows.optional(),
  stress: rows.optional(),
  species: z.array(z.string()).optional(),
  cell: rows.optional(),
  pbc: z.tuple([z.boolean(), z.boolean(), z.boolean()]).optional(),
  positions: rows.optional(),
  origin: z
    .strictObject({
      engine: z.string(),
      version: z.string(),
      settings: z.string(),
      input: z.string(),
      wallSeconds: z.number(),
      changed: z.record(z.string(), z.string()),
    })
    .partial()
    .default({}),
});

const failureSchema = z.strictObject({
  failure: z.strictObject({ reason: z.string(), again: z.boolean().default(false), log: z.string().optional() }),
});

export interface ParsedLabel {
  label: Omit<Label, 'origin'>;
  /** where the result says of which structure it is */
  structure: Structure | undefined;
  origin: ClaimedOrigin;
}

/** What a result.json says, or what is wrong with it. */
export function parseResult(value: unknown): ParsedLabel | { failure: LabelFailure } | string {
  if (typeof value === 'object' && value !== null && 'failure' in value) {
    const parsed = failureSchema.safeParse(value);
    if (!parsed.success) return describe(parsed.error);
    const { reason, again, log } = parsed.data.failure;
    return { failure: { reason, again, ...(log === undefined ? {} : { log }) } };
  }
  const parsed = labelSchema.safeParse(value);
  if (!parsed.success) return describe(parsed.error);
  const { energy, forces, stress, species, cell, pbc, positions, origin } = parsed.data;
  if (forces && species && flat(forces).length !== 3 * species.length)
    return `it has ${flat(forces).length} numbers of forces for ${species.length} atoms`;
  if ([species, cell, positions].some(Boolean) && !(species && cell && positions))
    return 'species, cell and positions belong together: give all or none of them';
  if (cell && positions && (flat(cell).length !== 9 || flat(positions).length !== 3 * species!.length))
    return 'cell has to have 9 numbers, positions 3 for each of species';
  return {
    label: { energy, ...(forces ? { forces: flat(forces) } : {}), ...(stress ? { stress: flat(stress) } : {}) },
    structure: species && { species, cell: flat(cell!), pbc: pbc ?? [true, true, true], positions: flat(positions!) },
    origin: origin as ClaimedOrigin,
  };
}

function flat(values: z.infer<typeof rows>): Float64Array {
  return Float64Array.from(values.flat());
}

function describe(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message)).join('; ');
}
