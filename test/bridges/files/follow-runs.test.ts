import { appendFileSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { followRuns } from '../../../bridges/files/follow-runs.js';
import type { RunChange } from '../../../bridges/run-change.js';

const START = 'eqpot 0.1.0: eqpot fit copper.yaml';

describe('following runs', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-runs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const at = (name: string) => join(folder, name);
  const begin = (name: string) => {
    mkdirSync(at(name), { recursive: true });
    writeFileSync(join(at(name), 'run.log'), `${START}\n`);
  };
  const log = (name: string, line: string) => appendFileSync(join(at(name), 'run.log'), `${line}\n`);

  /** follows and lets the test wait for a change */
  function follow(names: string[], options: { pollSeconds?: number; signal?: AbortSignal } = {}) {
    const seen: string[] = [];
    const text = (change: RunChange) =>
      change.type === 'line' ? change.text : change.type === 'end' ? `[${change.state}]` : `[${change.type}]`;
    const waiters = new Set<() => void>();
    const finished = followRuns(names.map(at), {
      ...options,
      onChange: (directory, change) => {
        seen.push(`${directory.slice(folder.length + 1)} ${text(change)}`);
        for (const waiter of waiters) waiter();
      },
    });
    const until = (what: string) =>
      new Promise<number>((resolve) => {
        const started = performance.now();
        const look = () => seen.includes(what) && resolve(performance.now() - started);
        waiters.add(look);
        look();
      });
    return { seen, finished, until };
  }

  for (const [how, options] of [
    ['as the system tells of changes', {}],
    ['by looking every so often', { pollSeconds: 0.1 }],
  ] as const)
    it(`sees what is written ${how}`, async () => {
      begin('a');
      const { finished, until } = follow(['a'], options);
      await until(`a ${START}`);
      // the watch has to be set up before it can be quicker than the next look
      await new Promise((resolve) => setTimeout(resolve, 200));
      log('a', 'search');
      expect(await until('a search')).to.be.lessThan(1000);
      const written = performance.now();
      log('a', 'done');
      await finished;
      expect(performance.now() - written).to.be.lessThan(1000);
    });

  it('follows runs that end, appear later, are cut and come back, each on its own', async () => {
    begin('a');
    const { finished, seen, until } = follow(['a', 'b/c'], { pollSeconds: 0.1 });
    await until('b/c [waiting]');
    log('a', 'ended: stopped: SIGTERM');
    await until('a [stopped]');
    begin('b/c');
    await until(`b/c ${START}`);
    truncateSync(join(at('b/c'), 'run.log'));
    log('b/c', 'cut');
    await until('b/c cut');
    rmSync(at('b'), { recursive: true });
    await new Promise((resolve) => setTimeout(resolve, 300));
    begin('b/c');
    log('b/c', 'back');
    await until('b/c back');
    log('b/c', 'done');
    await finished;
    expect(seen).to.deep.equal([
      `a ${START}`,
      'b/c [waiting]',
      'a ended: stopped: SIGTERM',
      'a [stopped]',
      `b/c ${START}`,
      'b/c cut',
      `b/c ${START}`,
      'b/c back',
      'b/c done',
      'b/c [done]',
    ]);
  });

  it('ends at once when all have ended, and when it is told to', async () => {
    begin('a');
    log('a', 'done');
    await follow(['a']).finished;
    await follow([]).finished;
    const abort = new AbortController();
    const { finished, until } = follow(['b'], { signal: abort.signal });
    await until('b [waiting]');
    abort.abort();
    await finished;
  });

  it('fails when a log cannot be read', async () => {
    mkdirSync(join(at('a'), 'run.log'), { recursive: true });
    const error = await follow(['a', 'b']).finished.catch((thrown) => thrown);
    expect(error).to.have.property('code', 'EISDIR');
  });
});
