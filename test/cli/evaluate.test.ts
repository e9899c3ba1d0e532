import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { soundFrames } from '../datasets/audit/copper.js';
import { eqpot } from './run-cli.js';

describe('eqpot evaluate', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-evaluate-'));
    writeFileSync(join(folder, 'cu.extxyz'), writeExtxyz(soundFrames().slice(0, 25)));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('prints a table or JSON, and writes predictions', async () => {
    const [table, json] = await Promise.all([
      eqpot(['evaluate', 'sutton-chen-cu', 'cu.extxyz'], { cwd: folder }),
      eqpot(['evaluate', 'sutton-chen-cu', 'cu.extxyz', '--fit-reference', '--windows=-3.78,-3.7', '--json', '--out', 'p.csv'], {
        cwd: folder,
      }),
    ]);
    expect(table.code, table.stderr).to.equal(0);
    expect(table.stdout).to.match(/^sutton-chen-cu: 25 frames, 800 atoms, reference energy 0\.000000 eV\/atom\n/);
    expect(table.stdout).to.match(/group thermal +4 /);
    expect(table.stderr).to.include('--fit-reference fits one');
    expect(json.code, json.stderr).to.equal(0);
    const report = JSON.parse(json.stdout);
    expect(report.referenceEnergy).to.be.below(-0.1);
    expect(report.windows.map((w: { from: number | null }) => w.from)).to.deep.equal([null, -3.78, -3.7]);
    const lines = readFileSync(join(folder, 'p.csv'), 'utf8').split('\n');
    expect(lines[0]).to.equal('index,source,natoms,reference_energy_per_atom,predicted_energy_per_atom');
    expect(lines).to.have.length(27);
  });

  it('says what is wrong with a model, a file or windows, with exit code 2', async () => {
    const results = await Promise.all([
      eqpot(['evaluate', 'sr9', 'cu.extxyz'], { cwd: folder }),
      eqpot(['evaluate', 'sr2', 'none.extxyz'], { cwd: folder }),
      eqpot(['evaluate', 'sr2', 'cu.extxyz', '--windows=low'], { cwd: folder }),
    ]);
    expect(results.map((r) => r.code)).to.deep.equal([2, 2, 2]);
    expect(results[0]!.stderr).to.include('sr9: there is no such model');
    expect(results[2]!.stderr).to.include('Expected energies in eV/atom');
  });
});
