import { EngineError, EqpotError, StoppedError } from '../../errors.js';

/** One LAMMPS run: a script and the files it reads, all in one folder of their own. */
export interface LammpsInput {
  /** the input script; `jump SELF` works */
  script: string;
  /** files put beside it; names are relative and may contain folders */
  files: Record<string, string | Uint8Array>;
  /** index-style variables, as `-var name value ...` */
  variables?: Record<string, string | readonly string[]>;
  /** default 600 */
  timeoutSeconds?: number;
  /** stops the run when it fires */
  abort?: AbortSignal;
}

/** What a run left behind. */
export interface LammpsOutput {
  /** the log file */
  log: string;
  /** every file that the run wrote, by name; bytes where it is no text */
  files: Record<string, string | Uint8Array>;
  /** signs of broken physics that LAMMPS ends without an error for; see `logProblems` */
  problems: string[];
}

/** LAMMPS, whichever way it runs. */
export interface LammpsEngine {
  readonly kind: 'embedded' | 'native';
  /** as it names itself, such as `29 Sep 2021 - Update 2` */
  version(): Promise<string>;
  /**
   * Runs one script.
   * @throws EngineError when LAMMPS stops with an error, crashes or runs out of time; the message names the cause
   */
  run(input: LammpsInput): Promise<LammpsOutput>;
  /** Ends what the engine keeps running. A later run starts it again. */
  close(): Promise<void>;
}

/** Seconds that a run may take when nothing else is asked. */
export const DEFAULT_TIMEOUT = 600;

/** The last `count` lines of a log, very long ones shortened (Node quotes the line of a crash: all 43 MB of lammps.js). */
export function logTail(log: string, count = 25): string {
  const lines = log
    .trimEnd()
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count);
  return lines.map((line) => (line.length > 300 ? `${line.slice(0, 100).replace(/[^\x20-\x7e]/g, '?')} ...` : line)).join('\n');
}

/** The first ERROR of a log with the command that it stopped at; undefined where there is none. */
export function logError(log: string): string | undefined {
  const lines = log.split('\n');
  const at = lines.findIndex((line) => /^\s*ERROR\b/.test(line));
  if (at < 0) return undefined;
  const command = lines.slice(at).find((line) => /^Last (command|input line):/.test(line));
  const text = lines[at]!.trim();
  return command ? `${text} (${command.trim()})` : text;
}

/** Ending that LAMMPS calls a success although the physics is broken: NaN in the output, lost atoms, overlapping atoms. */
export function logProblems(log: string): string[] {
  const problems = new Set<string>();
  let header = false;
  for (const line of log.split('\n')) {
    if (/^\s*Step\b/.test(line)) header = true;
    else if (/^Loop time/.test(line)) header = false;
    else if (header && /(^|\s)-?(nan|inf)(\s|$)/i.test(line)) problems.add(`not a number in the output: ${line.trim()}`);
    const lost = line.match(/Lost atoms: original (\d+) current (\d+)/);
    if (lost) problems.add(`${Number(lost[1]) - Number(lost[2])} of ${lost[1]} atoms were lost`);
    if (/overlap/i.test(line) && /WARNING|ERROR/.test(line)) problems.add(line.trim());
  }
  return [...problems];
}

/**
 * Turns the problems of a run into an error.
 * @throws EngineError when there are any
 */
export function requireSound(output: LammpsOutput): LammpsOutput {
  if (output.problems.length > 0)
    throw new EngineError(`LAMMPS ended, but its result is broken: ${output.problems.join('; ')}`, logTail(output.log));
  return output;
}

/** Text as a string, anything else as the bytes it is. */
export function decode(bytes: Uint8Array): string | Uint8Array {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return bytes;
  }
}

/** Why a run was ended from outside: the reason of the signal where that is an error of eqpot's own, a plain stop otherwise. */
export function stopReason(abort: AbortSignal | undefined): Error {
  return abort?.reason instanceof EqpotError ? abort.reason : new StoppedError('the LAMMPS run was stopped');
}

/** The error of a run whose log ends with a LAMMPS error. */
export function lammpsError(message: string, log: string): EngineError {
  return new EngineError(`LAMMPS stopped: ${message}`, logTail(log));
}
