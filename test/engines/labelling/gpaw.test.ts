import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loadLabelSettings } from '../../../src/config/load-label.js';
import { pythonWithGpaw } from '../../../src/engines/labelling/gpaw.js';
import type { Frame } from '../../../src/structures/structure.js';
import { labelFrames } from '../../../src/workflows/label/label.js';
import { createLabeller } from '../../../src/workflows/label/labellers.js';

/** Two atoms off their places in a tetragonal cell of copper. */
const pair = (dz = 0): Frame => ({
  cell: Float64Array.of(2.57, 0, 0, 0, 2.57, 0, 0, 0, 3.64),
  pbc: [true, true, true],
  species: ['Cu', 'Cu'],
  positions: Float64Array.of(0, 0, 0.1 + dz, 1.3, 1.25, 1.82),
  configType: 'default',
  source: '',
  origin: { file: 'test', index: 0 },
});

describe('labels of GPAW', () => {
  let directory: string;
  let count = 0;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'eqpot-gpaw-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  const label = async (frames: Frame[], ...changes: string[]) => {
    const { settings } = loadLabelSettings({ engine: 'gpaw', changes });
    return labelFrames(frames, await createLabeller(settings, directory), { directory: join(directory, String(count++)) });
  };

  it('come from the real program: forces are slopes of the energy, and an unconverged run is repeated with other settings', async function () {
    await pythonWithGpaw().catch(() => {
      console.log('skipped: GPAW is not installed (Debian: apt install gpaw gpaw-data)');
      this.skip();
    });
    this.timeout(600_000);
    // far from converged in cutoff and k-points: it is the program that is tested
    const cheap = ['ecut=250', 'kpoints={mesh: [2, 2, 2]}', 'smearing_width=0.2', 'convergence={energy: 1e-6, density: 1e-5}'];
    const h = 0.03;
    const sides = await label([pair(-h), pair(h)], ...cheap);
    expect(sides.failed).to.deep.equal([]);
    const middle = await label([pair()], ...cheap, 'maxiter=3', 'retries=[{maxiter: 100}]');
    expect(middle.failed).to.deep.equal([]);
    const [low, high] = sides.frames.map(({ energy }) => energy!);
    const { energy, forces, labelOrigin, stress } = middle.frames[0]!;
    expect(energy).to.be.within(-6, -4);
    expect(stress).to.equal(undefined);
    // net forces of 5 meV/Å remain at this cutoff
    expect(forces![2]).to.be.closeTo((low! - high!) / (2 * h), 0.02);
    expect(Math.abs(forces![2]!)).to.be.greaterThan(0.5);
    expect(labelOrigin).to.deep.include({ engine: 'gpaw', changed: { maxiter: '100' } });
    expect(labelOrigin!.version).to.match(/^GPAW \d/);
    expect(sides.frames[0]!.labelOrigin).not.to.have.property('changed');
    // iterations and mixing do not change what a converged run gives
    expect(sides.frames[0]!.labelOrigin!.settings).to.equal(labelOrigin!.settings);
  });

  it('are not made of what a broken installation leaves', async () => {
    const python = (name: string, text: string) => {
      writeFileSync(join(directory, name), text);
      return [`python=sh ${join(directory, name)}`, 'run={repeat: 0}'];
    };
    const failure = async (changes: string[]) => (await label([pair()], ...changes)).failed[0]!.failure;
    expect(await failure(python('none', 'echo "ModuleNotFoundError: No module named gpaw"; exit 1'))).to.deep.include({
      reason: 'GPAW left no result: ModuleNotFoundError: No module named gpaw; exit code 1',
      again: false,
    });
    expect((await failure(python('cut', 'echo "{" > result.json'))).reason).to.equal('result.json is no JSON');
    expect((await failure(python('bare', 'echo "{}" > result.json'))).reason).to.equal('result.json has no energy');
    const short = '{"energy": -1, "forces": [0, 0, 0], "version": "x"}';
    expect((await failure(python('short', `echo '${short}' > result.json`))).reason).to.equal('there are 3 numbers of forces for 2 atoms');
  });
});
