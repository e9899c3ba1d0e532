import { join, relative } from 'node:path';
import type { Command } from 'commander';
import type { RunProgress } from '../../engines/progress.js';
import { StoppedError } from '../../errors.js';
import type { LearnResult } from '../../workflows/learn/learn.js';
import { commandLine, defined, durationOption, nonEmpty, stoppable, wholeNumber } from '../options.js';

interface LearnFlags {
  directory?: string;
  workers?: number;
  lammps?: string;
  maxTime?: number;
  retry?: boolean;
  quiet?: boolean;
}

const EXAMPLES = `
Trains a potential, samples new structures with it, selects some, has them labelled, trains again, until nothing new is found.

Examples:
  $ eqpot learn copper.yaml
  $ eqpot learn copper.yaml --max-time 3h50m        the same command goes on later
  $ touch runs/copper/EXIT                          stops; no label is lost

In the run directory: learn.html with the learning curve and a map of the data set, labels.extxyz with every label and where it comes from,
round-NN/ with the training set and the potential of each round, and the files of the last fit as eqpot fit leaves them.
Whatever ends a run, the same command goes on: labels are kept one by one and none is computed twice. How it works: docs/learning.md;
every setting: docs/settings.md.
`;

/** `eqpot learn SETTINGS.yaml` */
export function register(program: Command): void {
  program
    .command('learn')
    .description('active learning: train, sample, select, label with DFT, train again, until nothing new is found')
    .argument('<settings>', 'settings file, YAML')
    .option('--resume', 'go on from where the run directory is; so does a run without it')
    .option('--retry', 'try again also the structures that got no label, such as after a failure of the cluster')
    .option('--max-time <duration>', 'stop after this time: seconds, 30m, 1h30m or 02:30:00', durationOption)
    .option('--workers <n>', 'worker threads (default: processors of the job)', wholeNumber(1, 256))
    .option('--lammps <which>', 'embedded, native, or a command such as "mpirun -np 4 lmp"', nonEmpty)
    .option('--directory <folder>', 'run directory (default: that of the settings, or runs/NAME beside them)', nonEmpty)
    .option('--quiet', 'no progress on the terminal (run.log has it)')
    .addHelpText('after', EXAMPLES)
    .action(act);
}

async function act(file: string, flags: LearnFlags): Promise<void> {
  const [
    { loadLearnSettings },
    { runDirectory },
    { parseDuration },
    { createProgress },
    { slurmTimeLeft },
    { version },
    { createLabeller },
    { StateFile, STATE_FILE },
  ] = await Promise.all([
    import('../../config/load-learn.js'),
    import('../../config/load.js'),
    import('../../config/duration.js'),
    import('../../engines/progress.js'),
    import('../../engines/stop.js'),
    import('../../config/version.js'),
    import('../../workflows/label/labellers.js'),
    import('../../../bridges/files/state-file.js'),
  ]);
  const loaded = loadLearnSettings(file);
  const settings = {
    ...loaded.settings,
    ...(flags.workers === undefined ? {} : { workers: flags.workers }),
    ...(flags.lammps === undefined ? {} : { lammps: flags.lammps }),
  };
  const directory = runDirectory(loaded, flags.directory);
  const labeller = await createLabeller(settings.label, loaded.directory);
  const command = commandLine(process.argv.slice(2));
  const maxTimeSeconds = flags.maxTime ?? (settings.max_time === undefined ? slurmTimeLeft() : parseDuration(settings.max_time));
  let progress: RunProgress | undefined;
  const say = (line: string) => (progress ? progress.line(line) : void process.stderr.write(`${line}\n`));
  const stopOptions = { directory, announce: say, ...defined({ maxTimeSeconds }) };
  try {
    const result = await stoppable(stopOptions, async (stop) => {
      const { learn, lockRun } = await import('../../workflows/learn/learn.js');
      // the log and the state in the directory may be those of a run that lives
      const lock = await lockRun(directory, { stop, note: say });
      progress = createProgress({
        logFile: join(directory, 'run.log'),
        quiet: flags.quiet ?? false,
        listeners: [new StateFile(join(directory, STATE_FILE))],
      });
      progress.line(`eqpot ${version()}: ${command}`);
      progress.line(`run directory ${directory}, seed ${settings.seed}; labels by ${labeller.engine}, settings ${labeller.settings}`);
      for (const line of labeller.description.split('\n')) progress.line(`  ${line}`);
      return learn(settings, {
        labeller,
        directory: loaded.directory,
        runDirectory: directory,
        lock,
        settingsText: loaded.text,
        retry: flags.retry ?? false,
        command,
        progress,
        stop,
      });
    });
    progress?.end('done');
    process.stdout.write(await describe(result));
  } catch (error) {
    progress?.end(error instanceof StoppedError ? 'stopped' : 'failed', error instanceof Error ? error.message : String(error));
    if (error instanceof StoppedError) process.stderr.write(`to go on: ${command}\n`);
    throw error;
  } finally {
    await labeller.close?.();
  }
}

/** The result for a person; everything else is in learn.html. */
async function describe({ potential, rounds, judged, reason, final, directory }: LearnResult): Promise<string> {
  const [{ printText }, { EquationPotential }] = await Promise.all([
    import('../../expressions/print.js'),
    import('../../potentials/equation-potential.js'),
  ]);
  const short = relative('.', directory) || '.';
  const last = rounds.at(-1)!;
  const equation: string[] = [];
  if (potential instanceof EquationPotential) {
    const { pair, density, embedding } = potential.model;
    equation.push(
      `  phi(r) = ${printText(pair, 'r')}`,
      `  rho(r) = ${printText(density, 'r')}`,
      `  F(rho) = ${printText(embedding, 'rho')}`,
    );
  }
  return [
    '',
    `${rounds.length - 1} rounds, ${judged.length} labels, ${final.frames} structures trained on; ended because ${reason}`,
    `mean energy error ${(final.error * 1e3).toPrecision(3)} meV/atom on the training set, ${(last.before.mean * 1e3).toPrecision(3)} on the last new structures`,
    ...equation,
    `report: ${join(short, 'learn.html')}; LAMMPS input: ${join(short, 'pair.in')}`,
    '',
  ].join('\n');
}
