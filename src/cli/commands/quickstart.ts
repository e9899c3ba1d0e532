import { join } from 'node:path';
import type { Command } from 'commander';
import { StoppedError } from '../../errors.js';
import { commandLine, nonEmpty, resumeCommand, stoppable, wholeNumber } from '../options.js';

interface QuickstartFlags {
  directory: string;
  seed: number;
  lammps: string;
  resume?: boolean;
}

const EXAMPLES = `
Samples structures of the built-in Sutton-Chen copper, finds its equation again from their energies, has LAMMPS check the exported
files, and writes a report. Needs no other file.

Examples:
  $ eqpot quickstart
  $ eqpot quickstart --directory runs/recovery --seed 2
  $ eqpot quickstart --resume          after Ctrl-C
`;

/** `eqpot quickstart [--directory D] [--seed N] [--resume]` */
export function register(program: Command): void {
  program
    .command('quickstart')
    .description('try the main job on an embedded example: find the Sutton-Chen equation again')
    .option('-d, --directory <folder>', 'where the results go', 'runs/quickstart')
    .option('--seed <n>', 'seed of every random choice', wholeNumber(0), 1)
    .option('--lammps <which>', 'embedded, native, or a command such as "mpirun -np 4 lmp"', nonEmpty, 'embedded')
    .option('--resume', 'go on from the state saved in the directory, if there is one')
    .addHelpText('after', EXAMPLES)
    .action(act);
}

async function act({ directory, seed, lammps, resume = false }: QuickstartFlags): Promise<void> {
  const [{ quickstart }, { createProgress }, { formatRecovery }, { StateFile, STATE_FILE }] = await Promise.all([
    import('../../workflows/quickstart.js'),
    import('../../engines/progress.js'),
    import('../../workflows/recovery.js'),
    import('../../../bridges/files/state-file.js'),
  ]);
  const progress = createProgress({ logFile: `${directory}/run.log`, listeners: [new StateFile(join(directory, STATE_FILE))] });
  const command = commandLine(process.argv.slice(2));
  try {
    const result = await stoppable({ directory, announce: (line: string) => progress.line(line) }, (stop) =>
      quickstart(directory, { seed, lammps, resume, progress, stop, command }),
    );
    progress.end('done');
    process.stdout.write(formatRecovery(result, directory));
  } catch (error) {
    progress.end(error instanceof StoppedError ? 'stopped' : 'failed', error instanceof Error ? error.message : String(error));
    if (error instanceof StoppedError) process.stderr.write(`to go on: ${resumeCommand(command)}\n`);
    throw error;
  }
}
