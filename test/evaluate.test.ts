import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InputError } from '../src/errors.js';
import { evaluate, loadModel, predictionsCsv } from '../src/evaluate.js';
import { builtinModel } from '../src/potentials/builtin.js';
import type { EamPotential } from '../src/potentials/eam.js';
import { EquationPotential, writeModel } from '../src/potentials/equation-potential.js';
import { evaluateEam } from '../src/potentials/evaluate-eam.js';
import { splined } from '../src/potentials/splined.js';
import type { Frame } from '../src/structures/structure.js';
import { soundFrames } from './datasets/audit/copper.js';

describe('evaluation of a model', () => {
  const frames = soundFrames().slice(0, 24);
  const sr2 = loadModel('sr2');

  it('gives the energies, forces and stresses of direct sums of the exact equations', () => {
    for (const name of ['sr1', 'sr2', 'sutton-chen-cu']) {
      const model = loadModel(name);
      const { predictions } = evaluate(model, [frames[3]!, frames[23]!]);
      [frames[3]!, frames[23]!].forEach((frame, i) => {
        const direct = evaluateEam(model.potential as EamPotential, frame);
        expect(predictions[i]!.energy! / frame.species.length).to.be.closeTo(direct.energy / frame.species.length, 1e-9);
        direct.forces.forEach((f, k) => {
          expect(predictions[i]!.forces![k]).to.be.closeTo(f, 1e-6);
        });
        direct.stress!.forEach((s, k) => {
          expect(predictions[i]!.stress![k]).to.be.closeTo(s, 1e-7);
        });
      });
    }
  });

  it('reports everything asked of it, in one object', () => {
    const { report } = evaluate(sr2, frames, { windows: [-3.78, -3.7] });
    expect(Object.keys(report)).to.have.members(['frames', 'atoms', 'referenceEnergy', 'energy', 'forces', 'stress', 'groups', 'windows']);
    expect(report.frames).to.equal(24);
    expect(report.atoms).to.equal(24 * 32);
    expect(report.referenceEnergy).to.equal(0);
    expect(Object.keys(report.groups)).to.deep.equal(['bulk', 'thermal']);
    expect(report.windows.map((w) => [w.from, w.to])).to.deep.equal([
      [null, -3.78],
      [-3.78, -3.7],
      [-3.7, null],
    ]);
    expect(report.windows.reduce((sum, w) => sum + w.frames, 0)).to.equal(24);
    const bare = evaluate(
      sr2,
      frames.map(({ forces: _, stress: __, ...rest }): Frame => rest),
    ).report;
    expect(bare.forces).to.equal(null);
    expect(bare.stress).to.equal(null);
    expect(bare.energy!.mae).to.be.above(0);
  });

  it('fits the reference energy only when asked: the constant with the least absolute deviations', () => {
    const model = loadModel('sutton-chen-cu');
    // labels from the model itself, shifted, with two wrong ones
    const labelled = frames.map((frame, i) => ({
      ...frame,
      energy: evaluateEam(model.potential as EamPotential, frame).energy + (i < 2 ? 500 : -0.75 * 32),
    }));
    expect(evaluate(model, labelled).report.referenceEnergy).to.equal(0);
    const { report, predictions } = evaluate(model, labelled, { fitReference: true });
    expect(report.referenceEnergy).to.be.closeTo(-0.75, 1e-9);
    expect(predictions[5]!.energy).to.be.closeTo(labelled[5]!.energy, 1e-6);
    expect(evaluate({ ...model, referenceEnergies: { Cu: -0.75 } }, labelled).report.windows[0]!.energy!.max).to.be.below(1e-8);
  });

  it('writes predictions as CSV', () => {
    const two: Frame[] = [{ ...frames[0]!, source: 'odd, "name"' }, { ...frames[1]! }];
    delete two[1]!.energy;
    const lines = predictionsCsv(two, [{ energy: -64 }, { energy: -32 }]).split('\n');
    expect(lines).to.deep.equal([
      'index,source,natoms,reference_energy_per_atom,predicted_energy_per_atom',
      `0,"odd, ""name""",32,${frames[0]!.energy! / 32},-2`,
      '1,frame-1,32,,-1',
      '',
    ]);
  });

  it('refuses what it cannot evaluate and says where', () => {
    const silver = frames.map((f, i) => (i === 2 ? { ...f, species: f.species.map(() => 'Ag') } : f));
    expect(() => evaluate(sr2, silver)).to.throw(InputError, /^copper\.extxyz:69: the model has no element Ag \(it has Cu\)/);
    expect(() => evaluate(sr2, frames, { windows: [-3, -3.5] })).to.throw(InputError, /do not grow/);
    const blank = frames.map(({ energy: _, ...rest }): Frame => rest);
    expect(() => evaluate(sr2, blank, { fitReference: true })).to.throw(InputError, /no frame has an energy/);
    expect(evaluate(sr2, blank).report.energy).to.equal(null);
  });

  describe('models by name', () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'eqpot-evaluate-'));
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    it('are run directories, model.json and built-in ones', () => {
      const model = { ...builtinModel('sr2'), title: 'mine', referenceEnergies: { Cu: -0.2 } };
      mkdirSync(join(folder, 'run'));
      writeFileSync(join(folder, 'run', 'model.json'), writeModel(model));
      for (const path of [join(folder, 'run'), join(folder, 'run', 'model.json')]) {
        const loaded = loadModel(path);
        expect(loaded.kind).to.equal('equation');
        expect(loaded.referenceEnergies).to.deep.equal({ Cu: -0.2 });
        const a = evaluate(loaded, frames.slice(0, 1)).predictions[0]!.energy!;
        expect(a).to.be.closeTo(evaluate(sr2, frames.slice(0, 1)).predictions[0]!.energy! - 0.2 * 32, 1e-6);
      }
    });

    it('are LAMMPS files', () => {
      const n = 400;
      const dr = 6 / (n - 1);
      const numbers = (f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i).toPrecision(17)).join('\n');
      const text = `one\ntwo\nthree\n1 Cu\n${n} 0.01 ${n} ${dr} 6.0\n29 63.546 3.615 fcc\n${numbers((i) => -Math.sqrt(0.01 * i))}\n${numbers((i) => Math.max(0, 1 - (i * dr) / 6) ** 3)}\n${numbers((i) => i * dr * Math.max(0, 1 - (i * dr) / 6) ** 4)}\n`;
      const path = join(folder, 'made-up.eam.alloy');
      writeFileSync(path, text);
      const loaded = loadModel(path);
      expect(loaded.kind).to.equal('tabulated');
      const { predictions } = evaluate(loaded, [frames[4]!]);
      expect(predictions[0]!.energy).to.equal(evaluateEam(loaded.potential as EamPotential, frames[4]!).energy);
    });

    it('are named when they do not exist', () => {
      expect(() => loadModel('sr3')).to.throw(InputError, /sr3: there is no such model\n.*sr1, sr2, sutton-chen-cu/);
      expect(() => loadModel(folder)).to.throw(InputError, /has no model\.json/);
    });
  });

  it('tabulates radial functions without visible error, up to the kink at the cutoff', () => {
    const exact = new EquationPotential(builtinModel('sr2'));
    const fast = splined(exact);
    const [a, b] = [new Float64Array(1), new Float64Array(1)];
    for (let r = 0.5; r < 8.1; r += 0.0137) {
      const value = exact.pair().evaluate(r, b);
      expect(fast.pair(0, 0).evaluate(r, a)).to.be.closeTo(value, 1e-9 * (1 + Math.abs(value)));
      expect(a[0]).to.be.closeTo(b[0]!, 1e-6 * (1 + Math.abs(b[0]!)));
    }
    expect(fast.density(0, 0).evaluate(8 - 1e-7, a)).to.be.closeTo(exact.density().evaluate(8 - 1e-7, b), 1e-12);
    expect(fast.pair(0, 0).evaluate(8, a)).to.equal(0);
  });
});
