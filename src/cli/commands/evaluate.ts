import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { EvaluationReport } from '../../evaluate.js';
import type { ErrorMeasures, ErrorSummary } from '../../fitting/metrics.js';
import { addDataOptions, type DataFlags, nonEmpty, readOptions } from '../options.js';

interface EvaluateFlags extends DataFlags {
  json?: boolean;
  out?: string;
  fitReference?: boolean;
  windows?: number[];
}

const EXAMPLES = `
Examples:
  $ eqpot evaluate runs/copper test.extxyz
  $ eqpot evaluate sr2 training.extxyz --fit-reference
  $ eqpot evaluate Cu_mishin1.eam.alloy test.extxyz --fit-reference --json --out predictions.csv

MODEL is a built-in name (sr1, sr2, sutton-chen-cu), a run directory, a model.json, or a LAMMPS file of pair_style eam, eam/alloy or
eam/fs. The energy of the free atom on the scale of the data is that of the model, 0 where it has none; --fit-reference fits it.
`;

/** `eqpot evaluate MODEL DATA...` */
export function register(program: Command): void {
  const command = program
    .command('evaluate')
    .description('errors of a model on data: energies, forces, stress, by group and by energy window')
    .argument('<model>', 'built-in name, run directory, model.json, or LAMMPS eam file')
    .argument('<data...>', 'data files; .gz is unpacked')
    .option('--fit-reference', 'fit the energy of the free atom on the scale of the data')
    .option('--windows <edges>', 'edges of the energy windows, eV/atom, ascending, such as -3.6,-3.0,-2.0 (write --windows=...)', edges)
    .option('--out <file>', 'write the energy of every frame as CSV', nonEmpty)
    .option('--json', 'print the errors as JSON');
  addDataOptions(command).addHelpText('after', EXAMPLES).action(act);
}

async function act(name: string, paths: string[], flags: EvaluateFlags): Promise<void> {
  const [{ evaluate, loadModel, predictionsCsv }, { readFrames }, { createProgress }] = await Promise.all([
    import('../../evaluate.js'),
    import('../../datasets/read.js'),
    import('../../engines/progress.js'),
  ]);
  const model = loadModel(name);
  const set = readFrames(paths, readOptions(flags));
  for (const warning of set.warnings) process.stderr.write(`warning: ${warning}\n`);
  const progress = createProgress();
  progress.phase('evaluate', `${model.name} on ${set.frames.length} frames`);
  const { report, predictions } = evaluate(model, set.frames, {
    fitReference: flags.fitReference ?? false,
    ...(flags.windows === undefined ? {} : { windows: flags.windows }),
    onProgress: (fraction) => progress.update(fraction),
  });
  progress.done();
  if (flags.out !== undefined) {
    const { writeFileAtomic } = await import('../../engines/files.js');
    writeFileAtomic(flags.out, predictionsCsv(set.frames, predictions));
  }
  const json = { model: model.name, kind: model.kind, files: set.files, ...report };
  process.stdout.write(flags.json ? `${JSON.stringify(json, null, 2)}\n` : format(report, flags.fitReference ?? false));
}

function edges(text: string): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (values.some((value, k) => !Number.isFinite(value) || (k > 0 && value <= values[k - 1]!)))
    throw new InvalidArgumentError('Expected ascending numbers with commas between them.');
  return values;
}

/** The report as a table: mean absolute, root mean square and largest error. */
function format(report: EvaluationReport, fitted: boolean): string {
  const reference = typeof report.referenceEnergy === 'number' ? report.referenceEnergy.toFixed(4) : JSON.stringify(report.referenceEnergy);
  const rows: string[][] = [
    ['', 'frames', 'energy, meV/atom', 'forces, eV/Å', 'stress, GPa'],
    ['all', ...row(report)],
    ...Object.entries(report.groups).map(([name, group]) => [name, ...row(group)]),
    ...report.windows.map((window) => [`${bound(window.from, '-inf')} to ${bound(window.to, 'inf')} eV/atom`, ...row(window)]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((cells) => cells[column]!.length)));
  const lines = rows.map((cells) =>
    cells
      .map((cell, k) => (k === 0 ? cell.padEnd(widths[k]!) : cell.padStart(widths[k]!)))
      .join('  ')
      .trimEnd(),
  );
  return [
    `reference energy ${reference} eV/atom (${fitted ? 'fitted' : 'of the model'}), ${report.atoms} atoms`,
    'errors: mean absolute / root mean square / largest',
    ...lines,
    '',
  ].join('\n');
}

/** eV/Å³ in GPa */
const GPA = 160.2176634;

function row({ frames, energy, forces, stress }: ErrorSummary): string[] {
  return [String(frames), measures(energy, 1e3, 2), measures(forces, 1, 4), measures(stress, GPA, 3)];
}

function measures(errors: ErrorMeasures | null, factor: number, digits: number): string {
  return errors ? [errors.mae, errors.rmse, errors.max].map((value) => (value * factor).toFixed(digits)).join(' / ') : '-';
}

function bound(edge: number | null, open: string): string {
  return edge === null ? open : edge.toFixed(3);
}
