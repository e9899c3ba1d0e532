import type { z } from 'zod';
import { keysOf, meaning, pathsNamed, schemaAt, settingNames } from './describe.js';
import type { Problem, SettingPath } from './source.js';
import { didYouMean, suggest } from './suggest.js';

type Issue = z.core.$ZodIssue;

/** Turns what zod found into problems in the user's terms. */
export function problemsOf(issues: readonly Issue[], root: z.ZodType, value: unknown): Problem[] {
  return issues.flatMap((issue) => problems(issue, [], root, value));
}

function problems(issue: Issue, prefix: SettingPath, root: z.ZodType, value: unknown): Problem[] {
  const path = [...prefix, ...(issue.path as (string | number)[])];
  const found = valueAt(value, path);
  const schema = schemaAt(root, path);
  const { description, unit } = meaning(schema);
  const name = nameOf(path);
  const hint = description ? `${name}: ${description}${unit ? ` (${unit})` : ''}` : undefined;
  const wrong = (message: string, more = hint): Problem[] => [{ message, hint: more, at: { path } }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, path, root, schema));
    case 'invalid_type':
      if (found === undefined) {
        const holder = path.length > 1 ? `'${nameOf(path.slice(0, -1))}'` : 'the settings';
        return [{ message: `'${path.at(-1)}' is missing in ${holder}`, hint, at: { path: path.slice(0, -1), key: true } }];
      }
      return wrong(`${name}: expected ${article(issue.expected)}, found ${show(found)}`, repair(issue.expected, found, unit) ?? hint);
    case 'too_small':
    case 'too_big': {
      const limit = issue.code === 'too_small' ? issue.minimum : issue.maximum;
      const least = issue.code === 'too_small';
      if (issue.origin === 'array')
        return wrong(`${name}: expected at ${least ? 'least' : 'most'} ${limit} ${limit === 1 ? 'entry' : 'entries'}`);
      const relation = issue.inclusive ? `at ${least ? 'least' : 'most'}` : least ? 'more than' : 'less than';
      return wrong(`${name}: expected ${relation} ${String(limit)}${unit ? ` ${unit}` : ''}, found ${show(found)}`);
    }
    case 'invalid_value':
      return wrong(
        `${name}: expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}, found ${show(found)}` +
          (typeof found === 'string' ? didYouMean(found, issue.values.map(String)) : ''),
      );
    case 'invalid_union':
      return union(issue, path, root, value, found, hint);
    default:
      return wrong(`${name}: ${issue.message}`);
  }
}

/** A value that may be of several kinds: the kind that it looks like decides what is said. */
function union(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: SettingPath,
  root: z.ZodType,
  value: unknown,
  found: unknown,
  hint: string | undefined,
): Problem[] {
  const near = issue.errors.find(
    (errors) => !errors.some((e) => e.path.length === 0 && (e.code === 'invalid_type' || e.code === 'invalid_value')),
  );
  if (near) return near.flatMap((inner) => problems(inner, path, root, value));
  // one or a list: what is no list was meant to be one
  const single = issue.errors.filter(
    (errors) => !errors.some((e) => e.path.length === 0 && e.code === 'invalid_type' && e.expected === 'array'),
  );
  if (single.length === 1) return single[0]!.flatMap((inner) => problems(inner, path, root, value));
  const kinds = issue.errors
    .flat()
    .flatMap((e) =>
      e.code === 'invalid_type' ? [article(e.expected)] : e.code === 'invalid_value' ? e.values.map((v) => `"${String(v)}"`) : [],
    );
  const literals = issue.errors.flat().flatMap((e) => (e.code === 'invalid_value' ? e.values.map(String) : []));
  const meant = typeof found === 'string' ? didYouMean(found, literals) : '';
  return [{ message: `${nameOf(path)}: expected ${[...new Set(kinds)].join(' or ')}, found ${show(found)}${meant}`, hint, at: { path } }];
}

function unknownKey(key: string, path: SettingPath, root: z.ZodType, schema: z.ZodType | undefined): Problem {
  const names = keysOf(schema) ?? [];
  const where = path.length > 0 ? ` in '${nameOf(path)}'` : '';
  const guess = didYouMean(key, names) || misplaced(key, root);
  return {
    message: `unknown setting '${key}'${where}${guess}`,
    hint: guess ? undefined : `settings here: ${names.join(', ')}`,
    at: { path: [...path, key], key: true },
  };
}

/** Where a setting belongs that stands in the wrong group, perhaps misspelt as well. */
function misplaced(key: string, root: z.ZodType): string {
  const name = suggest(key, settingNames(root));
  const places = name === undefined ? [] : pathsNamed(root, name).map((path) => `'${path}'`);
  return places.length > 0 ? `; did you mean ${places.join(' or ')}?` : '';
}

/** `data.files[0].path` */
export function nameOf(path: SettingPath): string {
  if (path.length === 0) return 'the settings';
  return path.reduce<string>((name, step) => (typeof step === 'number' ? `${name}[${step}]` : name ? `${name}.${step}` : step), '');
}

function valueAt(value: unknown, path: SettingPath): unknown {
  return path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | null | undefined)?.[step], value);
}

const KINDS: Record<string, string> = {
  object: 'a group of settings',
  record: 'a group of names with values',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function article(expected: string): string {
  return KINDS[expected] ?? expected;
}

/** A value as a person would name it. */
function show(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') return `"${value.length > 60 ? `${value.slice(0, 57)}...` : value}"`;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return value instanceof Date ? 'a date' : 'a group';
  return String(value);
}

/** What to do about a value that YAML reads as text. */
function repair(expected: string, found: unknown, unit: string): string | undefined {
  if (typeof found !== 'string') return undefined;
  const text = found.trim();
  if (expected === 'boolean') {
    if (/^(yes|y|on)$/i.test(text)) return 'write true';
    if (/^(no|n|off)$/i.test(text)) return 'write false';
  }
  if (expected !== 'number' && expected !== 'int') return undefined;
  if (/^[-+.\d]+(e[-+]?\d+)?$/i.test(text)) return `write ${text} without quotes`;
  if (/^-?\d+,\d+$/.test(text)) return `write ${text.replace(',', '.')}`;
  if (/^-?[\d.]+(e[-+]?\d+)?\s*[^\d\s,].*$/i.test(text)) return `write the number alone${unit ? `; its unit is ${unit}` : ''}`;
  return undefined;
}
