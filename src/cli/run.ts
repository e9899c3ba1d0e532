import { Command, CommanderError } from 'commander';
import { version } from '../config/version.js';
import { EqpotError, StoppedError } from '../errors.js';
import { COMMANDS } from './commands/index.js';

const EPILOGUE = `
Exit codes:
  0  done
  1  a defect of eqpot
  2  something is wrong with the input; the message says where
  3  an external program (LAMMPS) failed
  4  a result did not pass its own proof, or a value of validate is outside of its tolerance or could not be computed
  5  stopped as asked; the state is saved and --resume continues
  130  ended at once by a second Ctrl-C

Examples:
  $ eqpot quickstart
  $ eqpot convert run-*/OUTCAR -o training.extxyz
  $ eqpot fit copper.yaml
  $ eqpot evaluate runs/copper test.extxyz
  $ eqpot validate runs/copper sr2 --reference examples/copper/reference.yaml

eqpot COMMAND --help tells more about a command. EQPOT_DEBUG=1 adds stack traces to error messages.`;

/** Codes of system errors that a user can cause by a path, a full disk or a closed pipe. */
const SYSTEM_ERRORS = new Set([
  'ENOENT',
  'EACCES',
  'EPERM',
  'EISDIR',
  'ENOTDIR',
  'EEXIST',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'EFBIG',
  'ENAMETOOLONG',
  'ELOOP',
]);

/**
 * Runs the command line.
 * @param args without the program's name
 * @returns the exit code
 */
export async function run(args: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(args[0]);
    await program.parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return report(error);
  }
}

/** The program with the named command, or with all of them where the name is none of theirs. */
export async function createProgram(name?: string): Promise<Command> {
  const program = new Command('eqpot')
    .description('DFT data in, a closed EAM equation and verified LAMMPS files out')
    .version(version(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', EPILOGUE)
    .showHelpAfterError('(--help tells more)')
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error:/, 'eqpot: error:')) });
  const load = name === undefined ? undefined : COMMANDS[name];
  const modules = load ? [await load()] : await Promise.all(Object.values(COMMANDS).map((each) => each()));
  for (const module of modules) module.register(program);
  return program;
}

/** Prints an error as the user should see it and gives its exit code. */
function report(error: unknown): number {
  const debug = process.env.EQPOT_DEBUG;
  const system = error instanceof Error && SYSTEM_ERRORS.has((error as NodeJS.ErrnoException).code ?? '');
  if (error instanceof EqpotError || system) {
    // who stops a run has made no error
    process.stderr.write(`eqpot: ${error instanceof StoppedError ? '' : 'error: '}${(error as Error).message}\n`);
    if (debug) printStack(error);
    return error instanceof EqpotError ? error.exitCode : 2;
  }
  process.stderr.write('eqpot: this is a defect of eqpot, not of your input:\n');
  printStack(error);
  process.stderr.write(
    `Please report it with the lines above, the command, the settings file and these versions: eqpot ${version()}, Node ${process.version}, ${process.platform} ${process.arch}.\n`,
  );
  return 1;
}

function printStack(error: unknown): void {
  for (let at: unknown = error; at !== undefined; at = at instanceof Error ? at.cause : undefined)
    process.stderr.write(`${at === error ? '' : 'caused by: '}${at instanceof Error ? (at.stack ?? at.message) : String(at)}\n`);
}

/** A reader that goes away early (`eqpot schema | head`) or a closed terminal is no reason for a stack trace. */
export function mindClosedPipes(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  process.stderr.on('error', () => {});
}
