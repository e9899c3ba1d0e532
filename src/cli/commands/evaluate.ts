import { type Command, InvalidArgumentError } from 'commander';
import type { EvaluationReport, FrameUncertainty } from '../../evaluate.js';
import { type ErrorMeasures, type ErrorSummary, type Prediction, WINDOWS_ABOVE_LOWEST } from '../../fitting/metrics.js';
import type { Frame } from '../../structures/structure.js';
import { addDataOptions, type DataFlags, defined, nonEmpty, readOptions } from '../options.js';

interface EvaluateFlags extends DataFlags {
  fitReference?: boolean;
  windows?: number[];
  frames?: boolean;
  committee: boolean;
  json?: boolean;
  out?: string;
}

const EXAMPLES = `
Examples:
  $ eqpot evaluate runs/copper test.extxyz
  $ eqpot evaluate sr2 training.extxyz --fit-reference --windows=-3.6,-3.0,-2.0
  $ eqpot evaluate Cu.eam.fs test.extxyz --fit-reference --json > errors.json
  $ eqpot evaluate runs/copper test.extxyz --out predictions.csv
  $ eqpot evaluate runs/copper new.extxyz --frames --out checked.extxyz
  $ eqpot evaluate runs/copper#3 test.extxyz       the third member of its committee

MODEL is the directory of a fit, a model.json, a LAMMPS file (eam, eam/alloy, eam/fs, adp, meam/spline), or a built-in name: sr1, sr2, sutton-chen-cu.
Errors are in eV/atom (each frame once), eV/Å (each Cartesian component) and eV/Å³ (each of six components). --fit-reference adds the
constant per atom for which the sum of absolute energy errors is smallest (the median difference); without it the model's own reference
energy is used, zero where it has none. Models of a fit say how far each frame is outside of the data that they were fitted to (0: inside; 0.1: a
tenth of the width of the seen distances or densities beyond it), and with a committee.json how much its members differ, scaled to the errors of
held-out frames. --out FILE.extxyz has the predicted labels, energy_spread (eV) and extrapolation of each frame, and the columns
force_spread (eV/Å) and extrapolation of each atom. predictions.csv has the columns index, source, natoms, reference_energy_per_atom and
predicted_energy_per_atom, eV, then energy_spread_per_atom and extrapolation.
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
    .option('--frames', 'print every frame, and not only those that deserve a look')
    .option('--no-committee', 'without the spread of the committee, which costs an evaluation for each member')
    .option('--json', 'print the errors as JSON')
    .option('--out <file>', 'write the energies of every frame as CSV, or all predicted labels as .extxyz', nonEmpty);
  addDataOptions(command).addHelpText('after', EXAMPLES).action(act);
}

async function act(name: string, paths: string[], flags: EvaluateFlags): Promise<void> {
  const [{ readFrames }, { evaluate, frameUncertainties, loadCommittee, loadModel }, { createProgress }, { frameTable }] =
    await Promise.all([
      import('../../datasets/read.js'),
      import('../../evaluate.js'),
      import('../../engines/progress.js'),
      import('../frame-table.js'),
    ]);
  const model = loadModel(name);
  const committee = flags.committee ? loadCommittee(name) : undefined;
  const set = readFrames(paths, readOptions(flags));
  for (const warning of [...(model.warnings ?? []), ...set.warnings]) process.stderr.write(`eqpot: warning: ${warning}\n`);
  const progress = createProgress();
  progress.phase('evaluate');
  const { report, predictions } = evaluate(model, set.frames, {
    ...(flags.fitReference && { fitReference: true }),
    ...(flags.windows && { windows: flags.windows }),
    everything: isExtxyz(flags.out),
    onProgress: (fraction) => progress.update(fraction),
  });
  if (committee) progress.phase('committee', `${committee.members.length} members`);
  const uncertainties = frameUncertainties(model, committee, set.frames, (fraction) => progress.update(fraction));
  progress.done();
  if (!flags.fitReference && report.energy && Object.keys(model.referenceEnergies).length === 0)
    process.stderr.write(
      'eqpot: warning: the model has no reference energy, so its energies count from the free atom; --fit-reference fits one\n',
    );
  process.stdout.write(
    flags.json
      ? `${JSON.stringify({ ...report, uncertainty: uncertainties.map((one, k) => inJson(one, set.frames[k]!)) }, null, 2)}\n`
      : table(model.name, report) + frameTable(set.frames, predictions, uncertainties, flags.frames ?? false),
  );
  if (flags.out !== undefined) {
    await write(flags.out, set.frames, predictions, uncertainties);
    process.stderr.write(`written: ${flags.out}\n`);
  }
}

function isExtxyz(path: string | undefined): boolean {
  return path !== undefined && /\.(ext)?xyz$/i.test(path);
}

/** Spreads in eV/atom and eV/Å (of the worst atom). */
function inJson({ spread, extrapolation }: FrameUncertainty, { species }: Frame): Record<string, number> {
  return {
    ...(spread && { energySpread: spread.energy / species.length, forceSpread: spread.forces.reduce((a, b) => Math.max(a, b), 0) }),
    ...(extrapolation && { extrapolation: extrapolation.value, distance: extrapolation.distance, density: extrapolation.density }),
  };
}

async function write(
  path: string,
  frames: readonly Frame[],
  predictions: readonly Prediction[],
  uncertainties: readonly FrameUncertainty[],
): Promise<void> {
  const [{ predictionsCsv }, { writeExtxyz }, { writeFileAtomic }] = await Promise.all([
    import('../../evaluate.js'),
    import('../../datasets/extxyz/write.js'),
    import('../../engines/files.js'),
  ]);
  if (!isExtxyz(path)) return writeFileAtomic(path, predictionsCsv(frames, predictions, uncertainties));
  const predicted = frames.map(({ energy: _energy, forces: _forces, stress: _stress, ...rest }, k): Frame => {
    const { energy, forces, stress } = predictions[k]!;
    return { ...rest, ...defined({ energy, forces, stress }) };
  });
  const keys = uncertainties.map(({ spread, extrapolation }) => ({
    ...(spread && { energy_spread: String(spread.energy) }),
    ...(extrapolation && { extrapolation: String(extrapolation.value) }),
  }));
  const columns = uncertainties.map(({ spread, extrapolation }) => ({
    ...(spread && { force_spread: spread.forces }),
    ...(extrapolation && { extrapolation: extrapolation.atoms }),
  }));
  writeFileAtomic(path, writeExtxyz(predicted, keys, columns));
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
