import { type Command, InvalidArgumentError } from 'commander';
import type { EvaluationReport } from '../../evaluate.js';
import { type ErrorMeasures, type ErrorSummary, WINDOWS_ABOVE_LOWEST } from '../../fitting/metrics.js';
import { addDataOptions, type DataFlags, nonEmpty, readOptions } from '../options.js';

interface EvaluateFlags extends DataFlags {
  fitReference?: boolean;
  windows?: number[];
  json?: boolean;
  out?: string;
}

const EXAMPLES = `
Examples:
  $ eqpot evaluate runs/copper test.extxyz
  $ eqpot evaluate sr2 training.extxyz --fit-reference --windows=-3.6,-3.0,-2.0
  $ eqpot evaluate Cu.eam.fs test.extxyz --fit-reference --json > errors.json
  $ eqpot evaluate runs/copper test.extxyz --out predictions.csv

MODEL is the directory of a fit, a model.json, a LAMMPS file (eam, eam/alloy, eam/fs, meam/spline), or a built-in name: sr1, sr2, sutton-chen-cu.
Errors are in eV/atom (each frame once), eV/Å (each Cartesian component) and eV/Å³ (each of six components). --fit-reference adds the
constant per atom for which the sum of absolute energy errors is smallest (the median difference); without it the model's own reference
energy is used, zero where it has none. predictions.csv has the columns index, source, natoms, reference_energy_per_atom and
predicted_energy_per_atom, eV.
`;

/** `eqpot evaluate MODEL DATA...` */
export function register(program: Command): void {
  const command = program
    .command('evaluate')
    .description('errors of a model on data: energies, forces, stress, by group and by energy window')
    .argument('<model>', 'directory of a fit, model.json, LAMMPS potential file, or sr1, sr2, sutton-chen-cu')
    .argument('<data...>', 'data files; .gz is unpacked')
    .option('--fit-reference', 'fit the reference energy to this data (least absolute deviation)')
    .option(
      '--windows <edges>',
      `edges of energy windows, eV/atom, such as -3.6,-3.0,-2.0 (default: ${WINDOWS_ABOVE_LOWEST.join(', ')} above the lowest, to 0.05)`,
      edges,
    )
    .option('--json', 'print the errors as JSON')
    .option('--out <file>', 'write the energies of every frame as CSV', nonEmpty);
  addDataOptions(command).addHelpText('after', EXAMPLES).action(act);
}

async function act(name: string, paths: string[], flags: EvaluateFlags): Promise<void> {
  const [{ readFrames }, { evaluate, loadModel, predictionsCsv }, { createProgress }, { writeFileAtomic }] = await Promise.all([
    import('../../datasets/read.js'),
    import('../../evaluate.js'),
    import('../../engines/progress.js'),
    import('../../engines/files.js'),
  ]);
  const model = loadModel(name);
  const set = readFrames(paths, readOptions(flags));
  for (const warning of [...(model.warnings ?? []), ...set.warnings]) process.stderr.write(`eqpot: warning: ${warning}\n`);
  const progress = createProgress();
  progress.phase('evaluate');
  const { report, predictions } = evaluate(model, set.frames, {
    ...(flags.fitReference && { fitReference: true }),
    ...(flags.windows && { windows: flags.windows }),
    onProgress: (fraction) => progress.update(fraction),
  });
  progress.done();
  if (!flags.fitReference && report.energy && Object.keys(model.referenceEnergies).length === 0)
    process.stderr.write(
      'eqpot: warning: the model has no reference energy, so its energies count from the free atom; --fit-reference fits one\n',
    );
  process.stdout.write(flags.json ? `${JSON.stringify(report, null, 2)}\n` : table(model.name, report));
  if (flags.out !== undefined) {
    writeFileAtomic(flags.out, predictionsCsv(set.frames, predictions));
    process.stderr.write(`written: ${flags.out}\n`);
  }
}

function table(name: string, report: EvaluationReport): string {
  const reference =
    typeof report.referenceEnergy === 'number'
      ? report.referenceEnergy.toFixed(6)
      : Object.entries(report.referenceEnergy)
          .map(([element, value]) => `${element} ${value.toFixed(6)}`)
          .join(', ');
  const rows: [string, ErrorSummary][] = [
    ['all', report],
    ...Object.entries(report.groups).map(([group, summary]): [string, ErrorSummary] => [`group ${group}`, summary]),
    ...report.windows.map((w): [string, ErrorSummary] => [`energy ${w.from?.toFixed(3) ?? '...'} to ${w.to?.toFixed(3) ?? '...'}`, w]),
  ];
  const width = Math.max(...rows.map(([label]) => label.length)) + 2;
  const lines = rows.map(
    ([label, s]) =>
      `${label.padEnd(width)}${String(s.frames).padStart(7)}  ${cells(s.energy, 1000)}  ${cells(s.forces, 1000)}  ${cells(s.stress, 1000)}`,
  );
  const head = (title: string) => title.padEnd(26);
  return [
    `${name}: ${report.frames} frames, ${report.atoms} atoms, reference energy ${reference} eV/atom`,
    `${''.padEnd(width)} frames  ${head('energy, meV/atom')}  ${head('forces, meV/Å')}  stress, meV/Å³`,
    `${''.padEnd(width)}         ${['', '', ''].map(() => '     mae     rmse      max').join('  ')}`,
    ...lines,
    '',
  ].join('\n');
}

function cells(measures: ErrorMeasures | null, scale: number): string {
  if (!measures) return '-'.padStart(8).padEnd(26);
  return [measures.mae, measures.rmse, measures.max].map((value) => short(value * scale).padStart(8)).join(' ');
}

function short(value: number): string {
  return Math.abs(value) < 100 ? value.toFixed(2) : value.toFixed(0);
}

function edges(text: string): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  if (values.some((value) => !Number.isFinite(value))) throw new InvalidArgumentError('Expected energies in eV/atom, separated by commas.');
  return values;
}
