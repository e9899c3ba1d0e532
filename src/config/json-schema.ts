import { z } from 'zod';
import { settingsSchema } from './schema.js';

/**
 * The settings as JSON Schema (draft 7), which editors use to complete and check YAML: put
 * `# yaml-language-server: $schema=eqpot.schema.json` at the head of a settings file.
 */
export function settingsJsonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(settingsSchema, { io: 'input', target: 'draft-7' });
  return { $schema, title: 'eqpot settings', ...schema };
}
