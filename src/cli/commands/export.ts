import { type Command, Option } from 'commander';
import type { SetflKind } from '../../export/setfl.js';
import { commandLine, defined, nonEmpty, positiveNumber } from '../options.js';

interface ExportFlags {
  output: string;
  accuracy?: number;
  core: 'zbl' | 'none';
  format?: SetflKind;
  lammps: string;
}

const EXAMPLES = `
Examples:
  $ eqpot export sr2 -o sr2                        a published equation
  $ eqpot export runs/copper -o copper --accuracy 1e-8
  $ eqpot export CuNi.eam.alloy -o cuni --format eam/fs
  $ eqpot export AlCu.adp -o alcu --lammps native
  and in a LAMMPS script:  include copper/pair.in

MODEL is a built-in name (sr1, sr2, sutton-chen-cu), a run directory, a model.json, or a LAMMPS file (eam, eam/alloy, eam/fs, adp, meam/spline). Tables
are exported row by row as they are, whatever --accuracy and --core say, for several elements too. eam/alloy holds one density an element, eam/fs one for each
pair of elements, adp dipole and quadrupole terms as well; splines without three-body terms leave as eam/fs too, which LAMMPS runs several times as fast
as meam/spline. Exit code 4 when LAMMPS does not agree with the model, or when atoms that are pushed together
gain energy in spite of the core; the files stay, to be looked at.
`;

/** `eqpot export MODEL -o FOLDER` */
export function register(program: Command): void {
  program
    .command('export')
    .description('write the LAMMPS files of any model and have LAMMPS prove them')
    .argument('<model>', 'built-in name, run directory, model.json, or LAMMPS potential file')
    .requiredOption('-o, --output <folder>', 'where the files go', nonEmpty)
    .option('--accuracy <energy>', 'largest error of the tables, eV/atom (default: 1e-6)', positiveNumber)
    .addOption(
      new Option('--core <kind>', 'repulsion at short distances: zbl adds one to equations that have none, none leaves any out')
        .choices(['zbl', 'none'])
        .default('zbl'),
    )
    .addOption(
      new Option(
        '--format <pair_style>',
        'of the potential file (default: adp with angular terms, that of the file for a table, meam/spline for splines, eam/fs for equations, else eam/alloy)',
      ).choices(['eam/fs', 'eam/alloy', 'adp'] satisfies SetflKind[]),
    )
    .option('--lammps <which>', 'embedded, native, or a command such as "mpirun -np 4 lmp"', nonEmpty, 'embedded')
    .addHelpText('after', EXAMPLES)
    .action(act);
}

async function act(model: string, flags: ExportFlags): Promise<void> {
  const [{ exportPotential }, { createProgress }] = await Promise.all([
    import('../../workflows/export.js'),
    import('../../engines/progress.js'),
  ]);
  const { proof, files } = await exportPotential(model, flags.output, {
    ...defined({ accuracy: flags.accuracy }),
    core: flags.core,
    ...defined({ style: flags.format }),
    lammps: flags.lammps,
    command: commandLine(process.argv.slice(2)),
    progress: createProgress(),
  });
  process.stdout.write(
    `LAMMPS (${proof.engine.kind}, ${proof.engine.version}) agrees on ${proof.structures.length} structures: ` +
      `energy within ${proof.worst.energyDifferencePerAtom.toExponential(1)} eV/atom, ` +
      `forces within ${proof.worst.maxForceDifference.toExponential(1)} eV/Å\n` +
      `in ${flags.output}: ${files.join(', ')}\n`,
  );
}
