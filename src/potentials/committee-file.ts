import { InputError } from '../errors.js';
import type { SpreadScale } from './committee.js';
import { type EquationModel, readModel, writeModel } from './equation-potential.js';

/** Equations that were fitted beside the chosen one; where they differ, the data do not say. */
export interface Committee {
  members: {
    /** `bootstrap`: the chosen terms refitted to a resample of the frames; `front`: other terms, on all frames */
    kind: 'bootstrap' | 'front';
    model: EquationModel;
  }[];
  /** brings the spread to the size of the errors of held-out frames; 1 where there was no cross-validation to say so */
  scale: SpreadScale;
}

const FORMAT = 'eqpot-committee';

/** The content of `committee.json`. */
export function writeCommittee({ members, scale }: Committee): string {
  const list = members.map(({ kind, model }) => ({ kind, model: JSON.parse(writeModel(model)) as unknown }));
  return `${JSON.stringify({ format: FORMAT, version: 1, scale, members: list }, null, 1)}\n`;
}

/**
 * Reads the content of `committee.json`.
 * @throws InputError that names the file, the member and what is wrong
 */
export function readCommittee(text: string, file: string): Committee {
  const wrong = (what: string, cause?: unknown): InputError => new InputError(`${what} in this committee file`, { file }, { cause });
  let json: { format?: unknown; version?: unknown; scale?: Partial<SpreadScale>; members?: unknown };
  try {
    json = Object(JSON.parse(text)) as typeof json;
  } catch (cause) {
    throw new InputError('this is not valid JSON', { file }, { cause });
  }
  if (json.format !== FORMAT) throw wrong(`"format" is not "${FORMAT}"`);
  if (json.version !== 1) throw wrong(`version ${String(json.version)} is not known (this eqpot reads 1)`);
  const { energy, forces } = json.scale ?? {};
  if (!(energy! > 0 && forces! > 0)) throw wrong('"scale" must have the positive numbers "energy" and "forces"');
  if (!Array.isArray(json.members) || json.members.length === 0) throw wrong('"members" must be a list of models');
  const members = json.members.map((entry: unknown, k): Committee['members'][number] => {
    const { kind, model } = Object(entry) as { kind?: unknown; model?: unknown };
    if (kind !== 'bootstrap' && kind !== 'front') throw wrong(`member ${k + 1}: "kind" must be bootstrap or front`);
    return { kind, model: readModel(JSON.stringify(model ?? null), `${file}, member ${k + 1}`) };
  });
  return { members, scale: { energy: energy!, forces: forces! } };
}
