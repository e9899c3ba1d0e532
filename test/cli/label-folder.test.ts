import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { readFrames } from '../../src/datasets/read.js';
import { eqpot, eqpotInProcess } from './run-cli.js';

describe('eqpot label-folder', function () {
  this.timeout(300_000);
  let folder: string;
  const at = (...names: string[]) => join(folder, ...names);
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-label-folder-'));
    const frame = (a: number, symbol: string) => `1\nLattice="${a} 0 0 0 ${a} 0 0 0 ${a}" pbc="T T T"\n${symbol} 0 0 0\n`;
    writeFileSync(at('cells.extxyz'), [2.4, 2.5, 2.6].map((a) => frame(a, 'Cu')).join('') + frame(2.5, 'Al'));
    writeFileSync(at('label.yaml'), 'engine: folder\npath: jobs\nby: {engine: reference, model: sutton-chen-cu}\npoll: 0.2\n');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('serves eqpot label with the engine that the folder names, refuses another, and gives jobs back when stopped', async () => {
    const labelled = eqpotInProcess(['label', at('cells.extxyz'), '-c', at('label.yaml'), '-o', at('out.extxyz')]);
    while (!existsSync(at('jobs', 'jobs')) || readdirSync(at('jobs', 'jobs')).length < 4) await sleep(20);
    const other = await eqpot(['label-folder', at('jobs'), '--engine', 'reference', '--set', 'model=sr2']);
    expect(other.code).to.equal(2);
    expect(other.stderr).to.match(/the jobs ask for other settings/);
    const worker = await eqpot(['label-folder', at('jobs'), '--once', '--batch', '2']);
    expect(worker.code, worker.stderr).to.equal(0);
    expect(worker.stderr).to.match(/3 labels, 1 failures/);
    expect((await labelled).code).to.equal(3);
    const { frames } = readFrames([at('out.extxyz')]);
    expect(frames.length).to.equal(3);
    expect(frames[0]!.labelOrigin!.engine).to.equal('reference');
    expect(readFileSync(at('out-label', 'run.log'), 'utf8')).to.match(/no label for structure 4: .*Al/);
    for (const part of ['jobs', 'claimed', 'workers', 'results']) expect(readdirSync(at('jobs', part)), part).to.deep.equal([]);
  });

  it('says what is missing', async () => {
    const { code, stderr } = await eqpotInProcess(['label-folder', at('nothing'), '--once']);
    expect(code).to.equal(2);
    expect(stderr).to.match(/is no labelling folder: there is no folder.json/);
    const both = await eqpotInProcess(['label', at('cells.extxyz'), '--engine', 'folder', '--set', 'path=x', '-o', at('y.extxyz')]);
    expect(both.code).to.equal(2);
    expect(both.stderr).to.match(/expected either 'by' or 'settings'/);
  });
});
