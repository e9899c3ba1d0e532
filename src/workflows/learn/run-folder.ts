import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LearnSettings } from '../../config/learn-schema.js';
import { version } from '../../config/version.js';
import { writeFileAtomic } from '../../engines/files.js';
import { InputError } from '../../errors.js';

/** What the training of a round left, besides the files of its fit. */
export interface TrainingRecord {
  /** whether the search was made as the settings say, or the front of the round before refined */
  full: boolean;
  /** frames that were trained on */
  frames: number;
  /** mean absolute energy error on them, eV/atom */
  error: number;
  /** the same without those that the core reaches into, which the equation does not describe: errors of new structures are compared with it */
  ownError: number;
  /** the same on the test files; absent without any */
  testError?: number;
  complexity: number;
  /** what a person should know of this fit, such as that the potential is not sound yet */
  notes: string[];
}

/** How the structures of a round were found. */
export interface ProposalRecord {
  /** candidates of each source */
  found: Record<string, number>;
  /** candidates that differ from each other and from all that have labels, and that the energy window lets through */
  distinct: number;
  /** those that the rule chose */
  chosen: number;
  /** error or disagreement that counted, eV/atom */
  threshold: number;
  notes: string[];
}

/** Files of a run; each record appears whole when what it is about is done. */
export class RunFolder {
  /** @param directory absolute */
  constructor(readonly directory: string) {}

  round(round: number): string {
    return join(this.directory, `round-${String(round).padStart(2, '0')}`);
  }
  get labels(): string {
    return join(this.directory, 'labels');
  }
  get jobs(): string {
    return join(this.directory, 'jobs');
  }

  /** undefined where the training of this round is not done */
  training(round: number): TrainingRecord | undefined {
    return this.read(join(this.round(round), 'training.json'));
  }
  saveTraining(round: number, record: TrainingRecord): void {
    this.write(join(this.round(round), 'training.json'), record);
  }

  /** how the structures of this round were found; undefined where they are not */
  proposal(round: number): ProposalRecord | undefined {
    return this.read(join(this.round(round), 'proposal.json'));
  }
  saveProposal(round: number, record: ProposalRecord): void {
    this.write(join(this.round(round), 'proposal.json'), record);
  }

  /** the last training, when it is done with so many labels; undefined otherwise */
  final(labels: number): TrainingRecord | undefined {
    const record = this.read<TrainingRecord & { labels: number }>(join(this.directory, 'final.json'));
    return record?.labels === labels ? record : undefined;
  }
  saveFinal(record: TrainingRecord, labels: number): void {
    this.write(join(this.directory, 'final.json'), { ...record, labels });
  }

  /**
   * Makes the folder one of these settings.
   * @throws InputError when it is one of others
   */
  claim(settings: LearnSettings): void {
    const {
      stop: _stop,
      title: _title,
      report: _report,
      lammps: _lammps,
      directory: _directory,
      workers: _workers,
      max_time: _time,
      ...rest
    } = settings;
    const identity = JSON.stringify({ version: version(), ...rest, label: undefined });
    const hash = createHash('sha256').update(identity).digest('hex').slice(0, 16);
    const file = join(this.directory, 'run.json');
    const known = this.read<{ settings: string }>(file);
    if (!known) this.write(file, { settings: hash });
    else if (known.settings !== hash)
      throw new InputError(
        'this run was begun with other settings or another version of eqpot',
        { file: this.directory },
        { hint: "only 'stop' may change (to go on further); restore the others, or name another --directory. The labels stay in labels/" },
      );
  }

  private read<T>(file: string): T | undefined {
    if (!existsSync(file)) return undefined;
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as T;
    } catch (cause) {
      throw new InputError('this record is damaged', { file }, { cause, hint: 'delete it: what it is about is then done again' });
    }
  }

  private write(file: string, record: unknown): void {
    writeFileAtomic(file, `${JSON.stringify(record, null, 2)}\n`);
  }
}
