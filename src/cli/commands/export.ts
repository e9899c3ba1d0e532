import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { commandLine, nonEmpty, positiveNumber, stoppable } from '../options.js';

interface ExportFlags {
  output: string;
  accuracy?: number;
  shortest?: number;
  lammps: string;
  proof: boolean;
}

const EXAMPLES = `
Examples:
  $ eqpot export sr2 -o sr2                        a published equation
  $ eqpot export runs/copper -o copper --accuracy 1e-8
  and in a LAMMPS script:  include copper/pair.in

MODEL is a built-in name, a run directory, or a model.json. Nothing is written when LAMMPS does not agree with the equation.
`;

/** `eqpot export MODEL -o FOLDER` */
export function register(program: Command): void {
  program
    .command('export')
    .description('write the LAMMPS files of an equation, proved by LAMMPS')
    .argument('<model>', 'built-in name, run directory, or model.json')
    .requiredOption('-o, --output <folder>', 'where the files go', nonEmpty)
    .option('--accuracy <energy>', 'largest error of the tables, eV/atom', positiveNumber)
    .option(
      '--shortest <length>',
      'shortest distance the tables are made for, Å (default: of the data, or 0.8 of the usual one)',
      positiveNumber,
    )
    .option('--lammps <which>', 'embedded, native, or a command', nonEmpty, 'embedded')
    .option('--no-proof', 'do not have LAMMPS check the files')
    .addHelpText('after', EXAMPLES)
    .action(act);
}

async function act(name: string, flags: ExportFlags): Promise<void> {
  const [{ exportModel }, { writeFileAtomic }] = await Promise.all([import('../../export-model.js'), import('../../engines/files.js')]);
  const folder = resolve(flags.output);
  const { model, files, proof } = await stoppable({}, (stop) =>
    exportModel(name, {
      folder,
      command: commandLine(process.argv.slice(2)),
      abort: stop.signal,
      ...(flags.accuracy === undefined ? {} : { accuracy: flags.accuracy }),
      ...(flags.shortest === undefined ? {} : { shortest: flags.shortest }),
      ...(flags.proof ? { lammps: flags.lammps } : {}),
    }),
  );
  for (const [file, text] of Object.entries(files)) writeFileAtomic(join(folder, file), text);
  const checked = proof
    ? `LAMMPS (${proof.engine.kind}, ${proof.engine.version}) agrees on ${proof.structures.length} structures: energy within ` +
      `${proof.worst.energyDifferencePerAtom.toExponential(1)} eV/atom, forces within ${proof.worst.maxForceDifference.toExponential(1)} eV/Å`
    : 'not checked by LAMMPS (--no-proof)';
  process.stdout.write(`${model.name}: ${checked}\nin ${flags.output}: ${Object.keys(files).join(', ')}\n`);
}
