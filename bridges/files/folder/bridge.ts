import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EnergyKind } from '../../../src/datasets/format.js';
import { writeFileAtomic } from '../../../src/engines/files.js';
import { Journal } from '../../../src/engines/journal.js';
import type { Label, LabelFailure, LabelJob, LabelOutcome } from '../../../src/engines/labelling/labeller.js';
import { type DirectoryLock, type LockOptions, lockDirectory } from '../../../src/engines/lock.js';
import { InputError } from '../../../src/errors.js';
import { ClaimWatch } from './claims.js';
import { type FolderDescription, putJob, readFolder, writeFolder } from './jobs.js';
import { discard, FolderLayout, idIn, isAbsent, move, PARTS, type Part, remove } from './layout.js';
import { Quiet } from './quiet.js';
import { README } from './readme.js';
import { type ClaimedOrigin, type Result, readResult } from './result.js';

export interface FolderOptions {
  /** the labelling folder; made as needed */
  path: string;
  folder: FolderDescription;
  /** after this time without change an unfinished result is taken for broken, s */
  patience: number;
  /** after this time without a sign of life the jobs of a worker are given to others, s */
  silentWorker: number;
  /** the same for claims by others than eqpot's workers, s */
  silentClaim: number;
  /** names in a folder; replaced in tests of file systems that show a part of them */
  list?: (path: string) => string[];
}

/** What happened in the folder, in its journal. */
type FolderEvent =
  | { sent: string }
  /** `declared`: hash of the settings that the result names */
  | { taken: string; from: string; declared?: string }
  | { failed: string; from: string; reason: string }
  | { aside: string; reason: string }
  | { repeated: string }
  | { returned: string; reason: string };
/** `at`: UTC, ISO 8601 */
type FolderRecord = FolderEvent & { at: string };

/** What a look at the folder brought. */
export interface Look {
  outcomes: { outcome: LabelOutcome; from: string; declared: string | undefined }[];
  /** lines for a person */
  lines: string[];
}

/** A job that is in no part of the folder is put out again after this time, s: lists of network file systems may lack a part. */
const MISSING = 60;
/** Results are left where they are until nothing was added to them for this time, s; whoever copies several files is not disturbed. */
const SETTLE = 10;
/** Beginning of the names of failures in `done`. */
const FAILED = 'failed-';

/**
 * The side of a labelling folder that puts jobs out and takes results in. Each step can be interrupted: what was half done is found and
 * done again, so that an outcome may be given twice, but is never lost. The folder belongs to one process at a time.
 */
export class FolderBridge {
  private readonly state = new Map<string, 'sent' | 'taken' | 'failed'>();
  private readonly sentAt = new Map<string, string>();
  private readonly missingSince = new Map<string, number>();
  private readonly quiet = new Quiet();
  private readonly claims: ClaimWatch;
  /** jobs with something in `done` */
  private readonly filed: Set<string>;
  private declared: string | undefined;

  private constructor(
    private readonly options: FolderOptions,
    readonly layout: FolderLayout,
    private readonly lock: DirectoryLock,
    private readonly journal: Journal<FolderRecord>,
  ) {
    this.claims = new ClaimWatch(layout, options);
    for (const record of journal.content.records) this.take(record);
    this.filed = new Set(this.namesById(['done']).keys());
    // what an interrupted process was about to put out
    for (const name of readdirSync(layout.path('jobs'))) if (/^\..*\.part$/.test(name)) remove(layout.path('jobs', name));
  }

