import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { readExtxyz } from '../../src/datasets/extxyz/read.js';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { readFrames } from '../../src/datasets/read.js';
import { summarise } from '../../src/datasets/summary.js';

const FOLDER = '../shared/data';
/** frames of each file, as the README of the data says */
const COUNTS: Record<string, number> = {
  'cu-symbolic': 234,
  'cu-symbolic-surfaces': 11,
  'snap-cu': 294,
  'snap-ni': 174,
  'snap-ni-mo': 242,
  'tensoralloy-ni': 461,
  'tensoralloy-mo': 284,
  'mlearn-mo-training': 194,
  'mlearn-si-training': 214,
  'mlearn-li-training': 241,
  'mlearn-ge-training': 228,
  'mlearn-mo-test': 23,
};

describe('published data sets', () => {
  before(function () {
    if (!existsSync(FOLDER)) {
      console.log(`      skipped: there is no folder ${FOLDER}`);
      this.skip();
    }
  });

  it('have the frames that their README counts, and read back as written', () => {
    for (const [name, count] of Object.entries(COUNTS)) {
      const { frames, warnings } = readFrames([`${FOLDER}/${name}.extxyz`]);
      expect(frames, name).to.have.length(count);
      expect(warnings, name).to.deep.equal([]);
      if (name !== 'snap-cu') continue;
      const again = readExtxyz(writeExtxyz(frames), { file: 'again' }).frames;
      expect(again.map(({ origin: _, ...f }) => f)).to.deep.equal(frames.map(({ origin: _, ...f }) => f));
    }
  });

  it('are summed up as their README describes them', () => {
    const summary = summarise(readFrames([`${FOLDER}/cu-symbolic.extxyz`]));
    expect(summary).to.deep.include({ elements: { Cu: 59904 }, labels: { energy: 234, forces: 0, stress: 0 } });
    // "nearest distance down to 1.38 Å, one frame is an isolated-atom limit of 204 Å³/atom"
    expect(summary.nearestDistance!.low).to.be.closeTo(1.38, 0.005);
    expect(summary.volumePerAtom!.high).to.be.closeTo(204, 0.5);
    const copper = summarise(readFrames([`${FOLDER}/snap-cu.extxyz`]));
    expect(Object.keys(copper.configTypes).sort()).to.deep.equal(['AIMD', 'Elastic', 'Surface', 'Vacancy']);
    expect(copper.warnings.join()).to.not.match(/sheared/);
  });
});
