import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { eqpot, runProgram } from '../cli/run-cli.js';
import { libraryProgram, readmeBlocks } from '../readme-blocks.js';

/** The README followed step by step by someone who changes nothing: two to five minutes. */
describe('the README, followed to the letter', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-readme-'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('finds the equation of the quickstart', async () => {
    const { code, stdout, stderr } = await eqpot(['quickstart'], { cwd: folder });
    expect(code, stderr).to.equal(0);
    expect(stdout).to.include('same terms');
    expect(existsSync(join(folder, 'runs/quickstart/training.extxyz'))).to.equal(true);
  });

  it('audits and fits the data that the quickstart left', async () => {
    writeFileSync(join(folder, 'copper.yaml'), readmeBlocks('The main job', 'yaml')[0]!);
    const audit = await eqpot(['audit', 'runs/quickstart/training.extxyz', '--strict'], { cwd: folder });
    expect(audit.code, audit.stderr).to.equal(0);
    const { code, stdout, stderr } = await eqpot(['fit', 'copper.yaml'], { cwd: folder });
    expect(code, stderr).to.equal(0);
    const loss = Number(/loss ([\d.]+) meV\/atom/.exec(stdout)![1]);
    expect(loss, stdout).to.be.below(1);
  });

  it('runs the program that uses the library', async () => {
    writeFileSync(join(folder, 'fit.mts'), libraryProgram());
    const { code, stdout, stderr } = await runProgram(join(folder, 'fit.mts'), folder);
    expect(code, stderr).to.equal(0);
    const errors = [...stdout.matchAll(/^([\d.]+) meV\/atom in 341 frames$/gm)].map((match) => Number(match[1]));
    expect(errors, stdout).to.have.length(3);
    expect(errors[0]).to.be.below(2);
    expect(errors[2]).to.equal(errors[0]);
  });
});
