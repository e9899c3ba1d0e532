import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeExtxyz } from '../../datasets/extxyz/write.js';
import { InputError } from '../../errors.js';
import type { Frame } from '../../structures/structure.js';
import { Journal } from '../journal.js';
import { type DirectoryLock, type LockOptions, lockDirectory } from '../lock.js';
import type { Label, LabelFailure, LabelJob, LabelOutcome } from './labeller.js';
import {
  fromLabelRecord,
  fromStructureRecord,
  type LabelRecord,
  type StructureRecord,
  toLabelRecord,
  toStructureRecord,
  unsound,
} from './records.js';

/** A job with what is to be known of it later. */
export interface LabelRequest extends LabelJob {
  /** why it was selected, one sentence */
  why: string;
  /** group of the frame in the data set */
  configType: string;
}

/** Jobs and labels have one order: by round, then by position. */
export interface StoredJob extends LabelRequest {
  round: number;
  /** within the round, from 0 */
  position: number;
}

export interface StoredLabel {
  job: StoredJob;
  label: Label;
}

export interface StoredFailure {
  job: StoredJob;
  /** the last one */
  failure: LabelFailure;
  tries: number;
}

export interface StoreOptions extends LockOptions {
  /** of this folder, where it is held already; the store releases it */
  lock?: DirectoryLock;
  /** hash of the settings that this run labels with: an error where the store holds labels of others */
  settings?: string;
  /** labels of different settings may stand in one store; default false */
  mixedSettings?: boolean;
  /** how often a job is tried whose failure says that another try may help; default 3 */
  tries?: number;
}

type StoreRecord =
  | { round: number; jobs: { id: string; why: string; configType: string; structure: StructureRecord }[] }
  | { id: string; label: LabelRecord }
  | { id: string; failure: LabelFailure };

interface Entry {
  job: StoredJob;
  label?: Label;
  failure?: LabelFailure;
  tries: number;
}

const FILE = 'journal.jsonl';
const KIND = 'eqpot labels 1';
const TRIES = 3;

/**
 * Every structure that was sent out for a label and every label that came back, in a folder that belongs to one process at a time. What
 * `enqueue` and `record` have returned from is on the disk; a `kill -9` at any moment loses at most the call that it hits. All lists are
 * sorted by round and position, so they depend neither on the order in which labels arrive nor on interruptions.
 */
export class LabelStore {
  private readonly entries = new Map<string, Entry>();
  /** in the order of the store */
  private readonly order: Entry[] = [];
  private readonly counts = new Map<number, number>();
  private readonly settings = new Set<string>();

  private constructor(
    readonly directory: string,
    private readonly lock: DirectoryLock,
    private readonly journal: Journal<StoreRecord>,
    private readonly options: StoreOptions,
  ) {}

