import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { EngineError } from '../../errors.js';
import { type ProcessOptions, type ProcessResult, runProcess } from '../process.js';
import {
  DEFAULT_TIMEOUT,
  decode,
  type LammpsEngine,
  type LammpsInput,
  type LammpsOutput,
  lammpsError,
  logError,
  logProblems,
  logTail,
  stopReason,
} from './engine.js';

const SCRIPT = 'in.eqpot';
const LOG = 'log.eqpot';
/** Names under which distributions install LAMMPS. */
const NAMES = ['lmp', 'lmp_serial', 'lmp_mpi', 'lammps'];

/**
 * OpenMPI looks for a network and a daemon even when one process runs on its own: 0.9 s a start, 0.1 s with these
 * (OpenMPI 4.1.4). With a launcher they must not be set, as they switch communication off.
 */
const SINGLETON = { OMPI_MCA_ess_singleton_isolated: '1', OMPI_MCA_btl: 'self', OMPI_MCA_pml: 'ob1' };

/** A LAMMPS program of this machine, one process a run, each in a temporary folder of its own. */
export class NativeLammps implements LammpsEngine {
  readonly kind = 'native';
  private readonly command: string[];
  private versionText: Promise<string> | undefined;

  /** @param command program with its arguments, such as `lmp` or `mpirun -np 4 lmp` */
  constructor(command: string) {
    this.command = command.trim().split(/\s+/);
  }

  version(): Promise<string> {
    this.versionText ??= this.start(['-h'], {}).then(({ stdout }) => {
      const version = stdout.match(/Simulator - (.+)/)?.[1] ?? stdout.match(/LAMMPS \(([^)]+)\)/)?.[1];
      if (!version) throw new EngineError(`'${this.command.join(' ')}' does not answer as LAMMPS does`, logTail(stdout));
      return version.trim();
    });
    return this.versionText;
  }

  async run(input: LammpsInput): Promise<LammpsOutput> {
    const folder = mkdtempSync(join(tmpdir(), 'eqpot-lammps-'));
    try {
      for (const [name, content] of Object.entries(input.files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), content);
      }
      writeFileSync(join(folder, SCRIPT), input.script);
      const variables = Object.entries(input.variables ?? {}).flatMap(([name, value]) => [
        '-var',
        name,
        ...(typeof value === 'string' ? [value] : value),
      ]);
      // the screen gets nothing, but stays open: with `-screen none` some messages before the log file opens are lost
      const limit = input.timeoutSeconds ?? DEFAULT_TIMEOUT;
      const result = await this.start(['-in', SCRIPT, '-log', LOG, '-nocite', ...variables], {
        cwd: folder,
        timeoutSeconds: limit,
        ...(input.abort ? { abort: input.abort } : {}),
      });
      const files = collect(folder);
      const written = typeof files[LOG] === 'string' ? files[LOG] : '';
      const log = written.trim() === '' ? result.stdout : written;
      if (result.timedOut)
        throw new EngineError(`LAMMPS (${this.command.join(' ')}) did not finish within ${limit} s and was ended`, logTail(log));
      if (result.aborted) throw stopReason(input.abort);
      const error = logError(log) ?? logError(result.stdout) ?? logError(result.stderr);
      if (error) throw lammpsError(error, log);
      if (result.exitCode !== 0)
        throw new EngineError(
          `LAMMPS (${this.command.join(' ')}) ended with ${result.signal ?? `exit code ${result.exitCode}`} and named no error`,
          logTail(`${log}\n${result.stderr}`),
        );
      for (const [name, content] of Object.entries(input.files)) if (files[name] === content) delete files[name];
      delete files[SCRIPT];
      delete files[LOG];
      return { log, files, problems: logProblems(log) };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  async close(): Promise<void> {}

  private start(args: string[], options: { cwd?: string; timeoutSeconds?: number; abort?: AbortSignal }) {
    return runLammps(this.command, args, options);
  }
}

/** Runs LAMMPS in the environment that it wants, by its command in words and with these arguments. */
export async function runLammps(command: readonly string[], args: readonly string[], options: ProcessOptions): Promise<ProcessResult> {
  const unset = Object.fromEntries(Object.keys(SINGLETON).map((name) => [name, undefined]));
  // processes that share OpenMPI's own folder stand in each other's way: 1 start in 100 failed
  const session = mkdtempSync(join(tmpdir(), 'eqpot-mpi-'));
  const env = {
    ...(command.length === 1 ? { ...SINGLETON, OMPI_MCA_orte_tmpdir_base: session } : unset),
    OMP_NUM_THREADS: process.env.OMP_NUM_THREADS ?? '1',
  };
  try {
    return await runProcess(command[0]!, [...command.slice(1), ...args], { ...options, env });
  } finally {
    rmSync(session, { recursive: true, force: true });
  }
}

/** Where LAMMPS is in PATH; undefined where it is not. */
export function lammpsInPath(names: readonly string[] = NAMES): string | undefined {
  for (const name of names)
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      if (folder === '') continue;
      const path = join(folder, name);
      if (isExecutable(path)) return path;
    }
  return undefined;
}

/** True when a path or a name in PATH can be started. */
export function canStart(program: string): boolean {
  return program.includes('/') ? isExecutable(program) : lammpsInPath([basename(program)]) !== undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function collect(folder: string, prefix = '', out: Record<string, string | Uint8Array> = {}): Record<string, string | Uint8Array> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) collect(path, `${prefix}${entry.name}/`, out);
    else if (entry.isFile()) out[prefix + entry.name] = decode(readFileSync(path));
  }
  return out;
}
