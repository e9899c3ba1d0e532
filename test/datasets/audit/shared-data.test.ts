import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { applyAudit, audit } from '../../../src/audit.js';
import { runAudit } from '../../../src/datasets/audit/run.js';
import { readFrames } from '../../../src/datasets/read.js';
import { evaluate, loadModel } from '../../../src/evaluate.js';
import { FlexibleModel } from '../../../src/fitting/flexible.js';

const FOLDER = '../shared/data';

/** Published sets; tests with them are skipped where the folder is absent. */
function path(context: Mocha.Context, name: string): string {
  const file = `${FOLDER}/${name}.extxyz`;
  if (!existsSync(file)) {
    console.log(`      skipped: there is no ${file}`);
    context.skip();
  }
  return file;
}

describe('audit of published data', () => {
  it('finds the strained copper crystals whose coordinates belong to another cell, and no others, and mends them', function () {
    const { frames } = readFrames([path(this, 'cu-symbolic')]);
    const report = audit(frames, { cutoff: 8 });
    const number = (i: number) => Number(frames[i]!.source.slice('Struct_'.length));
    const found = [...report.mended.keys()].map(number).sort((a, b) => a - b);
    // forty frames of the two strained series; 211 and 253 are the unstrained ones of their series, so nothing is wrong with them,
    // and 198 and 246 are not in the file
    const series = [...Array.from({ length: 21 }, (_, k) => 198 + k), ...Array.from({ length: 21 }, (_, k) => 240 + k)];
    expect(found).to.deep.equal(series.filter((n) => ![198, 211, 246, 253].includes(n)));
    expect(report.findings.filter((f) => f.severity === 'error').every((f) => f.check === 'cells')).to.equal(true);
    // the published SR2 as an independent witness: within 5 meV/atom of all of them once mended, more than 1 eV/atom off before
    const { mended } = applyAudit(frames, report, 'mend');
    const errors = (set: typeof frames) => evaluate(loadModel('sr2'), set, { fitReference: true }).report.energy!.max;
    expect(errors(mended.map((m) => m.frame))).to.be.below(5e-3);
    expect(errors(mended.map((m) => frames[m.index]!))).to.be.above(1);
  });

  it('has a model whose largest residuals are such frames even when it is fitted to all of them as they stand', function () {
    const { frames } = readFrames([path(this, 'cu-symbolic')]);
    const model = new FlexibleModel(frames, { shortest: 1.37, cutoff: 6.1 });
    const energies = Float64Array.from(frames, (f) => f.energy! / f.species.length);
    const task = { energies, use: new Uint8Array(frames.length).fill(1) };
    const fit = model.fit(task);
    const size = (s: number) => Math.abs(fit.energies[s]! - energies[s]!) / fit.sigma[s]!;
    const worst = Array.from(energies.keys()).sort((a, b) => size(b) - size(a));
    for (const s of worst.slice(0, 10)) expect(Number(frames[s]!.source.slice('Struct_'.length))).to.be.within(199, 218);
  });

  it('sees an energy zero that was moved, and none between two files of one source', function () {
    const { frames } = readFrames([path(this, 'snap-ni')]);
    const some = frames.filter((_, i) => i % 3 === 0);
    const half = some.map((f, i) => (i % 2 === 0 ? f : { ...f, origin: { ...f.origin, file: 'second half' } }));
    const findings = audit(half).findings.filter((f) => f.severity !== 'note');
    expect(findings).to.deep.equal([]);
    const shifted = half.map((f) => (f.origin.file === 'second half' ? { ...f, energy: f.energy! + 0.25 * f.species.length } : f));
    const zeros = audit(shifted).findings.filter((f) => f.severity !== 'note');
    expect(zeros.map((f) => f.check)).to.deep.equal(['zeros']);
    expect(zeros[0]!.evidence['offset, eV/atom']).to.be.closeTo(0.25, 5e-3);
  });

  for (const name of [
    'snap-cu',
    'snap-ni-mo',
    'snap-ni',
    'tensoralloy-mo',
    'mlearn-mo-training',
    'mlearn-li-training',
    'mlearn-si-training',
    'mlearn-ge-training',
    'cu-symbolic-surfaces',
  ])
    it(`finds all coordinates of ${name} in their cells, by geometry alone`, function () {
      const { frames } = readFrames([path(this, name)]);
      expect(runAudit(frames, {}, undefined).findings.filter((f) => f.severity !== 'note')).to.deep.equal([]);
    });
});
