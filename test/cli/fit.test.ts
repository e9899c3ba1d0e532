import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { labelledCells } from '../labelled-cells.js';
import { eqpot, eqpotInProcess } from './run-cli.js';

const settings = (steps: number) => `data: { files: [cu.extxyz], folds: 0, audit: keep }
reference_energy: 0
network: { cutoff: 5 }
loss: { negative_density: false }
search: { restarts: 1, steps: ${steps}, patience: 1000000000, switch_loss: 1e-9 }
refine: { steps: 20, candidates: 1 }
export: { proof_frames: 1 }
workers: 1
`;

describe('eqpot fit', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-fit-'));
    writeFileSync(join(folder, 'cu.extxyz'), writeExtxyz(labelledCells()));
    writeFileSync(join(folder, 'short.yaml'), settings(40));
    writeFileSync(join(folder, 'long.yaml'), settings(100_000_000));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const log = () => readFileSync(join(folder, 'runs/long/run.log'), 'utf8');

  /** Calls `act` once the run is in its search. */
  function whenSearching(act: (child: ChildProcess) => void) {
    return (child: ChildProcess) => {
      let text = '';
      child.stderr?.on('data', (chunk) => {
        const searching = text.includes('search:');
        text += chunk;
        // the worker has to have begun, or there is nothing to be saved
        if (!searching && text.includes('search:')) setTimeout(() => act(child), 1000);
      });
    };
  }

  it('does the whole job and says where everything is', async () => {
    const { code, stdout, stderr } = await eqpot(['fit', 'short.yaml', '--seed', '3'], { cwd: folder });
    expect(code, stderr).to.equal(0);
    expect(stdout).to.include('phi(r) =').and.to.include('LAMMPS (embedded').and.to.include('runs/short');
    expect(readdirSync(join(folder, 'runs/short'))).to.include.members(['run.log', 'model.json', 'report.html', 'metrics.json']);
    expect(JSON.parse(readFileSync(join(folder, 'runs/short/metrics.json'), 'utf8')).seed).to.equal(3);
    const lines = readFileSync(join(folder, 'runs/short/run.log'), 'utf8').split('\n');
    expect(lines[0]).to.match(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d eqpot .*: eqpot fit short\.yaml --seed 3$/);
    expect(lines[1]).to.include('seed 3, 1 threads');
  });

  it('saves and stops on SIGTERM with exit code 5, and says how to go on', async () => {
    const { code, stderr } = await eqpot(['fit', 'long.yaml'], { cwd: folder, started: whenSearching((child) => child.kill('SIGTERM')) });
    expect(code, stderr).to.equal(5);
    expect(stderr).to.include('stopping: SIGTERM').and.to.include('to go on: eqpot fit long.yaml --resume');
    expect(log()).to.include('stopping: SIGTERM').and.to.include('ended: stopped');
    expect(readdirSync(join(folder, 'runs/long/checkpoint'))).to.deep.equal(['restart-0.state']);
  });

  it('goes on from what was saved, and stops at an EXIT file', async () => {
    const { code, stderr } = await eqpot(['fit', 'long.yaml', '--resume'], {
      cwd: folder,
      started: whenSearching(() => writeFileSync(join(folder, 'runs/long/EXIT'), '')),
    });
    expect(code, stderr).to.equal(5);
    expect(stderr).to.include('resuming: 1 of 1').and.to.include('a file called EXIT');
    expect(existsSync(join(folder, 'runs/long/EXIT'))).to.equal(false);
  });

  it('stops at the time limit', async () => {
    const { code, stderr } = await eqpot(['fit', 'long.yaml', '--resume', '--max-time', '2s'], { cwd: folder });
    expect(code, stderr).to.equal(5);
    expect(stderr).to.include('the time limit of 2 s is reached');
  });

  it('does not take a checkpoint of other settings', async () => {
    const { code, stderr } = await eqpot(['fit', 'long.yaml', '--resume', '--seed', '9'], { cwd: folder });
    expect(code, stderr).to.equal(2);
    expect(stderr).to.include('restart-0.state').and.to.include('other settings');
  });

  it('points at settings that do not go with the data', async () => {
    writeFileSync(join(folder, 'nickel.yaml'), `${settings(40)}element: Ni\n`);
    const { code, stderr } = await eqpot(['fit', 'nickel.yaml'], { cwd: folder });
    expect(code).to.equal(2);
    expect(stderr).to.include('nickel.yaml:9:10: the settings name the element Ni, but the data holds Cu');
  });

  it('starts nothing and leaves nothing with wrong settings or options', async () => {
    mkdirSync(join(folder, 'wrong'));
    writeFileSync(join(folder, 'wrong/wrong.yaml'), 'data: { files: [none.extxyz] }\nsead: 3\n');
    const wrong = await eqpot(['fit', 'wrong.yaml'], { cwd: join(folder, 'wrong') });
    expect(wrong.code).to.equal(2);
    expect(wrong.stderr).to.match(/^eqpot: error: wrong\.yaml:1:17: there is no data file none\.extxyz/);
    expect(wrong.stderr).to.include('wrong.yaml:2:1: unknown setting');
    expect(readdirSync(join(folder, 'wrong'))).to.deep.equal(['wrong.yaml']);
    for (const [options, message] of [
      [['--seed', '-1'], 'whole number'],
      [['--max-time', 'soon'], '02:30:00'],
      [['--mend', '--audit', 'keep'], 'cannot be used'],
      [['--backend', 'abacus'], 'wasm, tensorflow'],
    ] as const) {
      const { code, stderr } = await eqpotInProcess(['fit', 'short.yaml', ...options]);
      expect(code).to.equal(2);
      expect(stderr).to.include(message);
    }
  });
});
