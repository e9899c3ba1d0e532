import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, InputError } from '../../errors.js';
import type { Structure } from '../../structures/structure.js';
import { JobFolder, type Try } from './job-folder.js';
import type { Label, LabelContext, LabelFailure, LabelJob, Labeller } from './labeller.js';
import { unsound } from './records.js';
import { RUN_FILES, type RunEnd, type Runner } from './run.js';

/** Settings that differ from the usual ones, by name. */
export type Changes = Readonly<Record<string, string>>;

/** What a run left behind. */
export type Reading =
  | { label: Omit<Label, 'origin'>; version: string }
  /**
   * unconverged: other settings may help; broken: nothing or nonsense, the same again may help; refused: no run of this input will do
   */
  | { problem: 'unconverged' | 'broken' | 'refused'; reason: string };

/** A program that labels one structure in a folder: what it reads and what it writes. */
export interface LabelProgram {
  readonly engine: string;
  readonly settings: string;
  readonly description: string;
  /** shell command, run in the folder */
  readonly command: string;
  readonly environment: Readonly<Record<string, string>>;
  /** changed settings of the second, third, ... try of a structure that does not converge */
  readonly retries: readonly Changes[];
  /**
   * Files of a run.
   * @throws InputError for a structure that the program cannot be given
   */
  inputs(structure: Structure, changes: Changes): Record<string, string | Uint8Array>;
  /** Reads what is in the folder after a run; whether the program ended well is judged from its output alone. */
  read(folder: string, structure: Structure, end: RunEnd): Reading;
}

export interface ProgramOptions {
  /** runs at a time */
  parallel: number;
  /** how often a run that broke or reached its time limit is repeated; at the limit with more time */
  repeat: number;
}

/** Factor on the time limits of a run that reached them. */
const MORE_TIME = 2;
/** Exit codes of a shell for a program that cannot be started. */
const NO_PROGRAM = [126, 127];
/** Characters of a run's log that a failure carries. */
const LOG_END = 2000;

/**
 * An engine of a program that runs once for each structure, in a folder of its own with a sub-folder for each try. What has a result is
 * never run again; a run that an earlier session started is found.
 */
export function programLabeller(program: LabelProgram, runner: Runner, options: ProgramOptions): Labeller {
  const { engine, settings, description } = program;
  return {
    engine,
    settings,
    description,
    async label(jobs, context) {
      const queue = [...jobs];
      let done = 0;
      let failed: unknown;
      const left: string[] = [];
      const work = async () => {
        for (let job = queue.shift(); job && failed === undefined && !context.stop.requested; job = queue.shift())
          try {
            const outcome = await labelOne(program, runner, options, job, context, left);
            if (outcome === undefined) return;
            await context.onOutcome({ id: job.id, ...outcome });
            context.progress.update(++done / jobs.length, `${done} of ${jobs.length}`);
          } catch (error) {
            failed ??= error;
          }
      };
      await Promise.all(Array.from({ length: Math.min(options.parallel, jobs.length) }, work));
      if (left.length > 0)
        context.progress.line(`${left.length} jobs stay in the queue and will be found again; to end them: scancel ${left.join(' ')}`);
      if (failed !== undefined) throw failed;
      context.stop.throwIfRequested();
    },
  };
}

type Outcome = { label: Label } | { failure: LabelFailure };

/**
 * One structure, with as many tries as the rules allow; undefined when a stop came first.
 * @param left gets the numbers of jobs that go on after a stop
 */
