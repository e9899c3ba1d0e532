import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { settingsSchema } from '../../src/config/schema.js';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { type Progress, SILENT } from '../../src/engines/progress.js';
import { StopController } from '../../src/engines/stop.js';
import { StoppedError } from '../../src/errors.js';
import { readCommittee } from '../../src/potentials/committee-file.js';
import { EquationPotential } from '../../src/potentials/equation-potential.js';
import { extrapolationMeasure } from '../../src/potentials/extrapolation.js';
import { type FitResult, fit } from '../../src/workflows/fit.js';
import { labelledCells } from '../labelled-cells.js';

/** files that may not depend on how a run was cut up; report and metrics hold times and versions */
const RESULT = ['model.json', 'committee.json', 'hall_of_fame.csv', 'equation.txt', 'predictions.csv', 'pair.table'];

describe('fit', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-workflow-'));
    writeFileSync(join(folder, 'cu.extxyz'), writeExtxyz(labelledCells()));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const settings = (changes: object = {}) =>
    settingsSchema.parse({
      data: { files: ['cu.extxyz'], folds: 2, audit: 'keep' },
      reference_energy: 0,
      // two cutoffs, one restart of each
      network: { cutoff: [5, 4] },
      search: { restarts: 1, steps: 60 },
      refine: { steps: 30, candidates: 1 },
      export: { proof_frames: 2 },
      uncertainty: { committee: 4, front: 1 },
      workers: 1,
      ...changes,
    });
  const content = (run: string) => Object.fromEntries(RESULT.map((name) => [name, readFileSync(join(folder, run, name), 'utf8')]));
  const run = (name: string, changes?: object, more = {}): Promise<FitResult> =>
    fit(settings(changes), { directory: folder, runDirectory: name, ...more });

  /** a run that stops as soon as the given phase has begun and has said something */
  async function stopped(name: string, phase: string, resume: boolean): Promise<void> {
    const stop = new StopController({ signals: false, announce: () => {} });
    const progress: Progress = {
      ...SILENT,
      phase: (begun) => {
        if (begun === phase) setTimeout(() => stop.request('a test'), 150);
      },
    };
    try {
      await run(name, {}, { stop, resume, progress });
      expect.fail('the run was not stopped');
    } catch (error) {
      expect(error, String(error)).to.be.instanceOf(StoppedError);
    } finally {
      stop.dispose();
    }
  }

  it('gives the same files with one thread, with two, and when it was stopped in its search, its finish and its proof', async function () {
    this.timeout(180_000);
    const whole = await run('whole');
    expect(whole.proof.passed).to.equal(true);
    expect(whole.assessment.crossValidation!.energy!.mae).to.be.above(0);
    expect(whole.front.filter(({ chosen }) => chosen)).to.have.length(1);
    expect(new Set(whole.front.map(({ cutoff }) => cutoff)).size, 'cutoffs on the front').to.equal(2);
    const committee = readCommittee(content('whole')['committee.json']!, 'committee.json');
    expect(committee.members.map(({ kind }) => kind)).to.have.members(['bootstrap', 'bootstrap', 'bootstrap', 'bootstrap', 'front']);
    const measure = extrapolationMeasure(new EquationPotential(whole.model), whole.model.range!);
    for (const frame of labelledCells()) expect(measure(frame).value, 'the data are no extrapolation').to.equal(0);
    await run('threads', { workers: 2 });
    expect(content('threads')).to.deep.equal(content('whole'));
    await stopped('cut', 'search', false);
    expect(readdirSync(join(folder, 'cut'))).to.deep.equal(['checkpoint']);
    await stopped('cut', 'proof', true);
    await run('cut', {}, { resume: true });
    expect(content('cut')).to.deep.equal(content('whole'));
    expect(readdirSync(join(folder, 'cut'))).not.to.include('checkpoint');
  });

  it('moves the state of an unfinished run aside when it starts again', async function () {
    this.timeout(60_000);
    await stopped('again', 'search', false);
    await stopped('again', 'search', false);
    expect(readdirSync(join(folder, 'again'))).to.include('checkpoint-old');
  });

  it('names frames as the settings name their file, and lists what the audit found in frames that were kept', async function () {
    this.timeout(60_000);
    const frames = labelledCells();
    // the same structure with another energy
    frames.push({ ...frames[3]!, energy: frames[3]!.energy! + 0.5 });
    writeFileSync(join(folder, 'odd.extxyz'), writeExtxyz(frames));
    await run('odd', { data: { files: ['odd.extxyz'], folds: 0, audit: 'keep' } });
    const report = readFileSync(join(folder, 'odd/report.html'), 'utf8');
    expect(report).not.to.include(folder);
    const { kept } = JSON.parse(readFileSync(join(folder, 'odd/metrics.json'), 'utf8')).audit;
    expect(kept.map(({ source }: { source: string }) => source).join()).to.include('odd.extxyz');
    expect(report).to.include(kept[0].reason);
  });
});
