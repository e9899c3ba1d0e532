import type { Frame, LabelOrigin } from '../../structures/structure.js';
import { ORIGIN_KEYS } from './keys.js';

/**
 * Extended XYZ of the frames, in the units and signs of `extxyz`. Numbers are written with as many digits as it takes to read the
 * same bits back.
 * @param keys more entries of the comment line, one object for each frame
 * @param columns more columns of the atom lines, one object for each frame: a number for each atom, by name
 */
export function writeExtxyz(
  frames: readonly Frame[],
  keys: readonly Readonly<Record<string, string>>[] = [],
  columns: readonly Readonly<Record<string, Float64Array>>[] = [],
): string {
  return frames.map((frame, i) => writeFrame(frame, keys[i] ?? {}, columns[i] ?? {})).join('');
}

function writeFrame(frame: Frame, keys: Readonly<Record<string, string>>, columns: Readonly<Record<string, Float64Array>>): string {
  const { species, positions, forces, cell } = frame;
  const entries: string[] = [];
  if (cell.some((x) => x !== 0)) entries.push(`Lattice="${row(cell, 0, 9)}"`);
  const names = Object.keys(columns).map((name) => `:${name}:R:1`);
  entries.push(`Properties=species:S:1:pos:R:3${forces ? ':forces:R:3' : ''}${names.join('')}`);
  if (frame.energy !== undefined) entries.push(`energy=${exact(frame.energy)}`);
  if (frame.stress) entries.push(`stress="${row(frame.stress, 0, 9)}"`);
  entries.push(`config_type=${quote(frame.configType)}`);
  if (frame.source !== '') entries.push(`source=${quote(frame.source)}`);
  for (const [key, value] of Object.entries(keys)) entries.push(`${key}=${quote(value)}`);
  if (frame.labelOrigin) entries.push(...originEntries(frame.labelOrigin));
  entries.push(`pbc="${frame.pbc.map((p) => (p ? 'T' : 'F')).join(' ')}"`);
  let out = `${species.length}\n${entries.join(' ')}\n`;
  const more = Object.values(columns);
  for (let i = 0; i < species.length; i++) {
    out += `${species[i]} ${row(positions, 3 * i, 3)}${forces ? ` ${row(forces, 3 * i, 3)}` : ''}`;
    for (const values of more) out += ` ${exact(values[i]!)}`;
    out += '\n';
  }
  return out;
}

function originEntries({ wallSeconds, changed, ...texts }: LabelOrigin): string[] {
  const entries = Object.entries(texts).map(([key, value]) => `${ORIGIN_KEYS[key as keyof typeof texts]}=${quote(value)}`);
  if (wallSeconds !== undefined) entries.push(`${ORIGIN_KEYS.wallSeconds}=${Number(wallSeconds.toPrecision(3))}`);
  const changes = Object.entries(changed ?? {}).map(([name, value]) => `${name}=${value}`);
  if (changes.length > 0) entries.push(`${ORIGIN_KEYS.changed}=${quote(changes.join('; '))}`);
  return entries;
}

function row(values: Float64Array, start: number, count: number): string {
  let out = exact(values[start]!);
  for (let k = 1; k < count; k++) out += ` ${exact(values[start + k]!)}`;
  return out;
}

/** Shortest text that reads back as the same number, minus zero included. */
function exact(x: number): string {
  return x === 0 && Object.is(x, -0) ? '-0' : String(x);
}

function quote(text: string): string {
  if (/^[\w.+/:@-]+$/.test(text)) return text;
  return `"${text.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')}"`;
}
