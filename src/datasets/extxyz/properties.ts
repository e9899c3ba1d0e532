import { type ErrorPlace, InputError } from '../../errors.js';
import type { WarningTally } from '../warnings.js';
import type { CommentEntry } from './comment.js';
import { DEFAULT_KEYS } from './keys.js';

/** What each column of the atom lines is for. */
export interface ColumnPlan {
  /** number of columns of an atom line */
  count: number;
  /** whether more columns than that are an error (they are not in plain XYZ) */
  exact: boolean;
  /** per column: -1 not wanted, 0 species, 1 atomic number, 2 to 4 position, 5 to 7 force */
  target: Int8Array;
  hasForces: boolean;
  /** name of the column that gives the forces */
  forcesKey: string | undefined;
  /** names of all columns */
  names: string[];
}

/**
 * Reads `Properties=name:type:columns:...`. Without the entry the atom lines are those of plain XYZ: species x y z.
 * @param forcesLabel column that a setting names for the forces
 * @throws InputError for a malformed list, a column named twice, missing species or pos
 */
export function planColumns(
  entry: CommentEntry | undefined,
  forcesLabel: string | undefined,
  place: ErrorPlace,
  warnings: WarningTally,
): ColumnPlan {
  if (!entry)
    return {
      count: 4,
      exact: false,
      target: Int8Array.of(0, 2, 3, 4),
      hasForces: false,
      forcesKey: undefined,
      names: ['species', 'pos'],
    };
  const here = { ...place, column: entry.column };
  const parts = entry.value.split(':');
  const columns = new Map<string, { type: string; at: number; width: number }>();
  let count = 0;
  for (let p = 0; p < parts.length; p += 3) {
    const [name, type, width] = [parts[p]!, parts[p + 1] ?? '', parts[p + 2] ?? ''];
    if (name === '' || !/^[SRIL]$/i.test(type) || !/^[1-9]\d{0,3}$/.test(width))
      throw new InputError(`Properties has the part "${parts.slice(p, p + 3).join(':')}"`, here, {
        hint: 'expected name:type:columns with type S, R, I or L, such as species:S:1:pos:R:3:forces:R:3',
      });
    if (columns.has(name)) throw new InputError(`Properties has "${name}" twice`, here, { hint: 'keep one of them' });
    columns.set(name, { type: type.toUpperCase(), at: count, width: Number(width) });
    count += Number(width);
  }
  const target = new Int8Array(count).fill(-1);
  const vector = (name: string, first: number) => {
    const column = columns.get(name)!;
    if (column.width !== 3 || column.type !== 'R')
      throw new InputError(`Properties has ${name}:${column.type}:${column.width}`, here, { hint: `expected ${name}:R:3` });
    for (let d = 0; d < 3; d++) target[column.at + d] = first + d;
  };
  const species = columns.get('species');
  const atomicNumber = columns.get('Z');
  if (species?.type === 'S' && species.width === 1) target[species.at] = 0;
  else if (atomicNumber?.type === 'I' && atomicNumber.width === 1) target[atomicNumber.at] = 1;
  else throw new InputError('Properties names no elements', here, { hint: 'expected species:S:1 (or Z:I:1)' });
  if (!columns.has('pos')) throw new InputError('Properties has no positions', here, { hint: 'expected pos:R:3, in Å' });
  vector('pos', 2);
  const candidates = forcesLabel === undefined ? DEFAULT_KEYS.forces : [forcesLabel];
  const found = candidates.filter((name) => columns.has(name));
  if (found.length > 0) vector(found[0]!, 5);
  if (found.length > 1)
    warnings.add(`forces are in the columns ${found.join(', ')}: ${found[0]} is used (labels.forces chooses another)`, place.line);
  return { count, exact: true, target, hasForces: found.length > 0, forcesKey: found[0], names: [...columns.keys()] };
}
