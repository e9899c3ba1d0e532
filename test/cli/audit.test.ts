import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readFrames } from '../../src/datasets/read.js';
import { eqpot } from './run-cli.js';

/** fcc copper with two atoms on top of each other in the last frame */
function data(): string {
  const frame = (a: number, shift: number) =>
    `4\nLattice="${a} 0 0 0 ${a} 0 0 0 ${a}" Properties=species:S:1:pos:R:3 energy=${-14 + (a - 3.6) ** 2} pbc="T T T"\n` +
    `Cu 0 0 0\nCu 0 ${a / 2} ${a / 2}\nCu ${a / 2} 0 ${a / 2}\nCu ${shift} ${shift} 0\n`;
  return [3.5, 3.55, 3.6, 3.65, 3.7].map((a) => frame(a, a / 2)).join('') + frame(3.62, 0.2);
}

describe('eqpot audit', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-audit-'));
    writeFileSync(join(folder, 'cu.extxyz'), data());
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('prints findings, writes the data without its errors, and leaves the input alone', async () => {
    const { code, stdout, stderr } = await eqpot(['audit', 'cu.extxyz', '--mend', 'good.extxyz'], { cwd: folder });
    expect(code, stderr).to.equal(0);
    expect(stdout).to.include('ERRORS').and.to.include('6 frames: 1 with errors');
    expect(stderr).to.include('written: good.extxyz (5 of 6 frames)');
    expect(readFrames([join(folder, 'good.extxyz')]).frames.map((frame) => frame.cell[0])).to.deep.equal([3.5, 3.55, 3.6, 3.65, 3.7]);
    expect(readFileSync(join(folder, 'cu.extxyz'), 'utf8')).to.equal(data());
  });

  it('prints JSON alone on standard output, and fails with --strict', async () => {
    const { code, stdout, stderr } = await eqpot(['audit', 'cu.extxyz', '--json', '--strict'], { cwd: folder });
    const report = JSON.parse(stdout);
    expect(report.frames).to.equal(6);
    expect(
      report.findings.some((finding: { severity: string; frames: number[] }) => finding.severity === 'error' && finding.frames.includes(5)),
    ).to.equal(true);
    expect(code).to.equal(2);
    expect(stderr).to.include('eqpot: error: the audit found errors in 1 of 6 frames');
  });

  it('names a file that is not there', async () => {
    const { code, stderr } = await eqpot(['audit', 'none.extxyz'], { cwd: folder });
    expect(code).to.equal(2);
    expect(stderr).to.include('none.extxyz: there is no such file');
  });
});
