import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { settingsSchema } from '../../src/config/schema.js';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { InputError } from '../../src/errors.js';
import { evaluate, loadModel } from '../../src/evaluate.js';
import { readZjw04, writeZjw04 } from '../../src/potentials/zjw04/json.js';
import { fitZjw04 } from '../../src/workflows/fit-zjw04.js';
import { madeFrames } from '../fitting/zjw04/problem.js';
import { parseXml } from '../report/xml.js';

describe('workflows/fit-zjw04', () => {
  const folder = mkdtempSync(join(tmpdir(), 'eqpot-zjw04-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const made = (elements: string[]) => madeFrames({ elements, kind: 'adp', cross: 'free', cutoff: 5, taperWidth: 1 }, 12, 1);
  writeFileSync(join(folder, 'alloy.extxyz'), writeExtxyz(made(['Ni', 'Mo'])));
  writeFileSync(join(folder, 'nickel.extxyz'), writeExtxyz(made(['Ni'])));
  const settingsOf = (file: string, zjw04: object, more: object = {}) =>
    settingsSchema.parse({
      form: 'zjw04',
      data: { files: [file], folds: 0, audit: 'keep' },
      zjw04: { cutoff: 5, starts: 2, keep: 1, coarse_atoms: 30, coarse_steps: 5, steps: 4, ...zjw04 },
      export: { core: 'none', proof_frames: 2 },
      workers: 1,
      ...more,
    });

  it('leaves angular functions of two elements that LAMMPS confirms, evaluate reads, and a report', async () => {
    const settings = settingsOf(
      'alloy.extxyz',
      { kind: 'adp' },
      { data: { files: ['alloy.extxyz'], folds: 2, test_fraction: 0.2, audit: 'keep' } },
    );
    const result = await fitZjw04(settings, { directory: folder, runDirectory: 'adp' });
    expect(result.files).to.have.members(['model.json', 'potential.adp', 'pair.in', 'metrics.json', 'predictions.csv', 'report.html']);
    expect(result.proof.passed).to.equal(true);
    const model = loadModel(join(folder, 'adp'));
    expect(model.kind).to.equal('zjw04');
    const { report } = evaluate(model, made(['Ni', 'Mo']));
    const metrics = JSON.parse(readFileSync(join(folder, 'adp', 'metrics.json'), 'utf8')) as {
      fitted: { energy: { mae: number }; frames: number };
      test: { energy: { mae: number } };
    };
    expect(report.energy!.mae).to.be.within(
      Math.min(metrics.fitted.energy.mae, metrics.test.energy.mae),
      Math.max(metrics.fitted.energy.mae, metrics.test.energy.mae),
    );
    const page = readFileSync(join(folder, 'adp', 'report.html'), 'utf8');
    parseXml(page.replace(/^<!doctype html>/i, ''));
    for (const words of ['μ of Mo-Ni', 'ω of Mo-Mo', 'F of Ni', 'Fn2', 'lambda']) expect(page).to.contain(words);
  });

  it('follows targets, and comes closer with batches and then with all data', async () => {
    const targets = { properties: { c44: { value: 130, tolerance: 1 }, lattice_constant: 3.52 } };
    const of = (method: string, epochs: number) =>
      fitZjw04(settingsOf('nickel.extxyz', { method, epochs, batch: 4, steps: 15, starts: 1, coarse_steps: 1 }, { targets }), {
        directory: folder,
        runDirectory: method,
      });
    const adam = await of('adam', 3);
    const both = await of('both', 3);
    expect(both.loss).to.be.below(adam.loss);
    expect(both.targets.map(({ name }) => name)).to.deep.equal(['c44', 'lattice_constant']);
    expect(both.files).to.contain('potential.eam.alloy');
    const off = ({ targets: [c44] }: typeof both) => Math.abs(c44!.found - 130);
    expect(off(both)).to.be.below(off(adam) + 1);
  });

  it('gives the same result for the same seed, and another for another', async () => {
    const of = async (seed: number, run: string) =>
      (
        await fitZjw04(settingsOf('nickel.extxyz', { starts: 2, coarse_steps: 2, steps: 2, spread: 0.2 }, { seed }), {
          directory: folder,
          runDirectory: run,
        })
      ).model.parameters;
    expect([...(await of(3, 'a'))]).to.deep.equal([...(await of(3, 'b'))]);
  });

  it('reads what it writes, and says what is wrong with a file', () => {
    const text = readFileSync(join(folder, 'adp', 'model.json'), 'utf8');
    expect(writeZjw04(readZjw04(text, 'm'))).to.equal(text);
    const wrong = (change: (json: Record<string, Record<string, unknown>>) => void, expected: RegExp): void => {
      const json = JSON.parse(text) as Record<string, Record<string, unknown>>;
      change(json);
      expect(() => readZjw04(JSON.stringify(json), 'model.json')).to.throw(InputError, expected);
    };
    wrong((json) => delete (json['parameters']!['Ni'] as Record<string, unknown>)['kappa'], /parameters\.Ni\.kappa must be a number/);
    wrong((json) => Object.assign(json['parameters']!['Mo']!, { re: -1 }), /parameters\.Mo\.re must be larger than 0/);
    wrong((json) => Object.assign(json, { kind: 'meam' }), /neither eam nor adp/);
    wrong((json) => Object.assign(json, { taperWidth: 9 }), /0 < taperWidth < cutoff/);
  });

  it('refuses targets without their element, and a taper that is wider than the cutoff', async () => {
    const fails = async (settings: ReturnType<typeof settingsOf>): Promise<Error> => {
      try {
        await fitZjw04(settings, { directory: folder, runDirectory: 'no' });
      } catch (error) {
        return error as Error;
      }
      throw new Error('nothing was thrown');
    };
    const targets = { properties: { c44: 130, lattice_constant: 3.5 } };
    expect((await fails(settingsOf('alloy.extxyz', {}, { targets }))).message).to.match(/properties of one element/);
    expect((await fails(settingsOf('nickel.extxyz', { taper_width: 6 }))).message).to.match(/taper_width/);
  });
});
