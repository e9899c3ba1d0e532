import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { readFrames } from '../../src/datasets/read.js';
import { InputError } from '../../src/errors.js';
import { loadModel } from '../../src/load-model.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { committeeSpread } from '../../src/potentials/committee.js';
import { writeCommittee } from '../../src/potentials/committee-file.js';
import { EquationPotential, writeModel } from '../../src/potentials/equation-potential.js';
import { extrapolationMeasure } from '../../src/potentials/extrapolation.js';
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

  it('says how much a committee differs and what is outside of the fitted data, on the terminal and in extended XYZ', async function () {
    this.timeout(180_000);
    const run = join(folder, 'run');
    mkdirSync(run);
    const range = { shortest: 2.45, lowestDensity: 150, highestDensity: 400 };
    const model = { ...builtinModel('sutton-chen-cu'), range };
    const members = (['sutton-chen-cu', 'sr2', 'sr1'] as const).map((name) => ({ kind: 'bootstrap' as const, model: builtinModel(name) }));
    const committee = { members, scale: { energy: 2, forces: 3 } };
    writeFileSync(join(run, 'model.json'), writeModel(model));
    writeFileSync(join(run, 'committee.json'), writeCommittee(committee));
    const { frames } = readFrames([join(folder, 'cu.extxyz')]);
    const [table, json] = await Promise.all([
      eqpot(['evaluate', 'run', 'cu.extxyz', '--out', 'out.extxyz'], { cwd: folder }),
      eqpot(['evaluate', 'run', 'cu.extxyz', '--no-committee', '--json', '--out', 'out.csv'], { cwd: folder }),
    ]);
    expect(table.code, table.stderr).to.equal(0);
    expect(table.stdout).to.match(/the 10 of 25 frames that are furthest outside/);
    expect(table.stdout).to.match(/of 25 energies \d+ % are within the spread/);
    const spreadOf = committeeSpread(
      members.map(({ model: one }) => ({ potential: new EquationPotential(one), referenceEnergies: one.referenceEnergies })),
      committee.scale,
    );
    const measure = extrapolationMeasure(new EquationPotential(model), range);
    const text = readFileSync(join(folder, 'out.extxyz'), 'utf8');
    const spreads = [...text.matchAll(/ energy_spread=(\S+)/g)].map(([, value]) => Number(value));
    const lines = text.split('\n');
    let at = 0;
    frames.forEach((frame, k) => {
      const { energy, forces } = spreadOf(frame);
      expect(spreads[k]).to.be.closeTo(energy, 1e-9);
      const { atoms, value } = measure(frame);
      expect(lines[at + 1]).to.contain(':force_spread:R:1:extrapolation:R:1 ');
      expect(Number(/ extrapolation=(\S+)/.exec(lines[at + 1]!)![1])).to.be.closeTo(value, 1e-9);
      const words = lines[at + 2]!.split(' ').map(Number);
      expect(words.at(-2)).to.be.closeTo(forces[0]!, 1e-9);
      expect(words.at(-1)).to.be.closeTo(atoms[0]!, 1e-9);
      at += frame.species.length + 2;
    });
    const again = readFrames([join(folder, 'out.extxyz')]).frames;
    expect(again.map(({ species }) => species.length)).to.deep.equal(frames.map(({ species }) => species.length));
    expect(again[3]!.forces).to.have.length(3 * frames[3]!.species.length);
    const { uncertainty } = JSON.parse(json.stdout);
    expect(uncertainty).to.have.length(25);
    expect(uncertainty[0]).to.have.keys('extrapolation', 'distance', 'density');
    expect(readFileSync(join(folder, 'out.csv'), 'utf8').split('\n')[0]).to.match(/predicted_energy_per_atom,extrapolation$/);
    expect(loadModel('run#2', folder)).to.deep.include({ name: 'run#2', kind: 'equation' });
    expect((loadModel('run#2', folder).potential as EquationPotential).model).to.deep.equal(builtinModel('sr2'));
    expect(() => loadModel('run#4', folder)).to.throw(InputError, 'members 1 to 3');
    expect(() => loadModel('none#1', folder)).to.throw(InputError, 'none has no committee');
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
