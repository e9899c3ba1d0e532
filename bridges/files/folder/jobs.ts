import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isElement } from '../../../src/datasets/elements.js';
import { writeExtxyz } from '../../../src/datasets/extxyz/write.js';
import { writePoscar } from '../../../src/datasets/poscar/write.js';
import { writeFileAtomic } from '../../../src/engines/files.js';
import type { LabelJob } from '../../../src/engines/labelling/labeller.js';
import { fromStructureRecord, toStructureRecord } from '../../../src/engines/labelling/records.js';
import { InputError } from '../../../src/errors.js';
import { type FolderLayout, move, PROTOCOL, readJson, remove } from './layout.js';

/** What a labelling folder says of itself, in `folder.json`. */
export interface FolderDescription {
  /** hash of everything that changes the numbers of a label */
  settings: string;
  /** the same for a person, one setting a line */
  description: string;
  /** settings of the engine that workers label with, and the folder that its relative paths start from */
  by?: { settings: Record<string, unknown>; directory: string };
}

const folderSchema = z.looseObject({
  protocol: z.literal(PROTOCOL),
  settings: z.string(),
  description: z.string(),
  by: z.object({ settings: z.record(z.string(), z.unknown()), directory: z.string() }).optional(),
});

const vector = (length: number) => z.array(z.number()).length(length);
const jobSchema = z.looseObject({
  protocol: z.literal(PROTOCOL),
  id: z.string(),
  species: z.array(z.string().refine(isElement)).min(1),
  pbc: z.tuple([z.boolean(), z.boolean(), z.boolean()]),
  cell: vector(9),
  positions: z.array(z.number()),
});

const FOLDER_FILE = 'folder.json';

export function writeFolder({ root }: FolderLayout, folder: FolderDescription): void {
  writeFileAtomic(join(root, FOLDER_FILE), `${JSON.stringify({ protocol: PROTOCOL, ...folder }, null, 2)}\n`);
}

/**
 * @returns undefined where there is none (yet)
 * @throws InputError when it is of another protocol
 */
export function readFolder({ root }: FolderLayout): FolderDescription | undefined {
  const file = join(root, FOLDER_FILE);
  const value = readJson(file);
  if (value === undefined) return undefined;
  const parsed = folderSchema.safeParse(value);
  if (!parsed.success)
    throw new InputError(`does not follow the protocol "${PROTOCOL}"`, { file }, { hint: 'both sides need the same version of eqpot' });
  const { settings, description, by } = parsed.data;
  return { settings, description, ...(by ? { by } : {}) };
}

/** Puts a job out: made under a hidden name, it appears whole. False when one of this name is there already. */
export function putJob(layout: FolderLayout, { id, structure }: LabelJob, settings: string): boolean {
  const hidden = layout.path('jobs', `.${id}.part`);
  remove(hidden);
  mkdirSync(hidden, { recursive: true });
  const frame = { ...structure, configType: 'default', source: id, origin: { file: '', index: 0 } };
  writeFileAtomic(join(hidden, 'structure.extxyz'), writeExtxyz([frame]));
  if (structure.cell.some((x) => x !== 0)) writeFileAtomic(join(hidden, 'POSCAR'), writePoscar(structure, id));
  const job = { protocol: PROTOCOL, id, settings, ...toStructureRecord(structure) };
  writeFileAtomic(join(hidden, 'job.json'), `${JSON.stringify(job)}\n`);
  if (move(hidden, layout.path('jobs', id))) return true;
  remove(hidden);
  return false;
}

/** The job in a folder, or what is wrong with it. */
export function readJob(folder: string, id: string): LabelJob | string {
  const value = readJson(join(folder, 'job.json'));
  if (value === undefined) return 'job.json is not there or no JSON';
  const parsed = jobSchema.safeParse(value);
  if (!parsed.success) return `job.json does not follow the protocol "${PROTOCOL}": ${parsed.error.issues[0]!.path.join('.')}`;
  if (parsed.data.id !== id) return `job.json is of the job ${parsed.data.id}`;
  if (parsed.data.positions.length !== 3 * parsed.data.species.length) return 'job.json has a wrong number of positions';
  return { id, structure: fromStructureRecord(parsed.data) };
}
