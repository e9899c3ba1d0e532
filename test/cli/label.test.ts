import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readFrames } from '../../src/datasets/read.js';
import { eqpotInProcess } from './run-cli.js';

describe('eqpot label', () => {
  let folder: string;
  const at = (name: string) => join(folder, name);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-label-'));
    const poscar = (a: number, symbol = 'Cu') =>
      `a comment\n${a}\n1 0 0\n0 1 0\n0 0 1\n${symbol}\n4\nDirect\n0 0 0\n0 .5 .5\n.5 0 .5\n.5 .5 0\n`;
    writeFileSync(at('POSCAR-1'), poscar(3.6));
    writeFileSync(at('POSCAR-2'), poscar(3.7));
    writeFileSync(at('POSCAR-Al'), poscar(4.05, 'Al'));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const label = (files: string[], ...more: string[]) =>
    eqpotInProcess(['label', ...files.map(at), '--engine', 'reference', '--set', 'model=sr2', '-o', at('out.extxyz'), ...more]);

  it('labels POSCAR files and writes where the labels come from', async () => {
    const { code, stderr } = await label(['POSCAR-1', 'POSCAR-2']);
    expect(code, stderr).to.equal(0);
    const { frames } = readFrames([at('out.extxyz')]);
    expect(frames.length).to.equal(2);
    for (const frame of frames) {
      expect(frame.energy! / 4).to.be.within(-4, -3);
      expect(frame.forces!.every((f) => Math.abs(f) < 1e-9)).to.equal(true);
      expect(frame.labelOrigin).to.include({ engine: 'reference' });
      expect(frame.labelOrigin!.settings).to.match(/^[0-9a-f]{16}$/);
    }
    expect(stderr).to.include('2 labelled, 0 without a label');
  });

  it('goes on with what was done before, and lists what has no label', async () => {
    const { code, stderr } = await label(['POSCAR-1', 'POSCAR-Al', 'POSCAR-2']);
    expect(code, stderr).to.equal(3);
    expect(stderr).to.include('2 labelled (2 before), 1 without a label');
    expect(stderr).to.match(/POSCAR-Al, structure 1: the potential has no element Al/);
    expect(readFrames([at('out.extxyz')]).frames.length).to.equal(2);
    expect(readFileSync(at('out-label/run.log'), 'utf8')).to.include('no label for structure 2');
  });

  it('refuses an engine that is not there before anything is written', async () => {
    const { code, stderr } = await eqpotInProcess(['label', at('POSCAR-1'), '--engine', 'gpaw2', '-o', at('none.extxyz')]);
    expect(code).to.equal(2);
    expect(stderr).to.include("there is no engine 'gpaw2'");
    expect(existsSync(at('none-label'))).to.equal(false);
  });
});
