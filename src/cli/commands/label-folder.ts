import type { Command } from 'commander';
import type { FolderDescription } from '../../../bridges/files/folder/jobs.js';
import type { FolderLayout } from '../../../bridges/files/folder/layout.js';
import type { Labeller } from '../../engines/labelling/labeller.js';
import type { Progress } from '../../engines/progress.js';
import type { StopToken } from '../../engines/stop.js';
import { InputError } from '../../errors.js';
import { defined, durationOption, nonEmpty, positiveNumber, stoppable, wholeNumber } from '../options.js';

interface LabelFolderFlags {
  config?: string;
  engine?: string;
  set: string[];
  batch: number;
  idle?: number;
  once?: boolean;
  poll: number;
  scratch?: string;
  maxTime?: number;
  quiet?: boolean;
}

const EXAMPLES = `
Examples:
  $ eqpot label-folder /shared/copper/jobs                        with the engine that the folder names
  $ eqpot label-folder jobs -c vasp.yaml --idle 30m               on a cluster; ends after 30 minutes without a job
  $ eqpot label-folder jobs --engine reference --set model=sr2 --once

Works on the jobs of a labelling folder ("engine: folder" of eqpot learn and eqpot label; bridges/README.md tells what is in it). Any number of
workers on any number of machines may do so at once; none does what another does. A worker may be killed at any time: its jobs go to
others, at once when that is seen on the same machine, else after silent_worker of the settings (10 minutes).
In a Slurm job it gives its jobs back before the time is over. Exit code 0 after --idle or --once, 5 when stopped.
`;

/** `eqpot label-folder DIR` */
export function register(program: Command): void {
  program
    .command('label-folder')
    .description('a worker that labels the structures in a shared folder')
    .argument('<folder>', 'the labelling folder')
    .option('-c, --config <file>', 'settings of the engine, YAML (default: those that the folder names)', nonEmpty)
    .option('--engine <name>', 'the engine, where no file names it', nonEmpty)
    .option('--set <key=value>', 'a setting of the engine; may be given several times', (value, all: string[]) => [...all, value], [])
    .option('--batch <n>', 'jobs taken at a time, for engines that do several at once', wholeNumber(1, 10_000), 1)
    .option('--idle <duration>', 'end after this time without a job (default: never)', durationOption)
    .option('--once', 'end when there is no job')
    .option('--poll <seconds>', 'time between two looks for jobs', positiveNumber, 2)
    .option(
      '--scratch <dir>',
      'where runs of the engine are kept (default: runs/ of the folder, where others can go on with them)',
      nonEmpty,
    )
    .option(
      '--max-time <duration>',
      'stop after this time: seconds, 30m, 1h30m or 02:30:00 (default: that of the Slurm job)',
      durationOption,
    )
    .option('--quiet', 'no progress on the terminal')
    .addHelpText('after', EXAMPLES)
    .action(act);
}

async function act(path: string, flags: LabelFolderFlags): Promise<void> {
  const [{ FolderLayout }, { serveFolder }, { createProgress }, { slurmTimeLeft }] = await Promise.all([
    import('../../../bridges/files/folder/layout.js'),
    import('../../../bridges/files/folder/worker.js'),
    import('../../engines/progress.js'),
    import('../../engines/stop.js'),
  ]);
  const layout = new FolderLayout(path);
  const progress = createProgress({ quiet: flags.quiet ?? false });
  const maxTimeSeconds = flags.maxTime ?? slurmTimeLeft();
  const idle = flags.once ? 0 : (flags.idle ?? Infinity);
  const { batch, poll, scratch } = flags;
  await stoppable({ announce: (line) => progress.line(line), ...defined({ maxTimeSeconds }) }, async (stop) => {
    const folder = await findFolder(layout, { idle, poll, stop, progress });
    const labeller = await labellerFor(folder, path, flags);
    progress.line(`${labeller.engine}, settings ${labeller.settings}`);
    for (const line of labeller.description.split('\n')) progress.line(`  ${line}`);
    try {
      const tally = await serveFolder({ layout, folder, labeller, stop, progress, batch, idle, poll, ...defined({ scratch }) });
      progress.done();
      progress.line(`${tally.labels} labels, ${tally.failures} failures`);
    } finally {
      await labeller.close?.();
    }
  });
}

/** Workers may be there before the run that hands out the jobs. */
async function findFolder(
  layout: FolderLayout,
  { idle, poll, stop, progress }: { idle: number; poll: number; stop: StopToken; progress: Progress },
): Promise<FolderDescription> {
  const [{ readFolder }, { setTimeout: sleep }] = await Promise.all([
    import('../../../bridges/files/folder/jobs.js'),
    import('node:timers/promises'),
  ]);
  const started = performance.now();
  for (let told = false; ; told = true) {
    stop.throwIfRequested();
    const folder = readFolder(layout);
    if (folder) return folder;
    if ((performance.now() - started) / 1000 >= idle)
      throw new InputError(
        'is no labelling folder: there is no folder.json',
        { file: layout.root },
        { hint: "it is made by eqpot learn or eqpot label with 'engine: folder'" },
      );
    if (!told) progress.line(`waiting for folder.json in ${layout.root}`);
    await sleep(1000 * Math.min(poll, idle), undefined, { signal: stop.signal }).catch(() => {});
  }
}

async function labellerFor(folder: FolderDescription, path: string, flags: LabelFolderFlags): Promise<Labeller> {
  const [{ loadLabelSettings }, { labelSchema }, { createLabeller }] = await Promise.all([
    import('../../config/load-label.js'),
    import('../../config/label-schema.js'),
    import('../../workflows/label/labellers.js'),
  ]);
  const { config: file, engine, set: changes } = flags;
  if (file !== undefined || engine !== undefined) {
    const { settings, directory } = loadLabelSettings(defined({ file, engine, changes }));
    if (settings.engine !== 'folder') return createLabeller(settings, directory);
    throw new InputError('a worker cannot label by another folder', { file: file ?? path }, { hint: 'name the engine that computes' });
  }
  if (!folder.by)
    throw new InputError(
      `the folder does not name an engine; its labels are to be computed with: ${folder.description}`,
      { file: path },
      { hint: 'say which engine does it, with -c SETTINGS.yaml or --engine' },
    );
  const parsed = labelSchema.safeParse(folder.by.settings);
  if (!parsed.success)
    throw new InputError(
      'the engine that folder.json names is not known here',
      { file: path },
      { hint: 'is it of another version of eqpot?' },
    );
  return createLabeller(parsed.data, folder.by.directory);
}
