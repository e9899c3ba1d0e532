import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { StateFile } from '../../../bridges/files/state-file.js';
import { parseRunState } from '../../../bridges/run-state.js';
import { createProgress } from '../../../src/engines/progress.js';
import { startRun } from './start-run.js';

describe('progress.json', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-state-'));
    path = join(folder, 'progress.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const state = () => parseRunState(readFileSync(path, 'utf8'))!;

  /** progress of a clock that tests control; `tick` lets seconds pass as the timer would */
  function setUp() {
    const clock = { now: Date.UTC(2025, 0, 1) };
    const file = new StateFile(path, () => clock.now);
    const tick = (seconds: number) => {
      for (let k = 0; k < seconds; k++) {
        clock.now += 1000;
        file.beat();
      }
    };
    return { clock, tick, file, progress: createProgress({ quiet: true, listeners: [file], now: () => clock.now }) };
  }

  it('says where the run is from the beginning to the end, and whose process it is', () => {
    const { progress, clock } = setUp();
    expect(state()).to.deep.equal({
      state: 'running',
      reason: null,
      phase: '',
      fraction: null,
      message: '',
      updated: '2025-01-01T00:00:00.000Z',
      pid: process.pid,
      host: hostname(),
      pid_namespace: state().pid_namespace,
    });
    progress.phase('search', '8 restarts');
    expect(state()).to.include({ phase: 'search', fraction: null, message: '8 restarts' });
    // work that never lets the timer fire
    clock.now += 5000;
    progress.update(0.25, 'best 12 meV/atom');
    expect(state()).to.include({ fraction: 0.25, message: 'best 12 meV/atom', updated: '2025-01-01T00:00:05.000Z' });
    progress.update(Number.NaN);
    progress.phase('proof');
    expect(state()).to.include({ phase: 'proof', fraction: null, message: '' });
    progress.end('done');
    expect(state()).to.include({ state: 'done', reason: null });
    expect(readdirSync(folder)).to.deep.equal(['progress.json']);
  });

  it('writes at intervals, also when nothing is new, ever less often, and no more after the end', () => {
    const { progress, clock, tick } = setUp();
    progress.phase('search');
    progress.update(0.1);
    progress.update(0.2);
    expect(state().fraction).to.equal(null);
    tick(2);
    expect(state()).to.include({ fraction: 0.2, updated: '2025-01-01T00:00:02.000Z' });
    tick(2);
    expect(state().updated).to.equal('2025-01-01T00:00:04.000Z');
    clock.now += 3_600_000;
    const times = new Set<string>();
    for (let second = 0; second < 60; second++) {
      progress.update(0.5);
      tick(1);
      times.add(state().updated);
    }
    expect(times.size).to.be.within(6, 7);
    progress.end('failed', 'no\nreason');
    expect(state()).to.include({ state: 'failed', reason: 'no\nreason' });
    rmSync(path);
    tick(100);
    expect(existsSync(path)).to.equal(false);
  });

  it('does not end the run when it cannot be written, and is written when it can again', () => {
    const file = new StateFile(join(path, 'progress.json'));
    writeFileSync(path, 'a file where the folder should be');
    const progress = createProgress({ quiet: true, listeners: [file] });
    progress.phase('search');
    rmSync(path);
    progress.end('stopped', 'SIGTERM');
    expect(parseRunState(readFileSync(join(path, 'progress.json'), 'utf8'))).to.include({
      state: 'stopped',
      reason: 'SIGTERM',
      phase: 'search',
    });
  });

  it('is marked when the process ends in the middle of the run', async () => {
    await (await startRun(folder, 'exit')).exited;
    expect(state()).to.include({ state: 'failed', reason: 'the process ended with exit code 130 before the run did', phase: 'search' });
  });

  it('is taken for nothing else', () => {
    setUp().progress.phase('search');
    const good = readFileSync(path, 'utf8');
    expect(parseRunState(good)).to.include({ phase: 'search' });
    expect(parseRunState(good.replace('"pid"', '"more":1,"pid"'))).to.deep.equal(parseRunState(good));
    for (const bad of ['', '{', 'null', '[]', '{}', good.replace('running', 'walking'), good.replace(/"pid":\d+/, '"pid":-1')])
      expect(parseRunState(bad), bad).to.equal(undefined);
    for (const key of Object.keys(JSON.parse(good))) {
      const value = JSON.parse(good);
      delete value[key];
      expect(parseRunState(JSON.stringify(value)), key).to.equal(undefined);
    }
  });
});
