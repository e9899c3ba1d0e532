import { readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { EnergyKind, ReadContext } from '../../../src/datasets/format.js';
import { formatByName } from '../../../src/datasets/registry.js';
import type { Label, LabelFailure, LabelOrigin } from '../../../src/engines/labelling/labeller.js';
import { unsound } from '../../../src/engines/labelling/records.js';
import { EqpotError } from '../../../src/errors.js';
import { matchAtoms } from '../../../src/structures/match.js';
import type { Frame, Structure } from '../../../src/structures/structure.js';
import { parseResult } from './result-json.js';

/** Where a label comes from, as far as a result says so. */
export type ClaimedOrigin = Partial<LabelOrigin>;

/** What a dropped file or folder is found to be. */
export type Result =
  | { kind: 'label'; label: Omit<Label, 'origin'>; origin: ClaimedOrigin; file: string }
  | { kind: 'failure'; failure: LabelFailure; file: string }
  /** it may still be on its way; broken when it stays as it is */
  | { kind: 'unfinished'; reason: string }
  | { kind: 'broken'; reason: string };

/** How far lattice vectors and positions of a result may be from the job's, Å; OUTCAR prints positions with five decimals. */
const TOLERANCE = 1e-4;
/** Longest text that can be held, bytes. */
const LARGEST = 0x1fffffe8;

/** Kinds of files that a label is taken from, the best first, and what tells that all of a file is there. */
const KINDS: { pattern: RegExp; read(text: string, file: string, job: Structure, kind: EnergyKind | undefined): Result }[] = [
  { pattern: /\.json$/i, read: readJsonResult },
  { pattern: /\.xml$/i, read: (text, file, job, kind) => fromVasp('vasprun', text, file, job, /<\/modeling>\s*$/, kind) },
  { pattern: /OUTCAR/i, read: (text, file, job, kind) => fromVasp('outcar', text, file, job, /General timing and accounting/, kind) },
  {
    pattern: /\.(ext)?xyz$/i,
    read: (text, file, job, kind) => fromFormat('extxyz', text, contextOf(file, kind), job, /\n\s*$/, frameOrigin),
  },
];

/**
 * Reads the result of a job from a file, or from the best of the files in a folder: JSON, vasprun.xml, OUTCAR, extended XYZ (each may be
 * packed with gzip).
 * @param list names in a folder
 * @param kind which energy is taken where a file has several; default: of VASP's the one that forces belong to, of extended XYZ `energy`
 */
export function readResult(path: string, job: Structure, list: (path: string) => string[], kind?: EnergyKind): Result {
  const files = statSync(path).isDirectory() ? list(path).map((name) => join(path, name)) : [path];
  const found: Result[] = [];
  for (const { pattern, read } of KINDS)
    for (const file of files) {
      if (!pattern.test(basename(file).replace(/\.gz$/i, ''))) continue;
      const result = readFile(file, job, (text, name) => read(text, name, job, kind));
      if (result.kind === 'label' || result.kind === 'failure') return result;
      found.push(result);
    }
  if (found.length === 0)
    return { kind: 'unfinished', reason: 'there is no file of a known kind: expected result.json, vasprun.xml, OUTCAR or *.extxyz' };
  // a folder may be on its way, file by file
  return found.find(({ kind }) => kind === 'unfinished') ?? found[0]!;
}

function readFile(path: string, job: Structure, read: (text: string, file: string) => Result): Result {
  const file = basename(path);
  let bytes = readFileSync(path);
  if (bytes.length > LARGEST) return { kind: 'broken', reason: `${file} has ${(bytes.length / 1e6).toFixed(0)} MB` };
  if (bytes.length === 0) return { kind: 'unfinished', reason: `${file} is empty` };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    try {
      bytes = gunzipSync(bytes, { maxOutputLength: LARGEST });
    } catch (error) {
      return { kind: 'unfinished', reason: `${file} cannot be unpacked: ${(error as Error).message}` };
    }
  const result = read(bytes.toString('utf8'), file);
  const wrong = result.kind === 'label' ? unsound(result.label, job.species.length) : undefined;
  return wrong ? { kind: 'broken', reason: `${file}: ${wrong.reason}` } : result;
}

function readJsonResult(text: string, file: string, job: Structure): Result {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { kind: 'unfinished', reason: `${file} is no whole JSON: ${(error as Error).message}` };
  }
  const parsed = parseResult(value);
  if (typeof parsed === 'string') return { kind: 'broken', reason: `${file}: ${parsed}` };
  if ('failure' in parsed) return { kind: 'failure', failure: parsed.failure, file };
  const { label, structure, origin } = parsed;
  if (!structure) return { kind: 'label', label, origin, file };
  const order = matchAtoms(job, structure, TOLERANCE);
  if (typeof order === 'string') return { kind: 'broken', reason: `${file} is of another structure: ${order}` };
  return { kind: 'label', label: sorted(label, order), origin, file };
}

/** VASP brings every atom into the cell, along vacuum too. */
function fromVasp(format: string, text: string, file: string, job: Structure, end: RegExp, kind: EnergyKind | undefined): Result {
  return fromFormat(format, text, contextOf(file, kind), { ...job, pbc: [true, true, true] }, end, vaspOrigin);
}

function contextOf(file: string, energyKind: EnergyKind | undefined): ReadContext {
  return { file, ...(energyKind && { energyKind }) };
}

function fromFormat(
  format: string,
  text: string,
  context: ReadContext,
  job: Structure,
  end: RegExp,
  originOf: (text: string, frame: Frame) => ClaimedOrigin,
): Result {
  const { file } = context;
  // the end of a long text is enough, and the regular expressions start nowhere else
  if (!end.test(text.slice(-20_000))) return { kind: 'unfinished', reason: `${file} has no end: it is still being written, or was cut` };
  let frames: Frame[];
  try {
    frames = formatByName(format).read(text, context).frames;
  } catch (error) {
    if (!(error instanceof EqpotError)) throw error;
    // extended XYZ has no mark at its end
    return { kind: format === 'extxyz' ? 'unfinished' : 'broken', reason: error.message };
  }
  let reason = `${file} has no frames`;
  for (const frame of frames) {
    const order = matchAtoms(job, frame, TOLERANCE);
    if (typeof order === 'string') reason = `${file} is of another structure: ${order}`;
    else if (frame.energy === undefined) reason = `${file} has no energy`;
    else {
      const { energy, forces, stress } = frame;
      const label = { energy, ...(forces ? { forces } : {}), ...(stress ? { stress } : {}) };
      return { kind: 'label', label: sorted(label, order), origin: originOf(text, frame), file };
    }
  }
  return { kind: 'broken', reason };
}

/** Brings the forces into the order of the job's atoms. */
function sorted(label: Omit<Label, 'origin'>, order: Int32Array): Omit<Label, 'origin'> {
  const { forces } = label;
  if (forces?.length !== 3 * order.length) return label;
  return { ...label, forces: forces.map((_, k) => forces[3 * order[Math.floor(k / 3)]! + (k % 3)]!) };
}

function vaspOrigin(text: string): ClaimedOrigin {
  const version = /name="version"[^>]*>\s*([^\s<]+)/.exec(text.slice(0, 2000)) ?? /vasp\.(\d\S*)/.exec(text.slice(0, 2000));
  return { engine: 'vasp', ...(version ? { version: `VASP ${version[1]}` } : {}) };
}

function frameOrigin(_text: string, frame: Frame): ClaimedOrigin {
  return frame.labelOrigin ?? {};
}
