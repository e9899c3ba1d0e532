import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { COMMANDS } from '../src/cli/commands/index.js';
import { parseSettings } from '../src/config/load.js';
import { writeExtxyz } from '../src/index.js';
import { runProgram } from './cli/run-cli.js';
import { labelledCells } from './labelled-cells.js';
import { libraryProgram, README, readmeBlocks } from './readme-blocks.js';

describe('README', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-readme-'));
    // stands for what the quickstart leaves
    mkdirSync(join(folder, 'runs/quickstart'), { recursive: true });
    writeFileSync(join(folder, 'runs/quickstart/training.extxyz'), writeExtxyz(labelledCells()));
    // of the grain boundary that the targets name
    writeFileSync(join(folder, 'twin.xyz'), writeExtxyz(labelledCells().slice(0, 1)));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('shows settings that are right', () => {
    const [fit, targets, ...others] = readmeBlocks('The main job', 'yaml');
    expect(others).to.deep.equal([]);
    expect(parseSettings(fit!, 'copper.yaml', folder).settings.network.cutoff).to.equal(6);
    expect(parseSettings(`${fit}\n${targets}`, 'copper.yaml', folder).settings.targets).to.have.nested.property('properties.c44');
  });

  it('shows a program that does what it says', async () => {
    const program = libraryProgram().replace(/steps: \d+ \},/, 'steps: 60 },');
    writeFileSync(join(folder, 'fit.mts'), program);
    const { code, stdout, stderr } = await runProgram(join(folder, 'fit.mts'), folder);
    expect(code, stderr).to.equal(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).to.match(/^\d+ nodes, files in .*small$/);
    expect(lines.slice(1)).to.have.length(3);
    for (const line of lines.slice(1)) expect(line).to.match(/^\d+\.\d\d meV\/atom in 18 frames$/);
    expect(lines[3], 'the run directory is the same model').to.equal(lines[1]);
    expect(readFileSync(join(folder, 'Cu.eam.fs'), 'latin1')).to.match(/^1 Cu$/m);
  });

  it('lists every command', () => {
    for (const name of Object.keys(COMMANDS)) expect(README, name).to.match(new RegExp(`^\\| \`eqpot ${name}[ \`]`, 'm'));
  });

  it('names files that are there', () => {
    for (const [, target] of README.matchAll(/\]\(([^):]+)\)/g))
      expect(() => readFileSync(new URL(`../${target}`, import.meta.url)), target).not.to.throw();
  });
});

describe('NOTICE', () => {
  it('names every package that eqpot installs, and no other', () => {
    const text = readFileSync(new URL('../NOTICE.md', import.meta.url), 'utf8');
    const { dependencies, peerDependencies, devDependencies } = JSON.parse(
      readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
    );
    const table = /## What is installed to run eqpot\n([\s\S]*?)\n## /.exec(text)![1]!;
    const listed = [...table.matchAll(/^\| \[([^\]]+)\]/gm)].map((match) => match[1]!);
    expect(listed.sort()).to.deep.equal(Object.keys(dependencies).sort());
    for (const name of Object.keys(peerDependencies)) expect(text).to.include(name);
    for (const name of Object.keys(devDependencies))
      expect(text, name).to.include(name.startsWith('@types/') ? '@types/*' : name.replace('@tensorflow/tfjs-backend', 'tfjs-backend'));
  });
});
