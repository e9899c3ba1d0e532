import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { settingsSchema } from '../../src/config/schema.js';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { SILENT } from '../../src/engines/progress.js';
import { InputError, VerificationError } from '../../src/errors.js';
import { evaluate, loadModel } from '../../src/evaluate.js';
import { targetValue } from '../../src/fitting/targets.js';
import { frameUncertainties } from '../../src/frame-uncertainty.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { ELEMENT_PARAMETERS, Zjw04Form } from '../../src/potentials/zjw04/form.js';
import { readZjw04, writeZjw04 } from '../../src/potentials/zjw04/json.js';
import { zjw04Potential } from '../../src/potentials/zjw04/model.js';
import { publishedZjw04 } from '../../src/potentials/zjw04/published.js';
import { cubic } from '../../src/structures/lattices.js';
import { buildTargets } from '../../src/targets/build.js';
import { givenCrystalFunctional } from '../../src/targets/given-crystal.js';
import { writeCard } from '../../src/workflows/card.js';
import { exportPotential } from '../../src/workflows/export.js';
import { fitZjw04 } from '../../src/workflows/fit-zjw04.js';
import { readFront } from '../../src/workflows/front-file.js';
import { prepareZjw04 } from '../../src/workflows/prepare-zjw04.js';
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
    for (const words of ['F_high(n) =', 'omega(r) =', 'μ of Mo-Ni', 'ω of Mo-Mo', 'F of Ni', 'Fn2', 'lambda'])
      expect(page).to.contain(words);
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
    // what it was fitted to is inside of what it has seen; half the distances are not
    const model = loadModel(join(folder, 'both'));
    const [frame] = made(['Ni']);
    const squeezed = { ...frame!, cell: frame!.cell.map((x) => x / 2), positions: frame!.positions.map((x) => x / 2) };
    const [inside, outside] = frameUncertainties(model, undefined, [frame!, squeezed]);
    expect(inside!.extrapolation!.value).to.equal(0);
    expect(outside!.extrapolation!.distance).to.be.above(0.5);
    expect(frameUncertainties(loadModel(join(folder, 'adp')), undefined, made(['Ni', 'Mo']))[0]!.extrapolation).to.equal(undefined);
  });

  it('keeps the scale of densities that the settings give', async () => {
    const settings = settingsOf('nickel.extxyz', { starts: 2, coarse_steps: 3, steps: 2, spread: 0.2, rho_e: 4.5 });
    const { model, parameters } = await fitZjw04(settings, { directory: folder, runDirectory: 'scale' });
    const form = new Zjw04Form(model);
    expect(model.parameters[form.at('Ni', 'rho_e')]).to.be.closeTo(4.5, 1e-12);
    expect(parameters).to.equal(form.size - 1);
  });

  it('says that it has no card and no front', () => {
    expect(() => writeCard(join(folder, 'adp'))).to.throw(InputError, /holds a fit of Zjw04 functions/);
    expect(() => readFront(join(folder, 'adp'))).to.throw(InputError, /only fits of closed equations of one element/);
  });

  it('is exported with its core or without, as its own kind of file, and not passed when it is not sound', async () => {
    const settings = settingsOf('nickel.extxyz', { starts: 1, coarse_steps: 1, steps: 1 }, { export: { core: 'zbl', proof_frames: 1 } });
    await fitZjw04(settings, { directory: folder, runDirectory: 'core' }).catch(() => undefined);
    const out = (core: 'zbl' | 'none') =>
      exportPotential(join(folder, 'core'), join(folder, `export-${core}`), { core }).catch((error: Error) => error);
    const [given, bare] = [await out('zbl'), await out('none')];
    const text = (core: string) => readFileSync(join(folder, `export-${core}`, 'potential.eam.alloy'), 'latin1');
    expect(text('zbl')).not.to.equal(text('none'));
    expect(bare).to.have.nested.property('proof.passed', true);
    const { notSound } = JSON.parse(readFileSync(join(folder, 'core', 'metrics.json'), 'utf8')) as { notSound?: unknown[] };
    if (notSound?.length) expect(given).to.be.instanceOf(VerificationError);
    else expect(given).to.have.nested.property('proof.passed', true);
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

  it('starts from former fits: of single elements, or of the alloy, whose targets may be of several crystals', async () => {
    const prior = (start: string[]) => {
      const { problem } = prepareZjw04(settingsOf('alloy.extxyz', { kind: 'adp', start }), folder, SILENT);
      const form = new Zjw04Form(problem.form);
      return (of: string, name: string) => problem.prior[form.at(of, name)]!;
    };
    const parameters = (run: string) => {
      const model = readZjw04(readFileSync(join(folder, run, 'model.json'), 'utf8'), run);
      return (of: string, name: string) => model.parameters[new Zjw04Form(model).at(of, name)]!;
    };
    await fitZjw04(settingsOf('nickel.extxyz', { kind: 'eam', starts: 1, steps: 1 }), { directory: folder, runDirectory: 'element' });
    const [element, alloy] = [parameters('element'), parameters('adp')];
    const fromElement = prior(['element']);
    const published = (name: 'beta') => publishedZjw04('Mo')[ELEMENT_PARAMETERS.indexOf(name)]!;
    expect(fromElement('Ni', 'beta')).to.equal(element('Ni', 'beta'));
    expect(fromElement('Mo', 'beta')).to.equal(published('beta'));
    expect(fromElement('Mo-Ni', 'beta')).to.be.closeTo((element('Ni', 'beta') + published('beta')) / 2, 1e-12);
    expect(fromElement('Ni', 'r0')).to.equal(0.75 * 5);
    const fromBoth = prior(['adp', 'element']);
    expect(fromBoth('Ni', 'fe')).to.equal(element('Ni', 'fe'));
    for (const [of, name] of [
      ['Mo', 'fe'],
      ['Ni-Mo', 'A'],
      ['Ni', 'd1'],
    ] as const)
      expect(fromBoth(of, name), `${of} ${name}`).to.equal(alloy(of, name));

    const ordered = cubic('fcc', 'Ni', 3.52);
    ordered.species[0] = 'Mo';
    writeFileSync(
      join(folder, 'ordered.extxyz'),
      writeExtxyz([{ ...ordered, configType: 'x', source: '', origin: { file: '', index: 0 } }]),
    );
    const targets = [
      { element: 'Ni', properties: { lattice_constant: 3.52, c44: 130 } },
      { element: 'Mo', properties: { lattice_constant: 3.16 } },
      { crystal: 'ordered.extxyz', properties: { c11: 300, c44: 100, lattice_constant: 3.6 }, rounds: 1 },
    ];
    const both = await fitZjw04(
      settingsOf('alloy.extxyz', { kind: 'adp', start: 'adp', starts: 1, coarse_steps: 1, steps: 1 }, { targets }),
      {
        directory: folder,
        runDirectory: 'both',
      },
    );
    const names = ['Ni lattice_constant', 'Ni c44', 'Mo lattice_constant', 'ordered c11', 'ordered c44', 'ordered lattice_constant'];
    expect(both.targets.map(({ name }) => name)).to.deep.equal(names);
    // the values are those of structures that the result itself has relaxed, or that it would move by next to nothing
    const potential = zjw04Potential(both.model);
    const functional = givenCrystalFunctional('c44', { cell: ordered, bulkModulus: 150 });
    const { list, structures } = buildTargets([{ name: 'c44', value: 100, tolerance: 2, weight: 1, functional }], potential);
    const energies = structures.map((one) => evaluateEam(potential, one).energy / one.species.length);
    expect(both.targets[4]!.found).to.be.closeTo(targetValue(list[0]!, energies), 0.35 * 2);
    expect(both.proof.passed).to.equal(true);
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

  it('refuses targets without their element, starts of other forms, and a taper that is wider than the cutoff', async () => {
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
    const others = { element: 'Cu', ...targets };
    expect((await fails(settingsOf('alloy.extxyz', {}, { targets: [others] }))).message).to.match(
      /of Cu, but the data holds Mo, Ni|of Cu, but the data holds Ni, Mo/,
    );
    expect((await fails(settingsOf('nickel.extxyz', { taper_width: 6 }))).message).to.match(/taper_width/);
    expect((await fails(settingsOf('nickel.extxyz', { start: 'sr2' }))).message).to.match(/another form/);
    expect((await fails(settingsOf('nickel.extxyz', { start: ['nowhere'] }))).message).to.match(/zjw04\.start: nowhere/);
  });
});
