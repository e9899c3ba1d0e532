import type { Command } from 'commander';
import { InputError } from '../../errors.js';
import { defined, durationOption, nonEmpty, stoppable, wholeNumber } from '../options.js';

interface WorkerFlags {
  tokenFile?: string;
  config?: string;
  engine?: string;
  set: string[];
  batch: number;
  idle?: number;
  directory: string;
  maxTime?: number;
  quiet?: boolean;
}

const EXAMPLES = `
Examples:
  $ eqpot worker ws://127.0.0.1:8765 --token-file token -c vasp.yaml --idle 30m
  $ eqpot worker ws://login1:8765 --token-file ~/eqpot.token -c label.yaml --directory /scratch/me/worker

Labels structures for a run of eqpot learn or eqpot label with "engine: hub", which says where it listens. Any number of workers may do so.
The token is the one of the hub, in a file that only you can read, or in EQPOT_TOKEN. Nothing is encrypted: from another network, connect
through ssh (ssh -L 8765:127.0.0.1:8765 HOST) or a proxy with TLS (wss://).
A hub that is not there is waited for, one that is restarted is found again, and results that it has not confirmed stay in the
directory: the next worker with it delivers them, and goes on with runs that were begun. Two workers need two directories.
Jobs of a worker that is killed go to others after the lease (2 minutes). In a Slurm job it gives them back before the time is over.
Exit code 0 after --idle, 2 when the hub refuses the token or the settings, 5 when stopped.
`;

/** `eqpot worker URL` */
export function register(program: Command): void {
  program
    .command('worker')
    .description('a worker that labels structures for a run on another machine')
    .argument('<url>', 'ws://HOST:PORT of the run', nonEmpty)
    .option('--token-file <file>', 'file with the token of the hub (default: the environment variable EQPOT_TOKEN)', nonEmpty)
    .option('-c, --config <file>', 'settings of the engine, YAML', nonEmpty)
    .option('--engine <name>', 'the engine, where no file names it', nonEmpty)
    .option('--set <key=value>', 'a setting of the engine; may be given several times', (value, all: string[]) => [...all, value], [])
    .option('--batch <n>', 'jobs taken at a time, for engines that do several at once', wholeNumber(1, 10_000), 1)
    .option('--idle <duration>', 'end after this time without a job (default: never)', durationOption)
    .option('--directory <dir>', 'where runs and undelivered results are kept', nonEmpty, 'worker')
    .option(
      '--max-time <duration>',
      'stop after this time: seconds, 30m, 1h30m or 02:30:00 (default: that of the Slurm job)',
      durationOption,
    )
    .option('--quiet', 'no progress on the terminal')
    .addHelpText('after', EXAMPLES)
    .action(act);
}

async function act(url: string, flags: WorkerFlags): Promise<void> {
  const [
    { workForHub },
    { readToken },
    { loadLabelSettings },
    { createLabeller },
    { createProgress },
    { slurmTimeLeft },
    { lockDirectory },
  ] = await Promise.all([
    import('../../../bridges/sockets/hub/worker.js'),
    import('../../../bridges/sockets/hub/token.js'),
    import('../../config/load-label.js'),
    import('../../workflows/label/labellers.js'),
    import('../../engines/progress.js'),
    import('../../engines/stop.js'),
    import('../../engines/lock.js'),
  ]);
  const token = readToken(flags.tokenFile);
  const { settings, directory: base } = loadLabelSettings(defined({ file: flags.config, engine: flags.engine, changes: flags.set }));
  if (settings.engine === 'hub' || settings.engine === 'folder')
    throw new InputError(`a worker cannot label by '${settings.engine}'`, defined({ file: flags.config }), {
      hint: 'name the engine that computes',
    });
  const progress = createProgress({ quiet: flags.quiet ?? false });
  const maxTimeSeconds = flags.maxTime ?? slurmTimeLeft();
  const { batch, directory, idle = Infinity } = flags;
  await stoppable({ announce: (line) => progress.line(line), ...defined({ maxTimeSeconds }) }, async (stop) => {
    const lock = await lockDirectory(directory, { stop, note: (line) => progress.line(line) });
    const labeller = await createLabeller(settings, base);
    progress.line(`${labeller.engine}, settings ${labeller.settings}`);
    for (const line of labeller.description.split('\n')) progress.line(`  ${line}`);
    try {
      const tally = await workForHub({ url, token, labeller, directory, batch, idle, stop, progress });
      progress.done();
      progress.line(`${tally.labels} labels, ${tally.failures} failures`);
      if (tally.undelivered > 0)
        progress.line(`${tally.undelivered} results are in ${directory}, not confirmed by the hub: the next worker there delivers them`);
    } finally {
      await labeller.close?.();
      lock.release();
    }
  });
}
