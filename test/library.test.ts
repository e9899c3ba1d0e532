import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  builtinModel,
  EquationPotential,
  evaluate,
  evaluateEam,
  exportAdp,
  exportEamAlloy,
  exportEamFs,
  type Frame,
  fit,
  InputError,
  loadModel,
  type SettingsInput,
  StoppedError,
  writeExtxyz,
} from '../src/index.js';
import { readTabulatedEam } from '../src/potentials/tabulated-eam.js';
import { cubic } from '../src/structures/lattices.js';
import { toyAdp } from './export/models.js';
import { labelledCells } from './labelled-cells.js';

describe('the library', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-library-'));
    writeFileSync(join(folder, 'cu.extxyz'), writeExtxyz(labelledCells()));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  describe('evaluate', () => {
    const cell = 3.6;
    const plain = { cell: [cell, 0, 0, 0, cell, 0, 0, 0, cell], species: ['Cu'], positions: [0, 0, 0], energy: -2 };

    it('takes models by name, as loaded, as equation and as functions', () => {
      const frames = labelledCells().slice(0, 2);
      const energies = [
        'sutton-chen-cu',
        loadModel('sutton-chen-cu'),
        builtinModel('sutton-chen-cu'),
        { model: builtinModel('sutton-chen-cu') },
      ].map((model) => evaluate(model, frames).predictions.map((prediction) => prediction.energy));
      const functions = new EquationPotential(builtinModel('sutton-chen-cu'));
      energies.push(evaluate(functions, frames).predictions.map((prediction) => prediction.energy));
      for (const list of energies) expect(list).to.deep.equal(energies[0]);
      expect(energies[0]![0]).to.be.below(-8);
    });

    it('takes files, and frames as a program writes them', () => {
      const path = join(folder, 'cu.extxyz');
      const one = evaluate('sutton-chen-cu', path);
      expect(one.report.frames).to.equal(18);
      expect(one.frames[17]!.source).to.equal('sc-5');
      expect(evaluate('sutton-chen-cu', [path]).report).to.deep.equal(one.report);
      const { report, frames } = evaluate('sutton-chen-cu', [plain, { ...plain, configType: 'other' }]);
      expect(Object.keys(report.groups)).to.deep.equal(['default', 'other']);
      expect(report.energy!.mae).to.be.above(0);
      expect(frames[1]!.pbc).to.deep.equal([true, true, true]);
    });

    it('says what is wrong with what it is given', () => {
      const cases: [() => unknown, RegExp][] = [
        [() => evaluate('sr9', [plain]), /^sr9: there is no such model/],
        [() => evaluate(undefined as never, [plain]), /^expected a model, found nothing\n.*built-in name/],
        [() => evaluate({} as never, [plain]), /^expected a model, found an object/],
        [() => evaluate('sr2', undefined as never), /^expected data, found nothing/],
        [() => evaluate('sr2', []), /^expected data, found an empty list/],
        [() => evaluate('sr2', [plain, 3] as never), /^frame 1: expected species/],
        [() => evaluate('sr2', [{ ...plain, positions: [0, 0] }]), /^frame 0: expected 3 numbers as positions, found 2/],
        [() => evaluate('sr2', [{ ...plain, cell: undefined as never }]), /^frame 0: expected 9 numbers as cell, found nothing/],
        [() => evaluate('sr2', [{ ...plain, forces: [0, Number.NaN, 0] }]), /^frame 0: forces\[1\] is not a finite number/],
        [() => evaluate('sr2', [{ ...plain, energy: '-3' as never }]), /^frame 0: energy is not a finite number/],
        [() => evaluate('sr2', [{ ...plain, species: ['Ag'] }]), /the model has no element Ag/],
        [() => evaluate('sr2', join(folder, 'none.xyz')), /there is no such file/],
      ];
      for (const [act, message] of cases) expect(act, String(message)).to.throw(InputError, message);
    });
  });

  it('writes LAMMPS tables of a model by name, as an equation, or with everything given', () => {
    const potential = new EquationPotential(builtinModel('sutton-chen-cu'));
    const { text, errorEstimate } = exportEamFs('sutton-chen-cu', { accuracy: 1e-5 });
    expect(errorEstimate).to.be.below(1e-5);
    const read = readTabulatedEam(text, { file: 'cu.eam.fs' });
    const slope = new Float64Array(1);
    expect(read.pair(0, 0).evaluate(2.55, slope)).to.be.closeTo(potential.pair().evaluate(2.55, slope), 1e-5);
    expect(exportEamFs(builtinModel('sutton-chen-cu'), { accuracy: 1e-5 }).text).to.equal(text);
    expect(exportEamAlloy('sutton-chen-cu', { accuracy: 1e-5 }).text.split('\n')[3]).to.match(/^1 Cu/);
    const given = { potential, title: 'mine', citation: 'me', date: '2025-01-01', rMin: 1.6, rhoMax: 60 };
    expect(exportEamFs(given, { accuracy: 1e-5 }).text.split('\n').slice(0, 3).join()).to.include('mine');
    const angular = exportAdp(toyAdp(), { accuracy: 1e-3, maxDensityPoints: 2000 });
    expect(evaluateEam(readTabulatedEam(angular.text), cubic('fcc', 'Al', 4)).energy).to.be.closeTo(
      evaluateEam(toyAdp(), cubic('fcc', 'Al', 4)).energy,
      4e-3,
    );
    expect(() => exportEamFs({} as never)).to.throw(InputError, /expected a model/);
  });

  describe('fit', () => {
    const quick: SettingsInput = {
      data: { files: ['cu.extxyz'], folds: 0, audit: 'keep' },
      reference_energy: 0,
      network: { cutoff: 5 },
      // so short a search need not find an equation that is sound at all distances
      loss: { negative_density: false },
      search: { restarts: 1, steps: 40 },
      refine: { steps: 20, candidates: 1 },
      export: { proof_frames: 1 },
      workers: 1,
    };

    it('takes settings as one writes them and leaves the files of a fit', async () => {
      const result = await fit(quick, { directory: folder, runDirectory: 'run' });
      expect(result.directory).to.equal(join(folder, 'run'));
      expect(result.proof.passed).to.equal(true);
      expect(readdirSync(result.directory)).to.include.members(['model.json', 'report.html', 'potential.eam.fs']);
      expect(readFileSync(join(folder, 'run', 'report.html'), 'utf8')).to.include('proof_frames: 1');
      // the finished fit is a model of the other functions
      const { report } = evaluate(result, join(folder, 'cu.extxyz'));
      expect(report.energy!.mae).to.be.closeTo(result.assessment.fitted.energy!.mae, 1e-12);
    });

    it('takes a settings file, whose folder is where everything starts, and minds its time limit', async () => {
      const path = join(folder, 'copper.yaml');
      writeFileSync(path, JSON.stringify({ ...quick, max_time: '0.001s', data: { files: ['cu.extxyz'], audit: 'keep' } }));
      let error: unknown;
      await fit(path).catch((thrown: unknown) => {
        error = thrown;
      });
      expect(error).to.be.instanceOf(StoppedError);
      expect((error as Error).message).to.include('time limit');
    });

    it('says what is wrong before anything starts', async () => {
      const failure = async (settings: unknown): Promise<string> => {
        try {
          await fit(settings as SettingsInput, { directory: folder, runDirectory: 'none' });
        } catch (error) {
          expect(error).to.be.instanceOf(InputError);
          return (error as Error).message;
        }
        return 'nothing is wrong';
      };
      expect(await failure(undefined)).to.match(/^expected settings, found nothing\n/);
      expect(await failure([])).to.match(/^expected settings, found a list/);
      expect(await failure({ ...quick, sead: 1, network: { cutoff: 'far' } })).to.match(
        /cutoff: expected a number[\s\S]*did you mean 'seed'/,
      );
      expect(await failure({ data: { files: ['none.extxyz'] } })).to.include('there is no data file none.extxyz');
      expect(await failure(join(folder, 'none.yaml'))).to.include('there is no such settings file');
      expect(await failure({ ...quick, element: 'Ni' })).to.equal('the settings name the element Ni, but the data holds Cu');
      expect(readdirSync(folder)).not.to.include('none');
    });
  });

  it('gives frames that can be written and evaluated as they are', () => {
    const frames: Frame[] = evaluate('sr2', labelledCells().slice(0, 1)).frames;
    expect(frames).to.deep.equal(labelledCells().slice(0, 1));
  });
});
