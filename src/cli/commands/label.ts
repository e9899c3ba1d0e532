import { join } from 'node:path';
import type { Command } from 'commander';
import type { FailedFrame, Labelled } from '../../workflows/label/label.js';
import { addDataOptions, commandLine, type DataFlags, defined, durationOption, nonEmpty, readOptions, stoppable } from '../options.js';

interface LabelFlags extends DataFlags {
  output: string;
  config?: string;
  engine?: string;
  set: string[];
  directory?: string;
  retry?: boolean;
  maxTime?: number;
  quiet?: boolean;
}

const EXAMPLES = `
Examples:
  $ eqpot label cells.extxyz --engine reference --set model=sutton-chen-cu -o labelled.extxyz
  $ eqpot label POSCAR-* --engine lammps --set potential=Cu_mishin1.eam.alloy -o labelled.extxyz
  $ eqpot label cells.extxyz -c vasp.yaml -o labelled.extxyz

The settings of every engine stand in docs/labelling.md. A settings file holds them alone or as its part 'label'.
Every label carries its origin: label_engine, label_version, label_settings, label_input, label_seconds.
In DIR: journal.jsonl with every label, runs/ with the runs of programs, run.log: the same command goes on after an interruption.
Structures without a label are listed with the reason, and left out of the output.
Exit code 0 when all structures have labels, 3 when some have none, 5 when stopped.
`;

/** `eqpot label STRUCTURES...` */
export function register(program: Command): void {
  const command = program
    .command('label')
    .description('energies and forces of structures from LAMMPS, VASP and other programs')
    .argument('<structures...>', 'files of any known format, POSCAR too; .gz is unpacked')
    .requiredOption('-o, --output <file>', 'extended-XYZ file to write', nonEmpty)
    .option('-c, --config <file>', 'settings of the engine, YAML', nonEmpty)
    .option('--engine <name>', 'the engine, where no file names it', nonEmpty)
    .option('--set <key=value>', 'a setting of the engine; may be given several times', (value, all: string[]) => [...all, value], [])
    .option('--directory <dir>', 'where labels and runs are kept (default: the name of the output with -label)', nonEmpty)
    .option('--retry', 'try again also what failed for good, or three times')
    .option('--max-time <duration>', 'stop after this time: seconds, 30m, 1h30m or 02:30:00', durationOption)
    .option('--quiet', 'no progress on the terminal (run.log has it)');
  addDataOptions(command).addHelpText('after', EXAMPLES).action(act);
}

async function act(paths: string[], flags: LabelFlags): Promise<void> {
  const [{ loadLabelSettings }, { readFrames }, { createLabeller }, { labelFrames }, { createProgress }, { slurmTimeLeft }] =
    await Promise.all([
      import('../../config/load-label.js'),
      import('../../datasets/read.js'),
      import('../../workflows/label/labellers.js'),
      import('../../workflows/label/label.js'),
      import('../../engines/progress.js'),
      import('../../engines/stop.js'),
    ]);
  const { EngineError, StoppedError } = await import('../../errors.js');
  const { settings, directory: base } = loadLabelSettings(defined({ file: flags.config, engine: flags.engine, changes: flags.set }));
  const set = readFrames(paths, readOptions(flags));
  for (const warning of set.warnings) process.stderr.write(`eqpot: warning: ${warning}\n`);
  const labeller = await createLabeller(settings, base);
  const directory = flags.directory ?? `${flags.output.replace(/(\.extxyz|\.xyz)?(\.gz)?$/, '')}-label`;
  const command = commandLine(process.argv.slice(2));
  const progress = createProgress({ logFile: join(directory, 'run.log'), quiet: flags.quiet ?? false });
  progress.line(command);
  progress.line(`${labeller.engine}, settings ${labeller.settings}`);
  for (const line of labeller.description.split('\n')) progress.line(`  ${line}`);
  const maxTimeSeconds = flags.maxTime ?? slurmTimeLeft();
  let result: Labelled;
  try {
    result = await stoppable({ directory, announce: (line) => progress.line(line), ...defined({ maxTimeSeconds }) }, (stop) =>
      labelFrames(set.frames, labeller, { directory, progress, stop, retry: flags.retry ?? false }),
    );
  } catch (error) {
    progress.end(error instanceof StoppedError ? 'stopped' : 'failed', error instanceof Error ? error.message : String(error));
    if (error instanceof StoppedError) process.stderr.write(`to go on, the same again: ${command}\n`);
    throw error;
  } finally {
    await labeller.close?.();
  }
  await write(result, flags.output);
  progress.end('done');
  const { frames, failed, reused } = result;
  process.stderr.write(`${frames.length} labelled${reused > 0 ? ` (${reused} before)` : ''}, ${failed.length} without a label\n`);
  if (failed.length > 0) throw new EngineError(`${failed.length} of ${set.frames.length} structures have no label:\n${list(failed)}`);
}

async function write({ frames }: Labelled, output: string): Promise<void> {
  const [{ writeExtxyz }, { writeFileAtomic }, { gzipSync }] = await Promise.all([
    import('../../datasets/extxyz/write.js'),
    import('../../engines/files.js'),
    import('node:zlib'),
  ]);
  if (frames.length === 0) return;
  const text = writeExtxyz(frames);
  writeFileAtomic(output, output.endsWith('.gz') ? gzipSync(text) : text);
  process.stderr.write(`written: ${output}\n`);
}

function list(failed: readonly FailedFrame[]): string {
  return failed
    .map(
      ({ frame: { origin }, failure }) =>
        `  ${origin.file}, structure ${origin.index + 1}: ${failure.reason}${failure.again ? ' (the same command tries again)' : ''}`,
    )
    .join('\n');
}
