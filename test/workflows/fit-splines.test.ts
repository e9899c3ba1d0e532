import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { settingsSchema } from '../../src/config/schema.js';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { StopController } from '../../src/engines/stop.js';
import { InputError, StoppedError } from '../../src/errors.js';
import { evaluate, loadModel } from '../../src/evaluate.js';
import { RandomStream } from '../../src/math/random.js';
import { fitSplines } from '../../src/workflows/fit-splines.js';
import { potentialFrom } from '../../src/workflows/validate/potential.js';
import { labelledFrames } from '../fitting/splines/problem.js';
import { randomSMeam } from '../potentials/splines.js';
import { parseXml } from '../report/xml.js';

const SPLINES = {
  cutoff: 4.5,
  angular_cutoff: 4,
  knots: { phi: 5, rho: 4, u: 4, f: 4, g: 4 },
  starts: 2,
  keep: 1,
  coarse_atoms: 30,
  coarse_steps: 4,
  steps: 5,
};

describe('workflows/fit-splines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'eqpot-splines-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const frames = labelledFrames(
    { ...randomSMeam(['Ti', 'O'], 'all', RandomStream.fromSeed(3)), referenceEnergies: { Ti: -1, O: -2 } },
    9,
    6,
    1,
  );
  writeFileSync(join(folder, 'made.extxyz'), writeExtxyz(frames));
  const settingsOf = (more: object = {}) =>
    settingsSchema.parse({
      form: 's-meam',
      data: { files: ['made.extxyz'], folds: 2, test_fraction: 0.2, audit: 'keep' },
      splines: SPLINES,
      export: { core: 'none', proof_frames: 2 },
      ...more,
    });

  it('leaves a potential of two elements that LAMMPS confirms, evaluate and validate read, and a report', async () => {
    const result = await fitSplines(settingsOf(), { directory: folder, runDirectory: 'run' });
    expect(result.files).to.have.members([
      'model.json',
      'potential.meam.spline',
      'pair.in',
      'metrics.json',
      'predictions.csv',
      'report.html',
    ]);
    expect(result.proof.passed).to.equal(true);
    const model = loadModel(join(folder, 'run'));
    expect(model.kind).to.equal('splines');
    const { report } = evaluate(model, frames);
    expect(report.energy!.mae).to.be.below(2);
    expect(result.assessment.crossValidation!.energy!.mae).to.be.above(0);
    const metrics = JSON.parse(readFileSync(join(folder, 'run', 'metrics.json'), 'utf8'));
    expect(metrics.parameters).to.equal(result.parameters);
    expect(metrics.lammps.passed).to.equal(true);
    const tested = potentialFrom(join(folder, 'run'));
    expect(tested.pairLines).to.equal('pair_style meam/spline\npair_coeff * * potential.meam.spline Ti O\n');
    const html = readFileSync(join(folder, 'run', 'report.html'), 'utf8');
    parseXml(html);
    for (const name of ['φ of Ti-O', 'g of O-O', 'ρ of Ti', 'U of O', 'Cross-validation', 'Agreement with LAMMPS'])
      expect(html).to.include(name);
  });

  it('goes on from the starts that are done', async () => {
    const lines: string[] = [];
    const stop = new StopController({ signals: false, announce: () => {} });
    const progress = {
      line: (text: string) => lines.push(text),
      phase: (name: string) => {
        if (name === 'refine') stop.request('test');
      },
      update: () => {},
      done: () => {},
      end: () => {},
    };
    const options = { directory: folder, runDirectory: 'stopped', progress } as never as Parameters<typeof fitSplines>[1];
    let error: unknown;
    await fitSplines(settingsOf(), { ...options, stop }).catch((caught) => {
      error = caught;
    });
    expect(error).to.be.instanceOf(StoppedError);
    stop.dispose();
    expect(existsSync(join(folder, 'stopped', 'checkpoint', 'restart-1.state'))).to.equal(true);
    const { loss } = await fitSplines(settingsOf(), { ...options, resume: true });
    expect(lines.join('\n')).to.include('resuming: 2 of 2 starts are done');
    expect(loss).to.be.above(0);
    expect(existsSync(join(folder, 'stopped', 'checkpoint'))).to.equal(false);
  });

  for (const [what, more, message] of [
    ['angles beyond the cutoff', { splines: { ...SPLINES, angular_cutoff: 5 } }, /angular_cutoff is 5 Å, more than/],
    ['a domain without zero', { splines: { ...SPLINES, domain: [0.5, 1] } }, /splines\.domain/],
    ['an element that is not there', { element: 'Cu' }, /name the element Cu/],
  ] as const)
    it(`is refused with ${what}`, async () => {
      let error: unknown;
      await fitSplines(settingsOf(more), { directory: folder, runDirectory: 'refused' }).catch((caught) => {
        error = caught;
      });
      expect(error).to.be.instanceOf(InputError);
      expect((error as Error).message).to.match(message);
    });
});
