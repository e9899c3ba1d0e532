import type { Command } from 'commander';
import { InputError } from '../../errors.js';
import { durationOption, nonEmpty, stoppable } from '../options.js';

interface IpiFlags {
  socket: string;
  structure?: string;
  wait: number;
  maxTime?: number;
  quiet?: boolean;
}

/** How long a server that is not there yet is waited for, s. */
const WAIT = 60;
/** Milliseconds between two lines of progress. */
const EVERY = 10_000;

const EXAMPLES = `
Examples:
  $ eqpot ipi runs/copper --socket unix:copper                     i-PI or ASE on this machine, at /tmp/ipi_copper
  $ eqpot ipi sr2 --socket 127.0.0.1:31415 --structure start.extxyz

MODEL is a run directory, a model.json, an .eam.fs, .eam.alloy, .eam or .meam.spline file, or the name of a built-in model. With ASE:

  calculator = SocketIOCalculator(unixsocket='copper')             from ase.calculators.socketio

The protocol does not say which atom is which element, nor what is periodic: a structure in the order of the server's says so. It may be
left out where the model has one element; every direction with a lattice vector is periodic then. Energies count from free atoms.
Protocol and further examples: bridges/README.md.
`;

/** `eqpot ipi MODEL --socket ADDRESS` */
export function register(program: Command): void {
  program
    .command('ipi')
    .description('energies, forces and stresses of a model for i-PI, ASE and others that speak the i-PI protocol')
    .argument('<model>', 'run directory, model.json, LAMMPS file, or name of a built-in model', nonEmpty)
    .requiredOption('--socket <address>', 'where the i-PI server listens: unix:NAME (/tmp/ipi_NAME), a path, PORT or HOST:PORT', nonEmpty)
    .option('--structure <file>', 'a structure with the atoms of the server in its order; the first of the file counts', nonEmpty)
    .option('--wait <duration>', 'how long a server that is not there yet is waited for', durationOption, WAIT)
    .option('--max-time <duration>', 'stop after this time: seconds, 30m, 1h30m or 02:30:00', durationOption)
    .option('--quiet', 'no progress')
    .addHelpText('after', EXAMPLES)
    .action(act);
}

async function act(name: string, { socket, structure: file, wait, maxTime, quiet }: IpiFlags): Promise<void> {
  const [{ loadModel }, { parseIpiAddress }, { serveForces }, { evaluatorOf }] = await Promise.all([
    import('../../load-model.js'),
    import('../../../bridges/sockets/ipi/address.js'),
    import('../../../bridges/sockets/ipi/client.js'),
    import('../../potentials/potential.js'),
  ]);
  const address = parseIpiAddress(socket);
  const { potential } = loadModel(name);
  const structure = file === undefined ? undefined : await firstStructure(file, potential.elements);
  if (!structure && potential.elements.length > 1)
    throw new InputError(
      `${name} has the elements ${potential.elements.join(', ')}, and the i-PI protocol does not say which atom is which`,
      {},
      { hint: 'give a structure with the atoms in the order of the server: --structure FILE' },
    );
  let told = performance.now();
  const { steps, exit } = await stoppable({ ...(maxTime === undefined ? {} : { maxTimeSeconds: maxTime }) }, (stop) =>
    serveForces(address, {
      ...(structure ? { structure } : { element: potential.elements[0]! }),
      evaluate: evaluatorOf(potential),
      waitSeconds: wait,
      signal: stop.signal,
      onStep(count) {
        if (quiet || performance.now() - told < EVERY) return;
        told = performance.now();
        process.stderr.write(`${count} structures\n`);
      },
    }),
  );
  if (!quiet) process.stderr.write(`${steps} structures; ${exit ? 'the server has had enough' : 'the server closed the connection'}\n`);
}

async function firstStructure(file: string, elements: readonly string[]) {
  const { readFrames } = await import('../../datasets/read.js');
  const [first] = readFrames([file]).frames;
  if (!first) throw new InputError('holds no structure', { file });
  const alien = first.species.find((symbol) => !elements.includes(symbol));
  if (alien !== undefined) throw new InputError(`the model has no element ${alien} (it has ${elements.join(', ')})`, { file });
  return first;
}
