import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../config/duration.js';
import type { ReadOptions } from '../datasets/read.js';
import type { StopController, StopOptions } from '../engines/stop.js';
import type { InputError } from '../errors.js';

/** Options with which every command that reads data is told how. */
export interface DataFlags {
  format?: string;
  energyKey?: string;
  forcesKey?: string;
  stressKey?: string;
  virialKey?: string;
  configType?: string;
  energyKind?: 'free' | 'sigma0';
}

/** Adds the options that say how data files are read. */
export function addDataOptions(command: Command): Command {
  return command
    .option('--format <name>', 'format of all files (default: recognised; see eqpot convert --help)', nonEmpty)
    .option('--energy-key <key>', 'key of the total energy, eV', nonEmpty)
    .option('--forces-key <key>', 'column of the forces, eV/Å', nonEmpty)
    .option('--stress-key <key>', 'key of the stress, eV/Å³, tension positive', nonEmpty)
    .option('--virial-key <key>', 'key of the virial, eV', nonEmpty)
    .option('--config-type <name>', 'group of the frames for which the data names none', nonEmpty)
    .addOption(new Option('--energy-kind <kind>', 'energy of VASP (default: free)').choices(['free', 'sigma0']));
}

/** What `readFrames` is told. */
export function readOptions(flags: DataFlags): ReadOptions {
  const labels = defined({ energy: flags.energyKey, forces: flags.forcesKey, stress: flags.stressKey, virial: flags.virialKey });
  return {
    ...defined({ format: flags.format, configType: flags.configType, energyKind: flags.energyKind }),
    ...(Object.keys(labels).length > 0 ? { labels } : {}),
  };
}

/** The entries that are not undefined. */
export function defined<T extends object>(entries: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

export function nonEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('It must not be empty.');
  return value;
}

/** Parser of an option that is a whole number within limits. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < least || number > most)
      throw new InvalidArgumentError(
        `Expected a whole number ${most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `of at least ${least}`}.`,
      );
    return number;
  };
}

/** Parser of an option that is a positive number. */
export function positiveNumber(value: string): number {
  const number = Number(value);
  if (value.trim() === '' || !Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('Expected a positive number.');
  return number;
}

/** Parser of an option that is a duration; seconds. */
export function durationOption(value: string): number {
  try {
    return parseDuration(value);
  } catch (error) {
    throw new InvalidArgumentError(`Expected ${(error as InputError).hint?.replace('write ', '') ?? 'a duration'}.`);
  }
}

/** Does the work of a command that may be stopped: the stop token lives as long as the work. */
export async function stoppable<T>(options: StopOptions, work: (stop: StopController) => Promise<T>): Promise<T> {
  const { StopController } = await import('../engines/stop.js');
  const stop = new StopController(options);
  try {
    return await work(stop);
  } finally {
    stop.dispose();
  }
}

/** The command as it could be typed again. */
export function commandLine(args: readonly string[]): string {
  return ['eqpot', ...args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", "'\\''")}'`))].join(' ');
}

/** The command that goes on where a stopped run ended. */
export function resumeCommand(command: string): string {
  return command.split(' ').includes('--resume') ? command : `${command} --resume`;
}
