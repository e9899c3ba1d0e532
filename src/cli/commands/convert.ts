import { type Command, InvalidArgumentError, Option } from 'commander';
import { convertFrames } from '../../datasets/convert.js';
import type { EnergyKind, LabelKeys, ShearOrder } from '../../datasets/format.js';
import { formatSummary } from '../../datasets/format-summary.js';
import { FORMATS } from '../../datasets/registry.js';
import { summarise } from '../../datasets/summary.js';
import { writeFileAtomic } from '../../engines/files.js';

interface ConvertFlags {
  output: string;
  format?: string;
  energyKey?: string;
  forcesKey?: string;
  stressKey?: string;
  virialKey?: string;
  configTypeKey?: string;
  configType?: string;
  energyKind?: EnergyKind;
  shearOrder?: ShearOrder;
  keepUnconverged?: boolean;
}

const EXAMPLES = `
Examples:
  $ eqpot convert run-*/vasprun.xml -o training.extxyz --config-type melt
  $ eqpot convert OUTCAR.gz -o training.extxyz --energy-kind sigma0
  $ eqpot convert data.xyz -o training.extxyz --energy-key dft_energy --forces-key dft_force --virial-key dft_virial

Formats:
${FORMATS.map((format) => `  ${format.name.padEnd(9)} ${format.description}`).join('\n')}

Energies are written in eV, forces in eV/Å, stress in eV/Å³ with tension positive. What was read is summed up on standard error.
`;

/** `eqpot convert INPUT... -o OUT.extxyz` */
export function register(program: Command): void {
  program
    .command('convert')
    .description('turn DFT output and data sets into one extended-XYZ file')
    .argument('<input...>', 'data files; .gz is unpacked')
    .requiredOption('-o, --output <file>', 'extended-XYZ file to write (.gz packs it)', nonEmpty)
    .addOption(new Option('--format <name>', 'format of all inputs (default: recognised)').choices(FORMATS.map((f) => f.name)))
    .option('--energy-key <key>', 'key of the total energy, eV', nonEmpty)
    .option('--forces-key <key>', 'column of the forces, eV/Å', nonEmpty)
    .option('--stress-key <key>', 'key of the stress, eV/Å³, tension positive', nonEmpty)
    .option('--virial-key <key>', 'key of the virial, eV; stress = -virial/volume', nonEmpty)
    .option('--config-type-key <key>', 'key of the group of a frame', nonEmpty)
    .option('--config-type <name>', 'group of the frames for which the data names none', nonEmpty)
    .addOption(
      new Option('--energy-kind <kind>', 'energy of VASP: consistent with forces, or for sigma -> 0 (default: free)').choices([
        'free',
        'sigma0',
      ]),
    )
    .addOption(
      new Option('--shear-order <order>', 'order of shear stresses in mlearn JSON (default: checked against sheared cells)').choices([
        'xy yz xz',
        'xy xz yz',
        'yz xz xy',
      ]),
    )
    .option('--keep-unconverged', 'keep ionic steps whose electronic loop did not converge')
    .addHelpText('after', EXAMPLES)
    .action((inputs: string[], flags: ConvertFlags) => {
      const set = convertFrames(inputs, flags.output, {
        labels: labelsOf(flags),
        ...(flags.format !== undefined && { format: flags.format }),
        ...(flags.configType !== undefined && { configType: flags.configType }),
        ...(flags.energyKind !== undefined && { energyKind: flags.energyKind }),
        ...(flags.shearOrder !== undefined && { shearOrder: flags.shearOrder }),
        keepUnconverged: flags.keepUnconverged ?? false,
        write: writeFileAtomic,
      });
      process.stderr.write(`${formatSummary(summarise(set))}written: ${flags.output}\n`);
    });
}

function labelsOf(flags: ConvertFlags): LabelKeys {
  const labels: LabelKeys = {};
  if (flags.energyKey !== undefined) labels.energy = flags.energyKey;
  if (flags.forcesKey !== undefined) labels.forces = flags.forcesKey;
  if (flags.stressKey !== undefined) labels.stress = flags.stressKey;
  if (flags.virialKey !== undefined) labels.virial = flags.virialKey;
  if (flags.configTypeKey !== undefined) labels.configType = flags.configTypeKey;
  return labels;
}

function nonEmpty(value: string): string {
  if (value === '') throw new InvalidArgumentError('must not be empty');
  return value;
}
