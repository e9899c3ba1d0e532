import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { FollowedRun } from '../../../bridges/files/follow-run.js';
import type { RunChange } from '../../../bridges/run-change.js';
import { isGone, thisProcess } from '../../../src/engines/identity.js';
import { startRun } from './start-run.js';

const STAMP = '2025-01-01 00:00:00';

describe('following one run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-follow-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const log = (...lines: string[]) => appendFileSync(join(folder, 'run.log'), lines.map((line) => `${STAMP} ${line}\n`).join(''));
  const write = (changes: object) =>
    writeFileSync(
      join(folder, 'progress.json'),
      JSON.stringify({
        state: 'running',
        reason: null,
        phase: 'search',
        fraction: 0.5,
        message: '',
        updated: '',
        ...thisProcess(),
        ...changes,
      }),
    );
  const short = (changes: RunChange[]) =>
    changes.map((change) => {
      if (change.type === 'line') return change.text.replace(`${STAMP} `, '');
      if (change.type === 'state') return `[${change.state} ${change.phase} ${change.fraction}]`;
      if (change.type === 'end') return `[${change.state}: ${change.reason}]`;
      return `[${change.type}]`;
    });

  it('waits for a folder, says so once, and gives everything from then on', () => {
    const run = new FollowedRun(join(folder, 'later'));
    expect(run.look()).to.deep.equal([{ type: 'waiting', for: join(folder, 'later/run.log') }]);
    expect(run.look()).to.deep.equal([]);
    mkdirSync(join(folder, 'later'));
    const lines = Array.from({ length: 20 }, (_, k) => `line ${k}`);
    writeFileSync(join(folder, 'later/run.log'), `${lines.join('\n')}\n`);
    expect(short(run.look())).to.deep.equal(lines);
    expect(run.end).to.equal(undefined);
  });

  it('gives the last ten lines of a log that is already there', () => {
    log(...Array.from({ length: 20 }, (_, k) => `line ${k}`));
    expect(short(new FollowedRun(folder).look())).to.deep.equal(Array.from({ length: 10 }, (_, k) => `line ${k + 10}`));
  });

  it('gives each state once, and the lines before the end', () => {
    const run = new FollowedRun(folder);
    write({});
    log('search');
    expect(short(run.look())).to.deep.equal(['search', '[running search 0.5]']);
    write({ updated: '2025-01-01T00:00:02.000Z' });
    expect(run.look()).to.deep.equal([]);
    write({ fraction: null });
    expect(short(run.look())).to.deep.equal(['[running search null]']);
    write({ state: 'stopped', reason: 'stopped: SIGTERM' });
    log('ended: stopped: SIGTERM');
    expect(short(run.look())).to.deep.equal(['ended: stopped: SIGTERM', '[stopped search 0.5]', '[stopped: stopped: SIGTERM]']);
    log('more');
    expect(run.look()).to.deep.equal([]);
  });

  for (const how of ['done', 'stopped', 'failed'])
    it(`sees that a real process is ${how}`, async () => {
      await (await startRun(folder, how)).exited;
      const run = new FollowedRun(folder);
      run.look();
      expect(run.end).to.deep.equal({ type: 'end', state: how, reason: how === 'done' ? null : `${how}: because` });
    });

  it('sees that a real process has died, and no sooner', async () => {
    const { child, exited } = await startRun(folder, 'wait');
    const run = new FollowedRun(folder);
    expect(short(run.look()).at(-1)).to.match(/^\[running search/);
    expect(run.look()).to.deep.equal([]);
    child.kill('SIGKILL');
    await exited;
    const [end] = run.look();
    expect(end).to.deep.include({ type: 'end', state: 'died' });
    expect((end as { reason: string }).reason).to.include(`process ${child.pid} on `);
  });

  it('takes nobody for dead whom it cannot see', () => {
    const gone = { ...thisProcess(), pid: 2 ** 22 + 1 };
    expect(isGone(gone)).to.equal(true);
    expect(isGone({ ...gone, host: 'another' })).to.equal(false);
    expect(isGone({ ...gone, pid_namespace: 'pid:[1]' })).to.equal(false);
    expect(isGone(thisProcess())).to.equal(false);
    expect(isGone({ ...thisProcess(), pid: 1 })).to.equal(false);
  });

  it('reads the end from a log alone, where the last start counts', () => {
    log('eqpot 0.1.0: eqpot fit a.yaml', 'ended: stopped: SIGTERM', 'eqpot 0.1.0: eqpot fit a.yaml --resume', 'search');
    const run = new FollowedRun(folder);
    run.look();
    expect(run.end).to.equal(undefined);
    log('not done', 'ended: no such file');
    run.look();
    expect(run.end).to.deep.equal({ type: 'end', state: 'failed', reason: 'no such file' });
    log('eqpot 0.1.0: eqpot fit a.yaml --resume', 'done');
    const again = new FollowedRun(folder);
    again.look();
    expect(again.end).to.deep.equal({ type: 'end', state: 'done', reason: null });
  });

  it('believes the state more than the log', () => {
    log('eqpot 0.1.0: eqpot fit a.yaml', 'done');
    write({});
    const run = new FollowedRun(folder);
    run.look();
    expect(run.end).to.equal(undefined);
    writeFileSync(join(folder, 'progress.json'), '{"state":');
    run.look();
    expect(run.end).to.equal(undefined);
  });

  it('says when there is no news, ever less often, and when there is again', () => {
    const clock = { now: 0 };
    const run = new FollowedRun(folder, () => clock.now);
    write({ host: 'another' });
    run.look();
    const silences: number[] = [];
    for (let second = 1; second <= 1000; second++) {
      clock.now = 1000 * second;
      for (const change of run.look()) if (change.type === 'silent') silences.push(change.seconds);
    }
    expect(silences).to.deep.equal([120, 240, 480, 960]);
    write({ host: 'another', updated: '2025-01-01T00:00:02.000Z' });
    expect(short(run.look())).to.deep.equal(['[running search 0.5]']);
    clock.now += 119_000;
    expect(run.look()).to.deep.equal([]);
  });
});
