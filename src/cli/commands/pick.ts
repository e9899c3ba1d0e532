import { join, relative, resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { StoppedError } from '../../errors.js';
import type { FrontRow } from '../../workflows/front-file.js';
import { commandLine, defined, nonEmpty, positiveNumber, stoppable, wholeNumber } from '../options.js';

interface PickFlags {
  maxComplexity?: number;
  maxLoss?: number;
  cutoff?: number;
  output?: string;
  lammps?: string;
  workers?: number;
}

const EXAMPLES = `
Examples:
  $ eqpot pick runs/copper                            the front as a table
  $ eqpot pick runs/copper 7                          row 7 of it
  $ eqpot pick runs/copper --max-complexity 40        the lowest loss with at most 40 nodes
  $ eqpot pick runs/copper --max-loss 8 --cutoff 5    the simplest at 5 Å within 8 meV/atom

A fit chooses one equation of its front; this takes another. It is refined on the data (and targets) of the run, gets rounded constants,
a core and LAMMPS files that LAMMPS proves, in a folder like that of a fit: RUN/picked-N. Exit codes are those of eqpot fit. Losses are
equation 6 of docs/design.md, plain absolute errors on all the data, with the pull of the targets. The MD cost is an estimate of the
time of a step of molecular dynamics, from the number of neighbours; that of SR2, 8 Å, is 1.
`;

/** `eqpot pick RUN [N]` */
export function register(program: Command): void {
  program
    .command('pick')
    .description('take another equation of the front of a finished fit, with LAMMPS files and report')
    .argument('<run>', 'directory of a finished fit')
    .argument('[row]', 'row of hall_of_fame.csv', rowNumber)
    .option('--max-complexity <nodes>', 'nodes that the equation may have', wholeNumber(1))
    .option('--max-loss <loss>', 'loss that the equation may have, meV/atom; the simplest within it is taken', positiveNumber)
    .option('--cutoff <distance>', 'cutoff that it has, Å', positiveNumber)
    .option('-o, --output <folder>', 'where it goes (default: picked-N in the run directory)', nonEmpty)
    .option('--lammps <which>', 'embedded, native, or a command (default: that of the run)', nonEmpty)
    .option('--workers <n>', 'worker threads (default: those of the run)', wholeNumber(1, 256))
    .addHelpText('after', EXAMPLES)
    .action(act);
}

function rowNumber(value: string): number {
  if (!/^[1-9]\d*$/.test(value)) throw new InvalidArgumentError('Expected the number of a row, from 1; without it the rows are listed.');
  return Number(value);
}

async function act(run: string, row: number | undefined, flags: PickFlags): Promise<void> {
  const { readFront } = await import('../../workflows/front-file.js');
  const limits = defined({
    row,
    maxComplexity: flags.maxComplexity,
    maxLoss: flags.maxLoss === undefined ? undefined : flags.maxLoss * 1e-3,
    cutoff: flags.cutoff,
  });
  const front = readFront(resolve(run));
  if (Object.keys(limits).length === 0) {
    process.stdout.write(table(run, front.rows));
    return;
  }
  const [{ chooseRow, pickedDirectory, pickFromRun }, { createProgress }, { fitSummary }, { StateFile, STATE_FILE }] = await Promise.all([
    import('../../workflows/pick-run.js'),
    import('../../engines/progress.js'),
    import('../fit-summary.js'),
    import('../../../bridges/files/state-file.js'),
  ]);
  const chosen = chooseRow(front, limits);
  const directory = resolve(flags.output ?? pickedDirectory(run, chosen));
  const command = commandLine(process.argv.slice(2));
  const progress = createProgress({ logFile: join(directory, 'run.log'), listeners: [new StateFile(join(directory, STATE_FILE))] });
  progress.line(`${command}: row ${chosen.row}, ${chosen.complexity} nodes, ${chosen.cutoff} Å, loss ${milli(chosen.loss)} meV/atom`);
  try {
    const result = await stoppable({ directory, announce: (line: string) => progress.line(line) }, (stop) =>
      pickFromRun(
        run,
        { row: chosen.row },
        { runDirectory: directory, command, progress, stop, ...defined({ lammps: flags.lammps, workers: flags.workers }) },
      ),
    );
    progress.end('done');
    process.stdout.write(fitSummary(result));
  } catch (error) {
    progress.end(error instanceof StoppedError ? 'stopped' : 'failed', error instanceof Error ? error.message : String(error));
    throw error;
  }
}

/** The front for a terminal. */
function table(run: string, rows: readonly FrontRow[]): string {
  const head = ['row', 'nodes', 'loss', 'rounded', 'cutoff, Å', 'MD cost', ''];
  const body = rows.map((one) => [
    String(one.row),
    String(one.complexity),
    milli(one.loss),
    one.rounded === undefined ? '' : milli(one.rounded),
    String(one.cutoff),
    one.mdCost.toFixed(2),
    [one.chosen ? 'chosen' : '', one.architecture].filter(Boolean).join('  '),
  ]);
  const widths = head.map((title, k) => Math.max(title.length, ...body.map((cells) => cells[k]!.length)));
  const line = (cells: string[]): string =>
    cells
      .map((cell, k) => (k === 6 ? cell : cell.padStart(widths[k]!)))
      .join('  ')
      .trimEnd();
  const short = relative('.', resolve(run)) || '.';
  return [
    ...[head, ...body].map(line),
    'losses in meV/atom (equation 6 on all the data and targets), before and after the constants were rounded; MD cost: SR2 is 1',
    `equations: ${join(short, 'hall_of_fame.csv')}; figure: ${join(short, 'report.html#search')}`,
    `to take row N: eqpot pick ${short} N; or by --max-complexity, --max-loss, --cutoff`,
    '',
  ].join('\n');
}

function milli(loss: number): string {
  return (loss * 1e3).toPrecision(4);
}