  /** @throws InputError when another process has the folder, or it holds jobs of other settings; StoppedError */
  static async open(options: FolderOptions, lockOptions: LockOptions): Promise<FolderBridge> {
    const { path, folder, list } = options;
    const layout = new FolderLayout(path, list);
    mkdirSync(path, { recursive: true });
    const lock = await lockDirectory(path, lockOptions);
    try {
      const before = readFolder(layout);
      if (before && before.settings !== folder.settings)
        throw new InputError(
          `is in use for labels of other settings (${before.settings}, not ${folder.settings}):\n${indent(before.description)}`,
          { file: path },
          { hint: 'name another folder, or restore the settings' },
        );
      if (!before) refuseForeign(layout);
      writeFolder(layout, folder);
      for (const part of PARTS) mkdirSync(layout.path(part), { recursive: true });
      writeFileAtomic(join(path, 'README.txt'), README);
      return new FolderBridge(options, layout, lock, Journal.open(join(path, 'journal.jsonl'), 'eqpot folder 1'));
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Puts out those of the jobs that are nowhere in the folder; a label that was taken in before is taken in again. */
  send(jobs: readonly LabelJob[]): void {
    const underway = this.namesById(['jobs', 'claimed', 'results']);
    const done = this.namesById(['done']);
    for (const job of jobs) {
      const state = this.state.get(job.id);
      const labels = state === 'failed' ? [] : (done.get(job.id) ?? []).filter((name) => !name.startsWith(FAILED));
      const again = labels.some((name) => move(this.layout.path('done', name), this.layout.path('results', name)));
      if (!again && !underway.has(job.id)) this.put(job);
      else if (state === undefined) this.write({ sent: job.id });
    }
  }

  /** Looks for results of these jobs, by id, and for jobs that their takers have lost. */
  look(open: ReadonlyMap<string, LabelJob>): Look {
    const look: Look = { outcomes: [], lines: [] };
    this.lock.check();
    const seen = new Set<string>();
    for (const name of this.layout.names('jobs'))
      if (open.has(name)) seen.add(name);
      // given back by a worker that was asked to stop while another had finished it
      else if (this.state.get(name) === 'taken') discard(this.layout.path('jobs', name));
    for (const name of this.layout.names('results')) {
      const id = idIn(name);
      if (id !== undefined) seen.add(id);
      this.lookAt(name, id, id === undefined ? undefined : open.get(id), look);
    }
    for (const { claim, id, reason } of this.claims.look((id) => this.state.get(id) === 'taken')) {
      if (reason === undefined) {
        seen.add(id);
        continue;
      }
      this.write({ returned: claim, reason });
      look.lines.push(`${claim}: ${reason}; the job is free again`);
    }
    for (const job of open.values())
      if (seen.has(job.id)) this.missingSince.delete(job.id);
      else this.lookForJob(job, look);
    return look;
  }

  /** To be called when an outcome is where it cannot be lost any more. */
  settle({ outcome, from, declared }: Look['outcomes'][number]): void {
    const { id } = outcome;
    if ('failure' in outcome) this.write({ failed: id, from, reason: outcome.failure.reason });
    else {
      // before it is written down: a job that is still to be taken must not look as if it were settled
      discard(this.layout.path('jobs', id));
      this.write({ taken: id, from, ...(declared === undefined ? {} : { declared }) });
      // to folders somebody may still be adding
      if (statSync(this.layout.path('results', from), { throwIfNoEntry: false })?.isFile()) this.file(from);
    }
  }

  /** How many of these jobs somebody has taken. */
  claimed(open: ReadonlyMap<string, LabelJob>): number {
    return this.layout.names('claimed').filter((name) => open.has(idIn(name) ?? '')).length;
  }

  close(): void {
    this.journal.close();
    this.lock.release();
  }

  /** Everything in these parts, by job. */
  private namesById(parts: readonly Part[]): Map<string, string[]> {
    const names = new Map<string, string[]>();
    for (const name of parts.flatMap((part) => this.layout.names(part))) {
      const id = idIn(name);
      if (id !== undefined) names.set(id, [...(names.get(id) ?? []), name]);
    }
    return names;
  }

  private lookAt(name: string, id: string | undefined, job: LabelJob | undefined, look: Look): void {
    const path = this.layout.path('results', name);
    if (!job) {
      const state = id === undefined ? undefined : this.state.get(id);
      // of a job that nobody asks for at present
      if (state === 'sent' || state === 'failed') return;
      if (this.quiet.seconds(path) < Math.min(SETTLE, this.options.patience)) return;
      if (state === 'taken') this.file(name);
      else this.setAside(name, id === undefined ? 'there is no id of a job in its name' : `there is no job ${id} in this folder`, look);
      return;
    }
    let result: Result;
    try {
      // files say nothing of this choice, and both energies are in them
      const kind = this.options.folder.by?.settings.energy_kind as EnergyKind | undefined;
      result = readResult(path, job.structure, readdirSync, kind);
    } catch (error) {
      // renamed by whoever writes it
      if (isAbsent(error)) return;
      throw error;
    }
    if (result.kind === 'broken') this.setAside(name, result.reason, look);
    else if (result.kind === 'unfinished') {
      const seconds = this.quiet.seconds(path);
      if (seconds >= this.options.patience) this.setAside(name, `${result.reason} (unchanged for ${Math.round(seconds)} s)`, look);
    } else if (look.outcomes.some(({ outcome }) => outcome.id === job.id)) return;
    else if (result.kind === 'failure') this.fail(job.id, name, result.failure, look);
    else {
      const wrong = this.otherSettings(result.origin.settings);
      if (wrong) this.setAside(name, wrong, look);
      else {
        const declared = result.origin.settings;
        look.outcomes.push({ outcome: { id: job.id, label: this.labelOf(job, result.label, result.origin) }, from: name, declared });
      }
    }
  }

  /** A failure makes room for the result of another try. */
  private fail(id: string, name: string, failure: LabelFailure, look: Look): void {
    if (!this.moveToDone(name, `${FAILED}${name}`)) return;
    look.outcomes.push({ outcome: { id, failure }, from: name, declared: undefined });
  }

  private labelOf({ id }: LabelJob, label: Omit<Label, 'origin'>, origin: ClaimedOrigin): Label {
    const sent = Date.parse(this.sentAt.get(id) ?? '');
    const { engine = 'folder', version = '', input = id, changed } = origin;
    // of others than eqpot's workers only the time from job to result is known
    const wallSeconds = origin.wallSeconds ?? (Number.isFinite(sent) ? Math.max(0, (Date.now() - sent) / 1000) : 0);
    return {
      ...label,
      origin: { engine, version, settings: this.options.folder.settings, input, wallSeconds, ...(changed ? { changed } : {}) },
    };
  }

  private otherSettings(declared: string | undefined): string | undefined {
    const { by, settings } = this.options.folder;
    const expected = by ? settings : this.declared;
    if (declared === undefined || expected === undefined || declared === expected) return undefined;
    return `it was labelled with other settings (${declared}) than ${by ? 'the job asks for' : 'results before it'} (${expected})`;
  }

  private lookForJob(job: LabelJob, look: Look): void {
    const { id } = job;
    if (existsSync(this.layout.path('jobs', id)) || look.outcomes.some(({ outcome }) => outcome.id === id)) {
      this.missingSince.delete(id);
      return;
    }
    const now = performance.now();
    const since = this.missingSince.get(id) ?? now;
    this.missingSince.set(id, since);
    if ((now - since) / 1000 < Math.min(MISSING, this.options.patience)) return;
    this.missingSince.delete(id);
    this.put(job);
    look.lines.push(`${id}: the job was gone, and is put out again`);
  }

  private put(job: LabelJob): void {
    this.lock.check();
    this.write({ sent: job.id });
    putJob(this.layout, job, this.options.folder.settings);
  }

  /** A result of a job that has its label: the one that was taken, or another. */
  private file(name: string): void {
    const id = idIn(name)!;
    if (this.moveToDone(name, name) && this.filed.has(id)) this.write({ repeated: name });
    this.filed.add(id);
  }

  private setAside(name: string, reason: string, look: Look): void {
    const free = this.freeName('broken', name);
    writeFileAtomic(this.layout.path('broken', `${free}.reason.txt`), `${reason}\n`);
    if (!move(this.layout.path('results', name), this.layout.path('broken', free))) return;
    this.write({ aside: name, reason });
    look.lines.push(`${name} is set aside in ${this.layout.path('broken')}: ${reason}`);
  }

  private moveToDone(name: string, as: string): boolean {
    const from = this.layout.path('results', name);
    this.quiet.forget(from);
    return move(from, this.layout.path('done', this.freeName('done', as)));
  }

  private freeName(part: 'done' | 'broken', name: string): string {
    let free = name;
    for (let k = 2; existsSync(this.layout.path(part, free)); k++) free = `${k}-${name}`;
    return free;
  }

  private write(event: FolderEvent): void {
    this.lock.check();
    const record = { at: new Date().toISOString(), ...event };
    this.journal.append(record);
    this.take(record);
  }

  private take(record: FolderRecord): void {
    if ('sent' in record) {
      this.state.set(record.sent, 'sent');
      this.sentAt.set(record.sent, record.at);
    } else if ('taken' in record) {
      this.state.set(record.taken, 'taken');
      this.declared ??= record.declared;
    } else if ('failed' in record) this.state.set(record.failed, 'failed');
  }
}

/** Parts that workers make, which may have been started first. */
const OF_WORKERS: readonly Part[] = ['workers', 'runs'];

/** @throws InputError for a folder that was made for something else: files in it would be moved and replaced */
function refuseForeign(layout: FolderLayout): void {
  const filled = PARTS.find((part) => !OF_WORKERS.includes(part) && layout.names(part).length > 0);
  const strange = existsSync(join(layout.root, 'README.txt')) ? 'README.txt' : filled;
  if (strange !== undefined)
    throw new InputError(
      `is no labelling folder, and has a ${strange} of its own`,
      { file: layout.root },
      { hint: 'name a folder that is empty or not there yet' },
    );
}

function indent(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
