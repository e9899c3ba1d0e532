import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Property } from '../../properties/property.js';
import type { KnownNames } from '../../workflows/validate/reference.js';
import type { Validation } from '../../workflows/validate/result.js';
import { commandLine, defined, durationOption, nonEmpty, stoppable, wholeNumber } from '../options.js';

interface ValidateFlags {
  reference?: string;
  output: string;
  structure?: string;
  element?: string;
  properties?: string[];
  surfaces?: [number, number, number][];
  long?: boolean;
  committee?: number | true;
  list?: boolean;
  pairStyle?: string;
  pairCoeff: string[];
  elements?: string[];
  lammps: string;
  workers?: number;
  maxTime?: number;
  seed: number;
  keepInputs?: boolean;
  json?: boolean;
  quiet?: boolean;
}

const EXAMPLES = `
Examples:
  $ eqpot validate runs/copper mishin=Cu_mishin1.eam.alloy sr2 --reference examples/copper/reference.yaml
  $ eqpot validate sr2 --properties lattice,elastic
  $ eqpot validate runs/copper --committee 10      values with error bars, by its committee.json
  $ eqpot validate AlCu.adp --structure Al2Cu.poscar --lammps native
  $ eqpot validate --pair-style eam/alloy --pair-coeff "* * Cu.eam.alloy Cu" --elements Cu
  $ eqpot validate --list

A potential is a run directory, a model.json, a built-in name (sr1, sr2, sutton-chen-cu), a LAMMPS file whose ending tells its
pair_style, or the lines of --pair-style and --pair-coeff; NAME= before it says how it is called in tables.
In the output folder: report.html, validation.json, junit.xml, run.log, and cache/ with every result of LAMMPS: the same command goes on after an interruption.
Exit code 0 when all tolerances held, 4 when one did not or a property failed, 5 when stopped.
`;

/** `eqpot validate POTENTIAL...` */
export function register(program: Command): void {
  program
    .command('validate')
    .description('materials properties of potentials side by side, compared with reference values')
    .argument('[potentials...]', 'run directory, model.json, built-in name or LAMMPS file, each as NAME=WHAT or WHAT')
    .option('--reference <file>', 'reference values and tolerances, YAML', nonEmpty)
    .option('--output <folder>', 'where the results go', nonEmpty, 'validation')
    .option('--structure <which>', 'fcc, bcc, hcp, diamond, sc, or a structure file (default: the usual one of the element)', nonEmpty)
    .option('--element <symbol>', 'element of the crystal (default: the first that all potentials have)', nonEmpty)
    .option('--properties <names>', 'only these, separated by commas: properties or values, see --list', words)
    .option('--surfaces <indices>', 'Miller indices of surfaces, such as "111 100 1,0,-1" (default: 13 usual ones)', surfaces)
    .option('--long', 'long ones as well (melting, thermal expansion)')
    .option(
      '--committee [n]',
      'error bars by up to N members (default: 5) of the committees of runs; not for costly properties unless they are named',
      wholeNumber(2, 200),
    )
    .option('--list', 'list all properties with their values, units and cost')
    .option('--pair-style <style>', 'a potential by its pair_style', nonEmpty)
    .option(
      '--pair-coeff <arguments>',
      'arguments of pair_coeff; may be given several times',
      (value, all: string[]) => [...all, value],
      [],
    )
    .option('--elements <symbols>', 'chemical symbols of the atom types for --pair-style', words)
    .option('--lammps <which>', 'embedded, native, or a command such as "mpirun -np 4 lmp"', nonEmpty, 'embedded')
    .option('--workers <n>', 'runs of LAMMPS side by side (default: processors of the job)', wholeNumber(1, 256))
    .option('--max-time <duration>', 'stop after this time: seconds, 30m, 1h30m or 02:30:00', durationOption)
    .option('--seed <n>', 'seed of every random choice', wholeNumber(0), 1)
    .option('--keep-inputs', 'keep the inputs of every LAMMPS run in FOLDER/inputs, with the command to repeat it')
    .option('--json', 'print validation.json instead of the table')
    .option('--quiet', 'no progress on the terminal (run.log has it)')
    .addHelpText('after', EXAMPLES)
    .action(act);
}