  /**
   * Opens the store in a folder, or makes one.
   * @throws InputError when another process has it open, the journal is damaged elsewhere than in its last line, or it holds labels of
   * other settings; StoppedError
   */
  static async open(directory: string, options: StoreOptions = {}): Promise<LabelStore> {
    mkdirSync(directory, { recursive: true });
    const lock = options.lock ?? (await lockDirectory(directory, options));
    try {
      const file = join(directory, FILE);
      const journal = Journal.open<StoreRecord>(file, KIND);
      const { records, torn } = journal.content;
      if (torn)
        options.note?.(`${file}: line ${torn.line} was half written when the last run ended and is cut; what it held is done again`);
      const store = new LabelStore(directory, lock, journal, options);
      try {
        for (const record of records) store.take(record);
        store.checkSettings(options.settings);
      } catch (error) {
        journal.close();
        throw error;
      }
      return store;
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /**
   * Adds the jobs of a round that are not known from this or an earlier one; all of one call or, when killed, none.
   * @returns those added
   */
  enqueue(round: number, requests: readonly LabelRequest[]): StoredJob[] {
    if (!Number.isSafeInteger(round) || round < 0) throw new RangeError(`round ${round}`);
    const fresh = new Map<string, LabelRequest>();
    for (const request of requests) if (!this.entries.has(request.id) && !fresh.has(request.id)) fresh.set(request.id, request);
    const jobs = [...fresh.values()].map(({ id, why, configType, structure }) => ({
      id,
      why,
      configType,
      structure: toStructureRecord(structure),
    }));
    return jobs.length === 0 && this.hasRound(round) ? [] : this.write({ round, jobs }).map(({ job }) => job);
  }

  /** Whether `enqueue` was called for this round, be it without jobs. */
  hasRound(round: number): boolean {
    return this.counts.has(round);
  }

  /** Rounds of which `hasRound` is true, growing. */
  rounds(): number[] {
    return [...this.counts.keys()].sort((a, b) => a - b);
  }

  has(id: string): boolean {
    return this.entries.has(id);
  }

  /** Jobs that are still to be labelled: without a label and without a failure that is final. */
  pending(): StoredJob[] {
    return this.order.filter((entry) => !entry.label && !this.isLost(entry)).map(({ job }) => job);
  }

  /**
   * Keeps an outcome. Only the first label of a job counts; a label counts also after failures. A label with numbers that are not finite
   * or of a wrong count is kept as a failure.
   * @returns what it was kept as
   * @throws InputError for a job that is not in the store, and for a label of other settings than those before, unless that is allowed
   */
  record(outcome: LabelOutcome): 'label' | 'failure' | 'repeated' {
    const entry = this.entries.get(outcome.id);
    if (!entry)
      throw new InputError(`${outcome.id} is no job of this store`, { file: this.directory }, { hint: 'is it the result of another run?' });
    if (entry.label) return 'repeated';
    const { id } = outcome;
    const broken = 'label' in outcome ? unsound(outcome.label, entry.job.structure.species.length) : outcome.failure;
    if (broken) {
      this.write({ id, failure: broken });
      return 'failure';
    }
    const { label } = outcome as { label: Label };
    this.checkSettings(label.origin.settings);
    this.write({ id, label: toLabelRecord(label) });
    return 'label';
  }

  labels(): StoredLabel[] {
    return this.order.flatMap(({ job, label }) => (label ? [{ job, label }] : []));
  }

  /** Jobs that got no label and are not tried any more. */
  failures(): StoredFailure[] {
    return this.order.flatMap((entry) =>
      this.isLost(entry) && entry.failure ? [{ job: entry.job, failure: entry.failure, tries: entry.tries }] : [],
    );
  }

  /**
   * Jobs that got no label are pending again, as if this process were the first to try them.
   * @returns those jobs
   */
  forgetFailures(): StoredJob[] {
    const lost = this.order.filter((entry) => this.isLost(entry));
    for (const entry of lost) {
      delete entry.failure;
      entry.tries = 0;
    }
    return lost.map(({ job }) => job);
  }

  /**
   * The labels as frames of a data set; `source` is the job's id. The times are left out (the journal has them), so that the same labels
   * make the same frames.
   */
  frames(): Frame[] {
    return this.labels().map(({ job, label: { energy, forces, stress, origin } }, index) => {
      const { wallSeconds: _, ...labelOrigin } = origin;
      return {
        ...job.structure,
        energy,
        ...(forces ? { forces } : {}),
        ...(stress ? { stress } : {}),
        configType: job.configType,
        source: job.id,
        origin: { file: this.directory, index },
        labelOrigin,
      };
    });
  }

  /** The labels as extended XYZ with their origin. @param seconds with the wall times, too, which differ from run to run */
  extxyz({ seconds = false } = {}): string {
    const keys = this.labels().map(({ job, label }) => {
      const { wallSeconds = Number.NaN } = label.origin;
      return {
        label_round: String(job.round),
        label_why: job.why,
        ...(seconds && Number.isFinite(wallSeconds) ? { label_seconds: wallSeconds.toPrecision(3) } : {}),
      };
    });
    return writeExtxyz(this.frames(), keys);
  }

  /** Lets another process open the store. */
  close(): void {
    this.journal.close();
    this.lock.release();
  }

  private isLost({ label, failure, tries }: Entry): boolean {
    return !label && failure !== undefined && (!failure.again || tries >= (this.options.tries ?? TRIES));
  }

  private write(record: StoreRecord): Entry[] {
    this.lock.check();
    this.journal.append(record);
    return this.take(record);
  }

  /** Brings a record of the journal into the lists; the entries that it is about. */
  private take(record: StoreRecord): Entry[] {
    if ('jobs' in record) return this.takeJobs(record);
    const entry = this.entries.get(record.id);
    if (!entry || entry.label) return [];
    if ('label' in record) {
      entry.label = fromLabelRecord(record.label);
      this.settings.add(entry.label.origin.settings);
    } else {
      entry.failure = record.failure;
      entry.tries++;
    }
    return [entry];
  }

  private takeJobs({ round, jobs }: Extract<StoreRecord, { round: number }>): Entry[] {
    let position = this.counts.get(round) ?? 0;
    const added = jobs.map(({ structure, ...rest }) => ({
      job: { ...rest, structure: fromStructureRecord(structure), round, position: position++ },
      tries: 0,
    }));
    this.counts.set(round, position);
    for (const entry of added) this.entries.set(entry.job.id, entry);
    const later = this.order.findIndex(({ job }) => job.round > round);
    this.order.splice(later < 0 ? this.order.length : later, 0, ...added);
    return added;
  }

  /** @throws InputError when labels of other settings are here and must not */
  private checkSettings(settings: string | undefined): void {
    if (this.options.mixedSettings) return;
    const all = new Set(settings === undefined ? this.settings : [...this.settings, settings]);
    if (all.size < 2) return;
    const names = [...all].map((name) => (name === settings ? `${name} (now)` : name));
    throw new InputError(
      `labels of different settings: ${names.join(', ')}`,
      { file: this.directory },
      { hint: 'energies of different settings do not fit together: restore the settings, use another folder, or allow mixed settings' },
    );
  }
}
