import { createHash } from 'node:crypto';
import type { LabelOrigin, Structure } from '../../structures/structure.js';
import type { Progress } from '../progress.js';
import type { StopToken } from '../stop.js';

export type { LabelOrigin };

/** A structure that wants energy and forces. */
export interface LabelJob {
  /** of `jobId`: the same structure with the same settings has the same, so that no label is computed twice */
  id: string;
  structure: Structure;
}

export interface Label {
  /** total, eV */
  energy: number;
  /** eV/Å, shape (n, 3) */
  forces?: Float64Array;
  /** eV/Å³, shape (3, 3), positive = tension */
  stress?: Float64Array;
  origin: LabelOrigin;
}

/** A structure that got no label. */
export interface LabelFailure {
  /** one sentence for a person */
  reason: string;
  /** whether another try, on another machine or later, may help */
  again: boolean;
  /** end of the program's output */
  log?: string;
}

export type LabelOutcome = { id: string; label: Label } | { id: string; failure: LabelFailure };

export interface LabelContext {
  /** folder for inputs and outputs, one sub-folder for each job; kept between calls, so that finished runs are found again */
  directory: string;
  stop: StopToken;
  progress: Progress;
  /** called for each job when it is done, in any order; awaited before the next is started in its place */
  onOutcome(outcome: LabelOutcome): void | Promise<void>;
}

/** A program that labels structures. A new engine is a file with one of these and a line in the registry. */
export interface Labeller {
  readonly engine: string;
  /** hash of everything that changes the numbers */
  readonly settings: string;
  /** the same for a person, one setting a line */
  readonly description: string;
  /** chemical symbols that it can label; absent where any */
  readonly elements?: readonly string[];
  /**
   * Labels all jobs, several at a time where the engine can.
   * @throws StoppedError when asked to stop, after what runs is ended; EngineError when no job can be labelled at all
   */
  label(jobs: readonly LabelJob[], context: LabelContext): Promise<void>;
  /** ends what the engine keeps running */
  close?(): Promise<void>;
}

/** Digits of Å that count in a structure's name: program output has as many. */
const DIGITS = 6;

/** The name of a structure's label, from the structure and a hash of the settings; 24 hexadecimal digits. */
export function jobId(structure: Structure, settings: string): string {
  const numbers = (values: Iterable<number>) =>
    Array.from(values, (x) => (Math.round(x * 10 ** DIGITS) / 10 ** DIGITS + 0).toFixed(DIGITS));
  const content = {
    settings,
    species: structure.species,
    pbc: structure.pbc,
    cell: numbers(structure.cell),
    positions: numbers(structure.positions),
  };
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 24);
}

/** Hash of what changes the numbers of a label, for `settings` and `input` of its origin; 16 hexadecimal digits. */
export function contentHash(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  // lengths between the parts, so that no other split gives the same
  for (const part of parts) hash.update(`${part.length}\0`).update(part);
  return hash.digest('hex').slice(0, 16);
}
