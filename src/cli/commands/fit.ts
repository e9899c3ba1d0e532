import { join } from 'node:path';
import { type Command, Option } from 'commander';
import type { ProgressServer } from '../../../bridges/sockets/server.js';
import type { LoadedSettings } from '../../config/load.js';
import type { Settings } from '../../config/schema.js';
import { StoppedError } from '../../errors.js';
import { commandLine, durationOption, nonEmpty, resumeCommand, stoppable, wholeNumber } from '../options.js';

interface FitFlags {
  seed?: number;
  resume?: boolean;
  maxTime?: number;
  workers?: number;
  lammps?: string;
  directory?: string;
  audit?: Settings['data']['audit'];
  mend?: boolean;
  backend?: Settings['backend'];
  serve?: string | true;
  quiet?: boolean;
}

const EXAMPLES = `
Examples:
  $ eqpot fit copper.yaml
  $ eqpot fit copper.yaml --mend --seed 7 --directory runs/seed-7
  $ eqpot fit copper.yaml --max-time 3h50m --resume
  $ eqpot fit copper.yaml --serve 8080        progress for eqpot watch ws://127.0.0.1:8080 and other WebSocket clients
  $ touch runs/copper/EXIT        saves the state and stops

Options win over the settings file. A run that is stopped (signal, --max-time, EXIT file; in a Slurm job a minute before its end)
has exit code 5; --resume goes on and ends with the result that it would have had. Every setting: docs/settings.md.
`;

/** `eqpot fit SETTINGS.yaml` */
export function register(program: Command): void {
  program
    .command('fit')
    .description(
      'fit a closed EAM equation (form: alloy for several elements; or splines, form: s-meam, or Zjw04 functions, form: zjw04) to data, write LAMMPS files and have LAMMPS prove them',
    )
    .argument('<settings>', 'settings file, YAML')
    .option('--seed <n>', 'seed of every random choice', wholeNumber(0))
    .option('--resume', 'go on from the state saved in the run directory, if there is one')
    .option('--max-time <duration>', 'save and stop after this time: seconds, 30m, 1h30m or 02:30:00', durationOption)
    .option('--workers <n>', 'worker threads (default: processors of the job)', wholeNumber(1, 256))
    .option('--lammps <which>', 'embedded, native, or a command such as "mpirun -np 4 lmp"', nonEmpty)
    .option('--directory <folder>', 'run directory (default: that of the settings, or runs/NAME beside them)', nonEmpty)
    .addOption(new Option('--audit <mode>', 'what becomes of frames that contradict themselves').choices(['mend', 'exclude', 'keep']))
    .addOption(new Option('--mend', 'the same as --audit mend').conflicts('audit'))
    .addOption(new Option('--backend <name>', 'what computes batches in the tree search').choices(['wasm', 'tensorflow']))
    .option('--serve [address]', 'serve progress by WebSocket at PORT or HOST:PORT (default: a free port of 127.0.0.1)')
    .option('--quiet', 'no progress on the terminal (run.log has it)')
    .addHelpText('after', EXAMPLES)
    .action(act);
}

async function act(file: string, flags: FitFlags): Promise<void> {
  const { loadSettings } = await import('../../config/load.js');
  const loaded = loadSettings(file);
  if (flags.serve === undefined) return run(loaded, flags);
  const [{ parseAddress }, { serveProgress }] = await Promise.all([
    import('../../../bridges/sockets/address.js'),
    import('../../../bridges/sockets/server.js'),
  ]);
  const server = await serveProgress(parseAddress(flags.serve === true ? undefined : flags.serve));
  try {
    await run(loaded, flags, server);
  } finally {
    await server.close();
  }
}

async function run(loaded: LoadedSettings, flags: FitFlags, server?: ProgressServer): Promise<void> {
  const [
    { runDirectory },
    { parseDuration },
    { createProgress },
    { slurmTimeLeft },
    { defaultWorkers },
    { version },
    { StateFile, STATE_FILE },
  ] = await Promise.all([
    import('../../config/load.js'),
    import('../../config/duration.js'),
    import('../../engines/progress.js'),
    import('../../engines/stop.js'),
    import('../../engines/workers.js'),
    import('../../config/version.js'),
    import('../../../bridges/files/state-file.js'),
  ]);
  const settings = override(loaded.settings, flags);
  const directory = runDirectory(loaded, flags.directory);
  const command = commandLine(process.argv.slice(2));
  const maxTimeSeconds = flags.maxTime ?? (settings.max_time === undefined ? slurmTimeLeft() : parseDuration(settings.max_time));
  const progress = createProgress({
    logFile: join(directory, 'run.log'),
    quiet: flags.quiet ?? false,
    listeners: [new StateFile(join(directory, STATE_FILE)), ...(server ? [server] : [])],
  });
  progress.line(`eqpot ${version()}: ${command}`);
  progress.line(
    `run directory ${directory}, seed ${settings.seed}, ${settings.workers ?? defaultWorkers()} threads` +
      (maxTimeSeconds === undefined ? '' : `, at most ${maxTimeSeconds} s`),
  );
  if (server) progress.line(`progress is served at ${server.url}`);
  const stopOptions = {
    directory,
    announce: (line: string) => progress.line(line),
    ...(maxTimeSeconds === undefined ? {} : { maxTimeSeconds }),
  };
  // a setting that the command line gives has no place in the file
  const place: LoadedSettings['place'] = (path, key) => (Object.hasOwn(flags, String(path[0])) ? {} : loaded.place(path, key));
  try {
    const result = await stoppable(stopOptions, async (stop) => {
      const { runForm } = await import('../forms.js');
      return runForm(settings, {
        directory: loaded.directory,
        runDirectory: directory,
        settingsText: loaded.text,
        command,
        resume: flags.resume ?? false,
        progress,
        stop,
        place,
      });
    });
    progress.end('done');
    process.stdout.write(result);
  } catch (error) {
    progress.end(error instanceof StoppedError ? 'stopped' : 'failed', error instanceof Error ? error.message : String(error));
    if (error instanceof StoppedError) process.stderr.write(`to go on: ${resumeCommand(command)}\n`);
    throw error;
  }
}

/** The settings with what the command line says otherwise. */
function override(settings: Settings, flags: FitFlags): Settings {
  const audit = flags.mend ? 'mend' : (flags.audit ?? settings.data.audit);
  return {
    ...settings,
    data: { ...settings.data, audit },
    ...(flags.seed === undefined ? {} : { seed: flags.seed }),
    ...(flags.workers === undefined ? {} : { workers: flags.workers }),
    ...(flags.lammps === undefined ? {} : { lammps: flags.lammps }),
    ...(flags.backend === undefined ? {} : { backend: flags.backend }),
  };
}
