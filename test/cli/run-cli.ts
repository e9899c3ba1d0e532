import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/cli/run.js';

export interface CliResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

/** Runs the real command line from its sources in a process of its own. */
export function eqpot(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; started?: (child: ChildProcess) => void } = {},
): Promise<CliResult> {
  return start([MAIN, ...args], options);
}

/** Runs a program in TypeScript in a process of its own. */
export function runProgram(file: string, cwd: string): Promise<CliResult> {
  return start([file], { cwd });
}

function start(
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; started?: (child: ChildProcess) => void },
): Promise<CliResult> {
  const child = spawn(process.execPath, ['--import', TSX, ...args], {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  options.started?.(child);
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

/** Runs the command line in this process, for what fails before any work begins; gives what it wrote to standard error. */
export async function eqpotInProcess(args: readonly string[]): Promise<Omit<CliResult, 'stdout'>> {
  const write = process.stderr.write;
  let stderr = '';
  process.stderr.write = ((text: string) => {
    stderr += text;
    return true;
  }) as typeof write;
  try {
    return { code: await run(args), stderr };
  } finally {
    process.stderr.write = write;
  }
}
