import { expect } from 'chai';
import { commandLine, resumeCommand } from '../../src/cli/options.js';
import { createProgram } from '../../src/cli/run.js';

describe('options of the command line', () => {
  it('make a command that can be typed again, and one that goes on', () => {
    const command = commandLine(['fit', 'my copper.yaml', '--seed', '3', "it's"]);
    expect(command).to.equal(`eqpot fit 'my copper.yaml' --seed 3 'it'\\''s'`);
    expect(resumeCommand('eqpot fit cu.yaml')).to.equal('eqpot fit cu.yaml --resume');
    expect(resumeCommand('eqpot fit cu.yaml --resume --quiet')).to.equal('eqpot fit cu.yaml --resume --quiet');
    expect(resumeCommand('eqpot fit cu.yaml --resume')).to.equal('eqpot fit cu.yaml --resume');
  });

  it('have --resume in every command whose runs can be stopped', async () => {
    const program = await createProgram();
    for (const name of ['fit', 'quickstart']) {
      const command = program.commands.find((each) => each.name() === name)!;
      expect(
        command.options.map((option) => option.long),
        name,
      ).to.include('--resume');
    }
  });
});
