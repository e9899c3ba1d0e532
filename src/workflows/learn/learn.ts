import { join } from 'node:path';
import type { LearnSettings } from '../../config/learn-schema.js';
import { readFrames } from '../../datasets/read.js';
import { moveAside } from '../../engines/labelling/job-folder.js';
import type { Labeller } from '../../engines/labelling/labeller.js';
import { LabelStore } from '../../engines/labelling/store.js';
import type { LammpsEngine } from '../../engines/lammps/engine.js';
import { findLammps } from '../../engines/lammps/find.js';
import { type DirectoryLock, type LockOptions, lockDirectory } from '../../engines/lock.js';
import { type Progress, SILENT } from '../../engines/progress.js';
import { breathe, NEVER_STOP, type StopToken } from '../../engines/stop.js';
import { EngineError, InputError } from '../../errors.js';
import type { EquationModel } from '../../potentials/equation-potential.js';
import type { Potential } from '../../potentials/potential.js';
import type { Frame } from '../../structures/structure.js';
import { errorOf, type JudgedFrame, judgeRound, type RoundError, type Verdict } from './judge.js';
import { labelPending, requestsOf } from './label.js';
import { propose } from './propose.js';
import { type ProposalRecord, RunFolder, type TrainingRecord } from './run-folder.js';
import { alloyOf, startStructures } from './start.js';
import { train } from './train.js';
import { trainedIn } from './trained.js';
import { writeOverview } from './write.js';

export interface LearnOptions {
  /** what labels; closed by the caller */
  labeller: Labeller;
  /** folder that relative paths in the settings start from */
  directory: string;
  /** absolute */
  runDirectory: string;
  /** of `lockRun`, released at the end; default: taken here */
  lock?: DirectoryLock;
  /** settings as the user wrote them, for the reports */
  settingsText?: string;
  command?: string;
  progress?: Progress;
  stop?: StopToken;
  /** try again also what got no label, in any round */
  retry?: boolean;
  /** printed beside the found equation when it is known */
  truth?: EquationModel;
}

/** One round of the loop. */
export interface Round {
  round: number;
  /** on its structures, before training on them */
  before: RoundError;
  /** how its structures were found; undefined for round 0 */
  proposal: ProposalRecord | undefined;
  /** undefined where the loop ended without training on it */
  training: TrainingRecord | undefined;
  /** structures that got no label, and why */
  failures: string[];
}

/** What the loop has done so far. */
export interface LearnState {
  rounds: Round[];
  /** every label, in the order of the rounds */
  judged: JudgedFrame[];
  /** why the loop ended, one sentence; undefined while it goes on */
  reason: string | undefined;
  /** the last training, with all restarts of the search */
  final: TrainingRecord | undefined;
}

export interface LearnResult extends LearnState {
  reason: string;
  final: TrainingRecord;
  potential: Potential;
  /** absolute */
  directory: string;
}

/**
 * Makes a run directory the caller's own, for those who write into it besides `learn`.
 * @param runDirectory absolute
 * @throws InputError when another process works there; StoppedError
 */
export function lockRun(runDirectory: string, options: LockOptions = {}): Promise<DirectoryLock> {
  return lockDirectory(new RunFolder(runDirectory).labels, options);
}

/**
 * The paper's loop: train, sample with the present potential, select, label, train again, until nothing new is found; then the fit proper.
 * Everything follows from the settings and from the labels in the store: a run that was interrupted at any moment, called again, goes on
 * and ends as if it had not been.
 * @throws InputError; StoppedError; EngineError; VerificationError when the last potential does not pass its proof
 */
