import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const CHILD = fileURLToPath(new URL('./run-child.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');

/** Starts `run-child.ts` and waits until it is in its search. */
export async function startRun(directory: string, how: string): Promise<{ child: ChildProcess; exited: Promise<unknown> }> {
  const child = spawn(process.execPath, ['--import', TSX, CHILD, directory, how], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('close', resolve));
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), exited]);
  return { child, exited };
}
