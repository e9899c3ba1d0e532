import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../files.js';
import { contentHash, type Label, type LabelFailure } from './labeller.js';
import { fromLabelRecord, type LabelRecord, toLabelRecord } from './records.js';

/** One run for a structure. */
export interface Try {
  /** from 1; its folder is `try-NUMBER` */
  number: number;
  /** settings that differ from the usual ones */
  changes: Readonly<Record<string, string>>;
  /** factor on the time limits */
  limitFactor: number;
  /** hash of its input */
  input: string;
  /** why it gave no label; absent while it runs and for the one that gave the label. An interrupted one says nothing of the structure */
  problem?: 'unconverged' | 'broken' | 'refused' | 'limit' | 'interrupted';
  reason?: string;
  /** of an earlier call, whose rules are used up */
  past?: true;
}

interface State {
  /** hash of the input with the usual settings */
  input: string;
  tries: Try[];
  label?: LabelRecord;
  failure?: LabelFailure;
}

const STATE = 'job.json';

/** The folder of a structure: what was tried, in `job.json`, and a sub-folder for each try. */
export class JobFolder {
  private constructor(
    readonly directory: string,
    readonly state: State,
  ) {}

  /**
   * Opens the folder of a job, or makes one. A folder with another input, of another version of eqpot perhaps, is moved aside.
   * @param inputs files of a run with the usual settings
   */
  static open(directory: string, inputs: Record<string, string | Uint8Array>): JobFolder {
    const input = hashOf(inputs);
    const file = join(directory, STATE);
    const state = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as State) : undefined;
    if (state?.input === input) return new JobFolder(directory, state);
    moveAside(directory);
    return new JobFolder(directory, { input, tries: [] });
  }

  pathOf({ number }: Try): string {
    return join(this.directory, `try-${number}`);
  }

  /** The try that was begun and has not ended. */
  openTry(): Try | undefined {
    const last = this.state.tries.at(-1);
    return last && last.problem === undefined ? last : undefined;
  }

  /** Tries that the rules of the present call count. */
  counted(): Try[] {
    return this.state.tries.filter(({ problem, past }) => problem !== 'interrupted' && !past);
  }

  /** A new call: what an earlier one gave up, it has given up. */
  forget(): void {
    if (!this.state.failure) return;
    delete this.state.failure;
    for (const each of this.state.tries) each.past = true;
  }

  /** Puts the files of a new try in place. */
  begin(changes: Try['changes'], limitFactor: number, inputs: Record<string, string | Uint8Array>): Try {
    const begun: Try = { number: this.state.tries.length + 1, changes, limitFactor, input: hashOf(inputs) };
    const path = this.pathOf(begun);
    rmSync(path, { recursive: true, force: true });
    for (const [name, content] of Object.entries(inputs)) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), content);
    }
    this.state.tries.push(begun);
    this.write();
    return begun;
  }

  close(ended: Try, problem: NonNullable<Try['problem']>, reason: string): void {
    Object.assign(ended, { problem, reason });
    this.write();
  }

  succeed(label: Label): void {
    this.state.label = toLabelRecord(label);
    this.write();
  }

  label(): Label | undefined {
    return this.state.label && fromLabelRecord(this.state.label);
  }

  fail(failure: LabelFailure): void {
    this.state.failure = failure;
    this.write();
  }

  private write(): void {
    writeFileAtomic(join(this.directory, STATE), `${JSON.stringify(this.state, null, 1)}\n`);
  }
}

/** Renames the folder of a job, where there is one, so that the job begins anew and nothing is lost. */
export function moveAside(directory: string): void {
  if (!existsSync(directory)) return;
  let number = 1;
  while (existsSync(`${directory}.before-${number}`)) number++;
  renameSync(directory, `${directory}.before-${number}`);
}

function hashOf(inputs: Record<string, string | Uint8Array>): string {
  return contentHash(...Object.entries(inputs).flat());
}