async function act(names: string[], flags: ValidateFlags): Promise<void> {
  const [{ PROPERTIES }, { InputError, StoppedError, VerificationError }] = await Promise.all([
    import('../../properties/registry.js'),
    import('../../errors.js'),
  ]);
  if (flags.list) return void process.stdout.write(await list(PROPERTIES));
  const [
    { potentialFrom, potentialFromLines },
    { systemFor },
    { readReference },
    { validate },
    { table },
    { createProgress },
    { slurmTimeLeft },
  ] = await Promise.all([
    import('../../workflows/validate/potential.js'),
    import('../../workflows/validate/system.js'),
    import('../../workflows/validate/reference.js'),
    import('../../workflows/validate.js'),
    import('../../workflows/validate/table.js'),
    import('../../engines/progress.js'),
    import('../../engines/stop.js'),
  ]);
  const [{ chooseProperties, knownNames }, { forMembers }] = await Promise.all([
    import('../../workflows/validate/choose.js'),
    import('../../workflows/validate/members.js'),
  ]);
  const reference = flags.reference === undefined ? undefined : readReference(flags.reference, knownNames(PROPERTIES) satisfies KnownNames);
  const settings = {
    seed: flags.seed,
    names: [...(flags.properties ?? []), ...(reference?.values.keys() ?? [])],
    ...defined({ surfaces: flags.surfaces, only: flags.properties }),
  };
  const properties = chooseProperties(PROPERTIES, flags.properties, flags.long ?? false);
  const members = flags.committee === true ? USUAL_MEMBERS : (flags.committee ?? 0);
  const potentials = names.map((name) => potentialFrom(name, members));
  if (members > 0 && !potentials.some(({ committee }) => committee))
    throw new InputError('none of the potentials has a committee', {}, { hint: 'name the directory of a fit, which has a committee.json' });
  if (flags.pairStyle !== undefined)
    potentials.push(
      potentialFromLines('pair-style', { style: flags.pairStyle, coefficients: flags.pairCoeff, elements: flags.elements ?? [] }),
    );
  if (potentials.length === 0)
    throw new InputError('no potential is given', {}, { hint: 'such as: eqpot validate runs/copper sr2; --help shows more' });
  const twice = potentials.find(({ name }, k) => potentials.findIndex((other) => other.name === name) < k);
  if (twice) throw new InputError(`two potentials are called '${twice.name}'`, {}, { hint: 'name them: NAME=WHAT' });
  const system = systemFor(
    defined({ structure: flags.structure ?? reference?.structure, element: flags.element ?? reference?.element }),
    potentials,
  );
  const command = commandLine(process.argv.slice(2));
  const progress = createProgress({ logFile: join(flags.output, 'run.log'), quiet: flags.quiet ?? false });
  progress.line(command);
  for (const property of properties) if (property.long) progress.line(`${property.title}: ${property.cost}, for each potential`);
  const maxTimeSeconds = flags.maxTime ?? slurmTimeLeft();
  let result: Validation;
  try {
    result = await stoppable({ directory: flags.output, announce: (line) => progress.line(line), ...defined({ maxTimeSeconds }) }, (stop) =>
      validate({
        potentials,
        system,
        properties,
        settings,
        ...(members > 0 ? { memberProperties: forMembers(properties, flags.properties) } : {}),
        ...defined({ reference, workers: flags.workers, keepInputs: flags.keepInputs }),
        directory: flags.output,
        lammps: flags.lammps,
        command,
        progress,
        stop,
      }),
    );
  } catch (error) {
    progress.end(error instanceof StoppedError ? 'stopped' : 'failed', error instanceof Error ? error.message : String(error));
    if (error instanceof StoppedError) process.stderr.write(`to go on, the same again: ${command}\n`);
    throw error;
  }
  progress.end('done');
  process.stdout.write(flags.json ? `${JSON.stringify(result, null, 1)}\n` : table(result));
  process.stderr.write(`in ${flags.output}: report.html, validation.json, junit.xml\n`);
  const { fail, error } = result.counts;
  if (fail + error > 0)
    throw new VerificationError(`values outside of their tolerance: ${fail}; values that could not be computed: ${error}`);
}

/** Members of a committee for error bars where no number is given: enough for a standard deviation to a third of itself. */
const USUAL_MEMBERS = 5;

/** All properties for people. */
async function list(properties: readonly Property[]): Promise<string> {
  const { elementSystem } = await import('../../properties/system.js');
  const system = elementSystem('Cu');
  return properties
    .map((property) => {
      const needs = [property.long ? 'only with --long' : '', property.needsNative ? 'needs native LAMMPS with mpirun' : ''].filter(
        Boolean,
      );
      const values = property
        .values(system, { seed: 1 })
        .map(({ name, unit, description }) => `    ${name.padEnd(34)} ${unit.padEnd(14)} ${description}`);
      return [`${property.id}: ${property.title}; ${[property.cost, ...needs].join('; ')}`, ...values, ''].join('\n');
    })
    .join('');
}

function words(text: string): string[] {
  const parts = text.split(/[,\s]+/).filter(Boolean);
  if (parts.length === 0) throw new InvalidArgumentError('Expected names separated by commas.');
  return parts;
}

/** `111 100`, or with commas within an index for signs and larger numbers: `1,0,-1`. */
function surfaces(text: string): [number, number, number][] {
  return text
    .trim()
    .split(/[\s;]+/)
    .map((word) => {
      const index = (/^\d{3}$/.test(word) ? [...word] : word.split(',')).map(Number);
      if (index.length !== 3 || index.some((h) => !Number.isInteger(h)) || index.every((h) => h === 0))
        throw new InvalidArgumentError('Expected Miller indices such as "111 100 1,0,-1".');
      return index as [number, number, number];
    });
}
