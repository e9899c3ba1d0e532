import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { settingsSchema } from '../../src/config/schema.js';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { InputError } from '../../src/errors.js';
import { evaluate, loadModel } from '../../src/evaluate.js';
import { readAlloy, writeAlloy } from '../../src/potentials/alloy/json.js';
import { fitAlloy } from '../../src/workflows/fit-alloy.js';
import { alloyFrames } from '../fitting/alloy/problem.js';
import { suttonChenAlloy } from '../potentials/alloy/sutton-chen.js';
import { parseXml } from '../report/xml.js';

describe('workflows/fit-alloy', () => {
  const folder = mkdtempSync(join(tmpdir(), 'eqpot-alloy-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const frames = alloyFrames(suttonChenAlloy(5.5, 2), 15, 1);
  writeFileSync(join(folder, 'alloy.extxyz'), writeExtxyz(frames));
  const settingsOf = (alloy: object, more: object = {}, network: object = {}) =>
    settingsSchema.parse({
      form: 'alloy',
      // whose first start finds the terms
      seed: 2,
      data: { files: ['alloy.extxyz'], folds: 0, audit: 'keep' },
      network: {
        cutoff: 5.5,
        taper_width: 2,
        density_floor: 0.01,
        pair: { basis: ['r^-6', 'r^-9', 'r^-10.5', 'r^-12'] },
        density: { basis: ['r^-6', 'r^-8'] },
        embedding: { basis: ['rho^0.5', 'rho'] },
        ...network,
      },
      alloy: { starts: 1, keep: 1, coarse_atoms: 80, coarse_steps: 25, steps: 20, ...alloy },
      export: { proof_frames: 3 },
      workers: 1,
      ...more,
    });

  it('leaves equations of each pair and element that LAMMPS confirms, evaluate reads, and a report', async () => {
    const settings = settingsOf({}, { data: { files: ['alloy.extxyz'], folds: 2, test_fraction: 0.2, audit: 'keep' } });
    const result = await fitAlloy(settings, { directory: folder, runDirectory: 'own' });
    expect(result.files).to.include.members([
      'model.json',
      'equation.txt',
      'potential.eam.alloy',
      'pair.in',
      'metrics.json',
      'report.html',
    ]);
    expect(result.proof.passed).to.equal(true);
    const text = readFileSync(join(folder, 'own', 'equation.txt'), 'utf8');
    for (const line of [
      /^phi_Cu-Cu\(r\) = \S+\/r\^9$/m,
      /^phi_Cu-Ag\(r\) = \S+\/r\^10\.5$/m,
      /^F_Cu\(rho\) = -1\*?sqrt|^F_Cu\(rho\) = -sqrt\(rho\)$/m,
    ])
      expect(text).to.match(line);
    const model = loadModel(join(folder, 'own'));
    const { report } = evaluate(model, frames);
    expect(report.energy!.mae).to.be.below(2e-4);
    expect(report.forces!.mae).to.be.below(2e-3);
    const page = readFileSync(join(folder, 'own', 'report.html'), 'utf8');
    parseXml(page.replace(/^<!doctype html>/i, ''));
    for (const words of ['φ of Cu-Ag', 'F of Ag', 'phi_Cu-Ag(r) =']) expect(page).to.contain(words);
    const json = readFileSync(join(folder, 'own', 'model.json'), 'utf8');
    expect(writeAlloy(readAlloy(json, 'model.json'))).to.equal(json);
  });

  it('says what it cannot search', async () => {
    for (const network of [
      { cutoff: [5, 5.5] },
      { cutoff_style: 'shift', taper_width: undefined },
      { density_floor: 0 },
      { pair: { outer: ['exp'] } },
    ]) {
      let caught: unknown;
      try {
        await fitAlloy(settingsOf({}, {}, network), { directory: folder, runDirectory: 'bad' });
      } catch (error) {
        caught = error;
      }
      expect(caught, JSON.stringify(network)).to.be.instanceOf(InputError);
      expect((caught as InputError).message).to.contain("'form: alloy'");
    }
  });

  it('names former fits that it cannot start from', async () => {
    const equations = { pair: '1289/r^9', density: '-528/r^6', embedding: '-sqrt(rho)' };
    const head = {
      format: 'eqpot-model',
      version: 1,
      element: 'Cu',
      cutoff: 5.5,
      cutoffStyle: 'quintic',
      taperWidth: 2,
      densityFloor: 0.01,
    };
    writeFileSync(join(folder, 'negative.json'), JSON.stringify({ ...head, equations }));
    for (const [start, words] of [
      ['sr1', 'cannot hold'],
      ['sutton-chen-cu', 'r^-7'],
      ['nowhere', 'no such model'],
      // its density is below zero
      ['negative.json', 'no start has a finite loss'],
    ] as const) {
      let caught: unknown;
      try {
        const basis = start === 'sutton-chen-cu' ? { pair: { basis: ['r^-7'] } } : {};
        await fitAlloy(settingsOf({ start: [start] }, {}, basis), { directory: folder, runDirectory: 'bad' });
      } catch (error) {
        caught = error;
      }
      expect(caught, start).to.be.instanceOf(InputError);
      expect(`${(caught as InputError).message} ${(caught as InputError).hint}`)
        .to.contain('alloy.start')
        .and.to.contain(words);
    }
  });
});
