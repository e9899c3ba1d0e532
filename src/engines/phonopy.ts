import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../errors.js';
import { lammpsInPath } from './lammps/native.js';
import { runProcess } from './process.js';

/** Seconds; supercells of 1000 atoms take some. */
const TIMEOUT = 600;

/** Path of the program Phonopy (A. Togo, J. Phys. Soc. Jpn. 92, 012001 (2023)); undefined where there is none in PATH. */
export function phonopyInPath(): string | undefined {
  return lammpsInPath(['phonopy']);
}

/**
 * Runs Phonopy once in a temporary folder.
 * @param words its arguments
 * @param files what it reads, by name
 * @returns the files that it wrote, by name; `''` is what it wrote to standard output
 * @throws EngineError when it fails
 */
export async function runPhonopy(
  program: string,
  words: readonly string[],
  files: Readonly<Record<string, string>>,
  abort?: AbortSignal,
): Promise<Record<string, string>> {
  const folder = mkdtempSync(join(tmpdir(), 'eqpot-phonopy-'));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const { exitCode, signal, stdout, stderr, timedOut } = await runProcess(program, words, {
      cwd: folder,
      timeoutSeconds: TIMEOUT,
      // linear algebra of small matrices: more threads only stand in each other's way
      env: { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MPLBACKEND: 'Agg' },
      ...(abort ? { abort } : {}),
    });
    const tail = `${stdout}\n${stderr}`.trim().slice(-2000);
    if (timedOut) throw new EngineError(`Phonopy did not finish within ${TIMEOUT} s and was ended`, tail);
    if (exitCode !== 0) {
      // the last line of a Python traceback says what was wrong
      const reason = stderr.trim().split('\n').at(-1)!;
      throw new EngineError(`Phonopy ended with ${signal ?? `exit code ${exitCode}`}${reason ? `: ${reason}` : ''}`, tail);
    }
    const out: Record<string, string> = { '': stdout };
    for (const name of readdirSync(folder)) if (files[name] === undefined) out[name] = readFileSync(join(folder, name), 'utf8');
    return out;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
