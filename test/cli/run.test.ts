import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { COMMANDS } from '../../src/cli/commands/index.js';
import { createProgram } from '../../src/cli/run.js';
import { EngineError, InputError, StoppedError, VerificationError } from '../../src/errors.js';
import { eqpot, eqpotInProcess } from './run-cli.js';

const folder = new URL('../../src/cli/', import.meta.url);

/** Runs a command that throws `error` in this process and gives the exit code and what was printed. */
async function failing(error: unknown): Promise<{ code: number | null; stderr: string }> {
  const commands = COMMANDS as Record<string, unknown>;
  commands['fail-for-test'] = async () => ({
    register: (program: Awaited<ReturnType<typeof createProgram>>) =>
      program.command('fail-for-test').action(() => {
        throw error;
      }),
  });
  try {
    return await eqpotInProcess(['fail-for-test']);
  } finally {
    delete commands['fail-for-test'];
  }
}

describe('command line', () => {
  it('prints help with every command, and the version', async () => {
    const help = await eqpot(['--help']);
    expect(help.code).to.equal(0);
    for (const name of Object.keys(COMMANDS)) expect(help.stdout).to.match(new RegExp(`^ {2}${name}\\b`, 'm'));
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect((await eqpot(['--version'])).stdout.trim()).to.equal(version);
  });

  it('gives examples in the help of every command', async () => {
    const program = await createProgram();
    expect(program.commands.map((command) => command.name())).to.include.members(Object.keys(COMMANDS));
    for (const command of program.commands) {
      let help = '';
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      expect(help, command.name()).to.match(/Examples?:\n {2}\$ eqpot /);
      expect(command.description(), command.name()).not.to.equal('');
    }
  });

  it('answers wrong usage with exit code 2 and the name that was meant', async () => {
    const command = await eqpotInProcess(['convrt']);
    expect(command.code).to.equal(2);
    expect(command.stderr).to.include("unknown command 'convrt'").and.to.include('Did you mean convert?');
    const option = await eqpotInProcess(['schema', '--foo']);
    expect(option.code).to.equal(2);
    expect(option.stderr).to.match(/^eqpot: error: unknown option '--foo'/);
    const nothing = await eqpotInProcess([]);
    expect(nothing.code).to.equal(2);
    expect(nothing.stderr).to.include('Usage: eqpot');
  });

  it('prints the JSON Schema', async () => {
    const { code, stdout } = await eqpot(['schema']);
    expect(code).to.equal(0);
    expect(JSON.parse(stdout)).to.have.nested.property('properties.network.properties.cutoff');
  });

  it('maps the closed set of errors to its exit codes, without stack traces', async () => {
    const cases: [Error, number][] = [
      [new InputError('no cell', { file: 'a.xyz', line: 3, column: 1 }), 2],
      [new EngineError('LAMMPS died'), 3],
      [new VerificationError('LAMMPS disagrees'), 4],
      [new StoppedError('stopped: SIGTERM'), 5],
      [Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }), 2],
    ];
    for (const [error, exitCode] of cases) {
      const { code, stderr } = await failing(error);
      expect(code).to.equal(exitCode);
      expect(stderr).to.equal(`eqpot: ${error instanceof StoppedError ? '' : 'error: '}${error.message}\n`);
    }
  });

  it('asks for a report of anything else, with the stack and the causes', async () => {
    const { code, stderr } = await failing(new TypeError('x is undefined', { cause: new Error('deeper') }));
    expect(code).to.equal(1);
    expect(stderr).to.include('defect of eqpot').and.to.include('run.test.ts').and.to.include('caused by: Error: deeper');
    expect(stderr).to.include(`Node ${process.version}`);
  });

  it('lists every command module', () => {
    const files = readdirSync(new URL('commands/', folder)).filter((name) => name !== 'index.ts');
    expect(files.map((name) => name.replace('.ts', '')).sort()).to.deep.equal(Object.keys(COMMANDS).sort());
  });

  it('loads nothing heavy before a command runs', () => {
    // what may be imported for good (types cost nothing, and metrics.js imports only types); everything else is imported inside actions
    const light =
      /^(commander|node:.*|\.\/.*|\.\.\/errors\.js|\.\.\/\.\.\/errors\.js|\.\.\/config\/version\.js|.*\/options\.js|.*\/fitting\/metrics\.js)$/;
    const commands = readdirSync(new URL('commands/', folder)).filter((name) => name !== 'convert.ts');
    for (const name of ['run.ts', 'main.ts', ...commands.map((file) => `commands/${file}`)]) {
      const text = readFileSync(new URL(name, folder), 'utf8');
      const imports = [...text.matchAll(/^import (?!type )[^;]*? from '([^']+)';/gms)].map((match) => match[1]!);
      expect(
        imports.filter((from) => !light.test(from)),
        name,
      ).to.deep.equal([]);
    }
  });
});
