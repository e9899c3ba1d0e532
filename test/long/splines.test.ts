import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { settingsSchema } from '../../src/config/schema.js';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { readFrames } from '../../src/datasets/read.js';
import { loadModel } from '../../src/evaluate.js';
import type { SMeamPotential } from '../../src/potentials/s-meam.js';
import { fitSplines } from '../../src/workflows/fit-splines.js';

/** Strained cells of Ni3Mo and Ni4Mo of github.com/materialsvirtuallab/snap. */
const DATA = fileURLToPath(new URL('../../../shared/data/snap-ni-mo.extxyz', import.meta.url));
/** Every so many frames are taken. */
const STRIDE = 5;

describe('spline MEAM of real alloys', () => {
  const folder = mkdtempSync(join(tmpdir(), 'eqpot-alloy-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('fits two elements with functions of their own for each bond, ends by itself, and LAMMPS confirms it', async function () {
    if (!existsSync(DATA)) {
      console.log('      needs ../shared/data/snap-ni-mo.extxyz, which is not there');
      this.skip();
    }
    const frames = readFrames([DATA]).frames.filter((_, s) => s % STRIDE === 0);
    writeFileSync(join(folder, 'ni-mo.extxyz'), writeExtxyz(frames));
    const settings = settingsSchema.parse({
      form: 's-meam',
      data: { files: ['ni-mo.extxyz'], folds: 0, test_fraction: 0.2, audit: 'keep' },
      splines: { cutoff: 4.2, knots: { phi: 7, rho: 7, f: 6, g: 6 }, starts: 3 },
      workers: 1,
    });
    const { assessment, proof, reason } = await fitSplines(settings, { directory: folder, runDirectory: 'run' });
    const { potential } = loadModel(join(folder, 'run'));
    const { functions } = (potential as SMeamPotential).model;
    expect([functions.phi, functions.rho, functions.u, functions.f, functions.g].map((list) => list.length)).to.deep.equal([3, 2, 2, 2, 3]);
    const test = assessment.test!;
    expect(test.energy!.rmse).to.be.below(0.005);
    expect(test.forces!.rmse).to.be.below(0.06);
    expect(reason).to.match(/^the loss no longer falls/);
    expect(proof.passed).to.equal(true);
    expect(readFileSync(join(folder, 'run', 'pair.in'), 'utf8')).to.match(/meam\/spline .*Ni Mo/);
  });
});