export async function learn(settings: LearnSettings, options: LearnOptions): Promise<LearnResult> {
  const { labeller, runDirectory, directory, progress = SILENT } = options;
  const unknown = alloyOf(settings).elements.filter((symbol) => labeller.elements && !labeller.elements.includes(symbol));
  if (unknown.length > 0)
    throw new InputError(
      `the potential that labels has no ${unknown.join(', ')} (it has ${labeller.elements!.join(', ')})`,
      {},
      { hint: "name another in 'label', or leave the element out of the settings" },
    );
  const folder = new RunFolder(runDirectory);
  const store = await LabelStore.open(folder.labels, {
    settings: labeller.settings,
    note: (text: string) => progress.line(text),
    ...(options.lock ? { lock: options.lock } : {}),
    ...(options.stop ? { stop: options.stop } : {}),
  });
  try {
    folder.claim(settings);
    if (options.retry) for (const { id } of store.forgetFailures()) moveAside(join(folder.jobs, id));
    const test = settings.test.length > 0 ? readFrames(settings.test, { directory }).frames : [];
    const lammps = await findLammps(settings.lammps);
    try {
      const loop = new Loop(settings, options, folder, store, lammps, test);
      await loop.run();
      return await loop.finish();
    } finally {
      await lammps.close();
    }
  } finally {
    store.close();
  }
}

class Loop {
  private readonly state: LearnState = { rounds: [], judged: [], reason: undefined, final: undefined };
  private readonly progress: Progress;
  private readonly stop: StopToken;

  constructor(
    private readonly settings: LearnSettings,
    private readonly options: LearnOptions,
    private readonly folder: RunFolder,
    private readonly store: LabelStore,
    private readonly lammps: LammpsEngine,
    private readonly test: readonly Frame[],
  ) {
    this.progress = options.progress ?? SILENT;
    this.stop = options.stop ?? NEVER_STOP;
  }

  async run(): Promise<void> {
    const { settings, options, store, state } = this;
    if (!store.hasRound(0)) store.enqueue(0, requestsOf(startStructures(settings, options.directory), options.labeller));
    let threshold = Number.NaN;
    for (let round = 0; state.reason === undefined; round++) {
      const entry = await this.labelRound(round, threshold);
      if (state.reason !== undefined) break;
      entry.training = this.folder.training(round) ?? (await this.trainRound(round));
      threshold = Math.max(settings.select.factor * entry.training.ownError, settings.select.tolerance * 1e-3);
      this.overview();
      await breathe();
      this.stop.throwIfRequested();
      state.reason = this.enough(round, entry.before);
      if (state.reason === undefined) await this.sampleRound(round + 1, threshold);
    }
    this.progress.line(`the loop has ended: ${state.reason}`);
  }

  /** The fit proper, with all restarts of the search and cross-validation. */
  async finish(): Promise<LearnResult> {
    const { state, folder } = this;
    const last = state.rounds.findLast(({ training }) => training !== undefined)!.round;
    const labels = state.judged.length;
    try {
      const done = folder.final(labels);
      state.final = done ?? (await this.train(folder.directory, last, true, true));
      if (!done) folder.saveFinal(state.final, labels);
    } finally {
      this.overview();
    }
    const { potential } = trainedIn(folder.directory);
    return { ...state, reason: state.reason!, final: state.final, potential, directory: folder.directory };
  }

  /** Labels what a round asks for, and compares it with the prediction. */
  private async labelRound(round: number, threshold: number): Promise<Round> {
    const { settings, store, state, folder, progress, stop } = this;
    await labelPending(store, this.options.labeller, { round, directory: folder.jobs, progress, stop });
    const own = judgeRound(settings, store, round, round === 0 ? undefined : folder.round(round - 1), threshold, this.framesThat('train'));
    state.judged.push(...own);
    const failures = store.failures().filter(({ job }) => job.round === round);
    const entry: Round = {
      round,
      before: errorOf(own, threshold),
      proposal: round === 0 ? undefined : folder.proposal(round),
      training: undefined,
      failures: failures.map(({ job, failure }) => `${job.why}: ${failure.reason}`),
    };
    state.rounds.push(entry);
    const { mean, largest, wrong } = entry.before;
    if (round === 0 && own.length < FEWEST)
      throw new EngineError(
        `only ${own.length} structures of round 0 have labels; at least ${FEWEST} are needed (--retry tries the others again)\n  ${entry.failures[0] ?? ''}`,
      );
    if (round > 0)
      progress.line(
        `round ${round}: ${own.length} labels, error before training ${milli(mean)} meV/atom, largest ${milli(largest)}; ` +
          `${wrong} off by more than ${milli(threshold)}`,
      );
    if (round > 0 && own.every(({ verdict }) => verdict === 'agrees'))
      state.reason =
        own.length > 0
          ? `all ${own.length} structures labelled in round ${round} agree with the prediction within ${milli(threshold)} meV/atom`
          : `no structure of round ${round} could be labelled (--retry tries them again)`;
    return entry;
  }