async function labelOne(
  program: LabelProgram,
  runner: Runner,
  { repeat }: ProgramOptions,
  { id, structure }: LabelJob,
  { directory, stop, progress }: LabelContext,
  left: string[],
): Promise<Outcome | undefined> {
  let folder: JobFolder;
  try {
    folder = JobFolder.open(join(directory, id), program.inputs(structure, {}));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { failure: { reason: error.message.split('\n')[0]!, again: false } };
  }
  if (folder.state.label) return { label: folder.label()! };
  if (folder.state.failure?.again === false) return { failure: folder.state.failure };
  folder.forget();
  for (;;) {
    const next = folder.openTry() ?? begin(program, folder, structure, repeat);
    if ('failure' in next) {
      folder.fail(next.failure);
      return next;
    }
    const at = folder.pathOf(next);
    const { command, environment } = program;
    const name = `eqpot-${id.slice(0, 12)}-${next.number}`;
    const end = await runner.run({ folder: at, name, command, environment, limitFactor: next.limitFactor }, stop);
    if (end.how === 'left') {
      left.push(end.detail!);
      return undefined;
    }
    if (end.how === 'stopped') {
      folder.close(next, 'interrupted', 'stopped as asked');
      return undefined;
    }
    if (end.how === 'interrupted') {
      folder.close(next, 'interrupted', 'an earlier session or its machine ended during the run');
      continue;
    }
    const reading = program.read(at, structure, end);
    if ('label' in reading) {
      const wrong = unsound(reading.label, structure.species.length);
      if (wrong) folder.close(next, 'broken', wrong.reason);
      else {
        const { engine, settings } = program;
        const changed = Object.keys(next.changes).length > 0 ? { changed: { ...next.changes } } : {};
        const origin = { engine, version: reading.version, settings, input: next.input, ...timeOf(end), ...changed };
        const label = { ...reading.label, origin };
        folder.succeed(label);
        return { label };
      }
    } else {
      if (end.exitCode !== undefined && NO_PROGRAM.includes(end.exitCode)) {
        folder.close(next, 'interrupted', 'the program cannot be started');
        throw new EngineError(`'${command}' cannot be started (exit code ${end.exitCode})`, logEnd(at));
      }
      const problem = end.how === 'limit' && reading.problem !== 'refused' ? 'limit' : reading.problem;
      folder.close(next, problem, reasonOf(end, reading.reason));
    }
    if (stop.requested) return undefined;
    progress.line(`${id}: try ${next.number}: ${folder.state.tries.at(-1)!.reason}`);
  }
}

/** The next try by the rules, with its files in place, or the reason why there is none. */
function begin(program: LabelProgram, folder: JobFolder, structure: Structure, repeat: number): Try | { failure: LabelFailure } {
  const counted = folder.counted();
  const last = counted.at(-1);
  const fresh = (changes: Changes, limitFactor: number) => folder.begin(changes, limitFactor, program.inputs(structure, changes));
  if (!last) return fresh({}, 1);
  const failure = (again: boolean): { failure: LabelFailure } => {
    const tries = counted.length > 1 ? `${last.reason} (try ${counted.length})` : last.reason!;
    const log = logEnd(folder.pathOf(last));
    return { failure: { reason: tries, again, ...(log === '' ? {} : { log }) } };
  };
  if (last.problem === 'refused') return failure(false);
  const unconverged = counted.filter(({ problem }) => problem === 'unconverged').length;
  if (last.problem === 'unconverged') {
    const changes = program.retries[unconverged - 1];
    return changes ? fresh(changes, last.limitFactor) : failure(false);
  }
  if (counted.length - unconverged > repeat) return failure(true);
  return fresh(last.changes, last.problem === 'limit' ? last.limitFactor * MORE_TIME : last.limitFactor);
}

function reasonOf({ how, detail, exitCode }: RunEnd, found: string): string {
  const end = how === 'finished' ? (exitCode === 0 ? '' : `exit code ${exitCode}`) : (detail ?? how);
  return end === '' ? found : `${found}; ${end}`;
}

function timeOf({ wallSeconds }: RunEnd): { wallSeconds?: number } {
  return Number.isFinite(wallSeconds) ? { wallSeconds } : {};
}

/** The end of a run's log, '' where there is none. */
function logEnd(folder: string): string {
  const path = join(folder, RUN_FILES.log);
  if (!existsSync(path)) return '';
  const handle = openSync(path, 'r');
  try {
    const { size } = fstatSync(handle);
    const bytes = Buffer.alloc(Math.min(size, LOG_END));
    readSync(handle, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8').trim();
  } finally {
    closeSync(handle);
  }
}
