import { InputError } from '../errors.js';
import { extxyz } from './extxyz/schema.js';
import type { Format } from './format.js';
import { mlearn } from './mlearn/schema.js';
import { outcar } from './outcar/schema.js';
import { poscar } from './poscar/schema.js';
import { vasprun } from './vasprun/schema.js';
import { xsf } from './xsf/schema.js';

/** Every known format; the first whose `sniff` says yes is taken. A new format is a folder and a line here. */
export const FORMATS: readonly Format[] = [vasprun, outcar, poscar, mlearn, xsf, extxyz];

/** @throws InputError that lists the known names */
export function formatByName(name: string): Format {
  const format = FORMATS.find((f) => f.name === name);
  if (!format)
    throw new InputError(`unknown data format "${name}"`, {}, { hint: `known formats: ${FORMATS.map((f) => f.name).join(', ')}` });
  return format;
}

/**
 * The format of a file, by its beginning and name.
 * @param name the file's name without folders
 * @param head the first 4096 characters
 */
export function detectFormat(name: string, head: string): Format | undefined {
  return FORMATS.find((format) => format.sniff(name, head));
}
