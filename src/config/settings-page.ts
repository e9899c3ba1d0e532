import { learnJsonSchema, settingsJsonSchema } from './json-schema.js';

/** The part of JSON Schema that the settings use. */
interface Schema {
  type?: string;
  description?: string;
  unit?: string;
  default?: unknown;
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  oneOf?: Schema[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
}

const HEAD = `# Settings

Every setting of \`eqpot fit SETTINGS.yaml\`. The file is YAML; unknown settings are errors, and paths in it start at its own
folder. Only \`data.files\` has to be given. This page is made from \`src/config/schema.ts\` by \`npm run docs:settings\`; \`eqpot
schema\` prints the same as JSON Schema, for editors.

"Paper" is B. Varughese et al., *Physically interpretable interatomic potentials via symbolic regression and reinforcement
learning* (2025), and SR1 and SR2 are its two equations for copper.
`;

const LEARN_HEAD = `## eqpot learn

\`eqpot learn SETTINGS.yaml\` ([learning.md](learning.md)) takes all of the above, \`data.files\` being optional there, and these;
\`label\` stands in [labelling.md](labelling.md). \`eqpot schema --learn\` prints them as JSON Schema.
`;

/** The page docs/settings.md, made from the schema. */
export function settingsPage(): string {
  const root = settingsJsonSchema() as Schema;
  const sections: string[] = [HEAD];
  const single = Object.entries(root.properties ?? {}).filter(([, schema]) => !groupOf(schema));
  sections.push(`## Top level\n\n${table(single, root.required)}`);
  for (const [name, schema] of Object.entries(root.properties ?? {})) {
    const group = groupOf(schema);
    if (group) section(name, described(group, schema), sections, 2);
  }
  const learn = learnJsonSchema() as Schema;
  const own = Object.entries(learn.properties ?? {}).filter(([name]) => !(name in (root.properties ?? {})) || name === 'element');
  sections.push(
    `${LEARN_HEAD}\n${table(
      own.filter(([, schema]) => !isGroup(schema)),
      learn.required,
    )}`,
  );
  for (const [name, schema] of own) if (isGroup(schema)) section(name, schema, sections, 3);
  return `${sections.join('\n')}`;
}

function section(path: string, schema: Schema, sections: string[], level: number): void {
  const entries = Object.entries(schema.properties ?? {});
  const about = schema.description ? `${sentence(schema.description)}\n\n` : '';
  const single = entries.filter(([, inner]) => !groupOf(inner));
  sections.push(`${'#'.repeat(level)} ${path}\n\n${about}${single.length > 0 ? table(single, schema.required) : ''}`);
  for (const [name, inner] of entries) {
    const group = groupOf(inner);
    if (group) section(`${path}.${name}`, described(group, inner), sections, level + 1);
    const listed = inner.items?.anyOf?.find(isGroup);
    if (listed) section(`${path}.${name}[] (an entry with more than a path)`, listed, sections, level + 1);
    else if (inner.items && isGroup(inner.items)) section(`${path}.${name}[]`, inner.items, sections, level + 1);
    const named = typeof inner.additionalProperties === 'object' && inner.additionalProperties.anyOf?.find(isGroup);
    if (named) section(`${path}.${name}.NAME (more than a value)`, named, sections, level + 1);
  }
}

function table(entries: [string, Schema][], required: readonly string[] = []): string {
  const rows = entries.map(([name, schema]) => {
    const fallback = required.includes(name) ? 'required' : schema.default === undefined ? '' : code(schema.default);
    return `| \`${name}\` | ${cell(schema.description ?? '')} | ${schema.unit ?? ''} | ${cell(values(schema))} | ${fallback} |`;
  });
  return `| setting | meaning | unit | values | default |\n|---|---|---|---|---|\n${rows.join('\n')}\n`;
}

/** The group that a setting is, or is a list of when it is not one. */
function groupOf(schema: Schema): Schema | undefined {
  if (isGroup(schema)) return schema;
  return schema.anyOf?.find(isGroup);
}

/** The group with what is said about the setting. */
function described(group: Schema, { description }: Schema): Schema {
  return description ? { ...group, description } : group;
}

function isGroup(schema: Schema): boolean {
  return schema.properties !== undefined;
}

function values(schema: Schema): string {
  if (schema.oneOf) return 'group';
  if (schema.anyOf) return schema.anyOf.map((option) => (isGroup(option) ? 'group' : values(option))).join(' or ');
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(code).join(', ');
  if (schema.type === 'array') return `list of ${values(schema.items ?? {})}`;
  if (schema.type === 'object')
    return typeof schema.additionalProperties === 'object' ? `name: ${values(schema.additionalProperties)}` : 'group';
  if (schema.type === 'boolean') return '`true`, `false`';
  if (schema.type === 'string') return 'text';
  return `${schema.type === 'integer' ? 'whole number' : 'number'}${range(schema)}`;
}

function range({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: Schema): string {
  // the largest safe integer is no limit that a person meets
  const high = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  const parts: string[] = [];
  if (minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER) parts.push(`≥ ${plain(minimum)}`);
  if (exclusiveMinimum !== undefined) parts.push(`> ${plain(exclusiveMinimum)}`);
  if (high !== undefined) parts.push(`≤ ${plain(high)}`);
  if (exclusiveMaximum !== undefined) parts.push(`< ${plain(exclusiveMaximum)}`);
  return parts.length > 0 ? ` ${parts.join(', ')}` : '';
}

function code(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '`[]`' : value.map(code).join(', ');
  const text =
    typeof value === 'string' ? value || '""' : typeof value === 'number' ? String(value).replace('e+', 'e') : JSON.stringify(value);
  return `\`${cell(text)}\``;
}

/** a number as one would write it in YAML */
function plain(value: number): string {
  const size = Math.abs(value);
  return value !== 0 && (size < 1e-3 || size >= 1e6) ? value.toExponential().replace('e+', 'e') : String(value);
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
