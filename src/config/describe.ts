import type { z } from 'zod';

/** The part of a zod schema that is looked into. */
interface Definition {
  type: string;
  innerType?: z.ZodType;
  element?: z.ZodType;
  valueType?: z.ZodType;
  options?: z.ZodType[];
  shape?: Record<string, z.ZodType>;
}

/** The schema inside defaults and optionals. */
function unwrap(schema: z.ZodType): z.ZodType {
  const { type, innerType } = definition(schema);
  return ['default', 'prefault', 'optional', 'nullable'].includes(type) ? unwrap(innerType!) : schema;
}

function definition(schema: z.ZodType): Definition {
  return schema.def as unknown as Definition;
}

/** Names that may stand in a group of settings; undefined where it is no group. */
export function keysOf(schema: z.ZodType | undefined): string[] | undefined {
  if (!schema) return undefined;
  const { shape, options } = definition(unwrap(schema));
  if (shape) return Object.keys(shape);
  for (const option of options ?? []) {
    const keys = keysOf(option);
    if (keys) return keys;
  }
  return undefined;
}

/** The schema of the setting at a path, defaults and optionals not taken off; undefined where the path leads nowhere. */
export function schemaAt(root: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  if (path.length === 0) return root;
  const [step, ...rest] = path;
  const { shape, element, valueType, options } = definition(unwrap(root));
  if (shape) return shape[String(step)] && schemaAt(shape[String(step)]!, rest);
  if (element) return schemaAt(element, rest);
  if (valueType) return schemaAt(valueType, rest);
  for (const option of options ?? []) {
    const found = schemaAt(option, path);
    if (found) return found;
  }
  return undefined;
}

/** Paths (`network.cutoff`) of all settings that are called `name`. */
export function pathsNamed(root: z.ZodType, name: string): string[] {
  return walk(root, []).flatMap((path) => (path.at(-1) === name ? [path.join('.')] : []));
}

/** Names of all settings, without their groups. */
export function settingNames(root: z.ZodType): Set<string> {
  return new Set(walk(root, []).map((path) => path.at(-1)!));
}

function walk(schema: z.ZodType, prefix: readonly string[]): string[][] {
  const { shape, element, options } = definition(unwrap(schema));
  if (element) return walk(element, prefix);
  if (options) return options.flatMap((option) => walk(option, prefix));
  return Object.entries(shape ?? {}).flatMap(([key, inner]) => [[...prefix, key], ...walk(inner, [...prefix, key])]);
}

/** Meaning and unit of a setting, as the documentation gives them. */
export function meaning(schema: z.ZodType | undefined): { description: string; unit: string } {
  let description = '';
  let unit = '';
  for (let at = schema; at; at = definition(at).innerType) {
    const meta = at.meta() as { description?: string; unit?: string } | undefined;
    description ||= meta?.description ?? '';
    unit ||= meta?.unit ?? '';
  }
  return { description, unit };
}
