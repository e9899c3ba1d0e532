import { z } from 'zod';
import { learnSchema } from './learn-schema.js';
import { settingsSchema } from './schema.js';

/**
 * The settings as JSON Schema (draft 7), which editors use to complete and check YAML: put
 * `# yaml-language-server: $schema=eqpot.schema.json` at the head of a settings file.
 */
export function settingsJsonSchema(): Record<string, unknown> {
  return jsonSchema(settingsSchema, 'eqpot settings');
}

/** The same for the settings of `eqpot learn`. */
export function learnJsonSchema(): Record<string, unknown> {
  return jsonSchema(learnSchema, 'eqpot learn settings');
}

function jsonSchema(of: z.ZodType, title: string): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(of, { io: 'input', target: 'draft-7' });
  return { $schema, title, ...schema };
}