  private async trainRound(round: number): Promise<TrainingRecord> {
    const { settings, folder, progress } = this;
    progress.phase(`round ${round}: training`);
    const record = await this.train(folder.round(round), round - 1, round % settings.train.full_every === 0, false);
    folder.saveTraining(round, record);
    progress.line(
      `round ${round}: trained on ${record.frames} structures, error ${milli(record.error)} meV/atom` +
        (record.testError === undefined ? '' : `, on the test set ${milli(record.testError)}`),
    );
    return record;
  }

  /** @param from round whose potential is known already; -1 for none */
  private train(at: string, from: number, full: boolean, final: boolean): Promise<TrainingRecord> {
    const { settings, options, folder, lammps, test, progress, stop } = this;
    const { command = 'eqpot learn', settingsText, truth, directory } = options;
    return train(
      settings,
      { near: this.framesThat('train'), far: this.framesThat('far') },
      {
        round: final ? 0 : from + 1,
        base: directory,
        folder: at,
        before: from < 0 ? undefined : folder.round(from),
        full,
        final,
        test,
        command,
        settingsText,
        truth,
        lammps,
        progress,
        stop,
      },
    );
  }

  /** Looks for new structures, and queues those that were chosen. */
  private async sampleRound(round: number, threshold: number): Promise<void> {
    const { settings, store, folder, state, lammps, progress, stop } = this;
    if (!store.hasRound(round)) {
      const { labels = Infinity } = settings.stop;
      const { chosen, record } = await propose(settings, {
        round,
        trained: folder.round(round - 1),
        frames: this.framesThat('train'),
        asked: [...store.labels(), ...store.failures()].map(({ job }) => job.structure),
        threshold,
        budget: Math.min(settings.select.budget, labels - store.labels().length),
        lammps,
        progress,
        stop,
      });
      folder.saveProposal(round, record);
      store.enqueue(round, requestsOf(chosen, this.options.labeller));
    }
    const asked = [...store.labels(), ...store.failures()].some(({ job }) => job.round === round) || store.pending().length > 0;
    if (!asked) state.reason = `nothing new was found: no structure of round ${round} is worth a label by the rule ${settings.select.rule}`;
  }

  private enough(round: number, { mean }: RoundError): string | undefined {
    const { rounds, labels = Infinity, error } = this.settings.stop;
    if (round > 0 && error !== undefined && mean * 1e3 <= error)
      return `the error of the new structures of round ${round} was ${milli(mean)} meV/atom, within the ${error} asked for`;
    if (this.store.labels().length >= labels) return `all ${labels} labels are used up`;
    return round >= rounds ? `all ${rounds} rounds are done` : undefined;
  }

  private framesThat(what: Verdict): Frame[] {
    return this.state.judged.flatMap(({ frame, verdict }) => (verdict === what ? [frame] : []));
  }

  private overview(): void {
    writeOverview(this.settings, this.options, this.folder, this.state, this.store.extxyz({ seconds: true }));
  }
}

/** Structures that an equation can be fitted to. */
const FEWEST = 3;

function milli(energy: number): string {
  return Number.isFinite(energy) ? (energy * 1e3).toPrecision(3) : 'unknown';
}
