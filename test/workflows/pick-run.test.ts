import { appendFileSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { settingsSchema } from '../../src/config/schema.js';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { InputError } from '../../src/errors.js';
import { loadModel } from '../../src/load-model.js';
import { type FitResult, fit } from '../../src/workflows/fit.js';
import { type FrontRow, readFront } from '../../src/workflows/front-file.js';
import { chooseRow, pickFromRun } from '../../src/workflows/pick-run.js';
import { labelledCells } from '../labelled-cells.js';

const row = (complexity: number, loss: number, cutoff: number, mdCost: number): FrontRow =>
  ({ row: complexity / 10, complexity, loss, cutoff, mdCost }) as FrontRow;

describe('chooseRow', () => {
  const rows = [row(10, 9e-3, 5, 0.3), row(20, 4e-3, 5, 0.3), row(30, 5e-3, 4, 0.2), row(40, 1e-3, 6, 0.5)];

  it('takes the row, the best within limits, or the simplest that is good enough', () => {
    expect(chooseRow({ rows }, { row: 3 })).to.equal(rows[2]);
    expect(chooseRow({ rows }, { maxComplexity: 35 })).to.equal(rows[1]);
    expect(chooseRow({ rows }, { maxLoss: 5e-3 })).to.equal(rows[1]);
    expect(chooseRow({ rows }, { cutoff: 4, maxLoss: 5e-3 })).to.equal(rows[2]);
    expect(chooseRow({ rows }, { cutoff: 6 })).to.equal(rows[3]);
  });

  it('says what there is when nothing fits', () => {
    for (const choice of [{ row: 9 }, { maxComplexity: 5 }, { maxLoss: 1e-4 }, { cutoff: 7 }, { cutoff: 4, maxLoss: 1e-3 }])
      expect(() => chooseRow({ rows }, choice)).to.throw(InputError, /rows 1 to 4: 10 to 40 nodes.*cutoffs of 4, 5, 6 Å/s);
  });
});

describe('pickFromRun', () => {
  let folder: string;
  let found: FitResult;
  before(async function () {
    this.timeout(300_000);
    folder = mkdtempSync(join(tmpdir(), 'eqpot-pick-'));
    writeFileSync(join(folder, 'cu.extxyz'), writeExtxyz(labelledCells()));
    const settings = settingsSchema.parse({
      data: { files: ['cu.extxyz'], folds: 0, audit: 'keep' },
      reference_energy: 0,
      network: { cutoff: [5, 4] },
      search: { restarts: 1, steps: 30 },
      refine: { steps: 20, candidates: 1 },
      export: { proof_frames: 1 },
      uncertainty: { committee: 0, front: 0 },
      workers: 1,
    });
    found = await fit(settings, { directory: folder, runDirectory: 'run' });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('makes a folder like that of the fit from another equation, wherever the run has been moved', async function () {
    this.timeout(180_000);
    const target = found.front.findIndex(({ chosen, cutoff }) => !chosen && cutoff === 4);
    expect(target, 'a front of several equations').to.be.at.least(0);
    const wanted = found.front[target]!;
    renameSync(join(folder, 'run'), join(folder, 'moved'));
    const picked = await pickFromRun(join(folder, 'moved'), { row: wanted.row });
    const directory = join(folder, `moved/picked-${wanted.row}`);
    expect(picked.directory).to.equal(directory);
    expect(readdirSync(directory)).to.have.members(found.files);
    expect(picked.proof.passed).to.equal(true);
    expect(picked.model.cutoff).to.equal(4);
    // the gauge may move a term, nothing else
    expect(picked.complexity).to.be.at.most(wanted.complexity);
    // refined, and rounded to within a thousandth of the loss and of what rounding stops at
    expect(picked.loss).to.be.at.most(wanted.loss * 1.02);
    const { front } = picked;
    expect(front.map(({ row: k }) => k)).to.deep.equal(front.map((_, k) => k + 1));
    expect(front.filter(({ chosen }) => chosen)).to.have.length(1);
    expect(front).to.have.length(found.front.length);
    expect(readFront(directory).rows).to.deep.equal(JSON.parse(JSON.stringify(front)));
    expect(readFront(directory).directory).to.equal(folder);
    expect(loadModel(directory)).not.to.have.property('warnings');
  });

  it('refuses data that has changed, and folders without a front', async () => {
    const original = readFileSync(join(folder, 'cu.extxyz'), 'utf8');
    appendFileSync(join(folder, 'cu.extxyz'), original);
    const refusal = await pickFromRun(join(folder, 'moved'), { row: 1 }).catch((error) => error);
    writeFileSync(join(folder, 'cu.extxyz'), original);
    expect(refusal).to.be.instanceOf(InputError);
    expect(refusal.message).to.include('cu.extxyz').and.to.include('not that of the run');
    expect(() => readFront(folder)).to.throw(InputError, /front\.json/);
  });

  it('warns of a model whose proof has failed', () => {
    const run = join(folder, 'moved');
    const file = join(run, 'metrics.json');
    const metrics = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...metrics, lammps: { ...metrics.lammps, passed: false } }));
    expect(loadModel(run).warnings!.join()).to.include('LAMMPS did not agree');
  });
});
