import { once } from 'node:events';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type ClientOptions, WebSocket } from 'ws';
import { Hub } from '../../../../bridges/sockets/hub/hub.js';
import { PROTOCOL } from '../../../../bridges/sockets/hub/messages.js';
import { makeToken, readToken, sameToken } from '../../../../bridges/sockets/hub/token.js';
import { workForHub } from '../../../../bridges/sockets/hub/worker.js';
import { hubLabeller } from '../../../../src/engines/labelling/hub.js';
import type { Label, LabelFailure, LabelJob, Labeller, LabelOutcome } from '../../../../src/engines/labelling/labeller.js';
import { SILENT } from '../../../../src/engines/progress.js';
import { NEVER_STOP, StopController } from '../../../../src/engines/stop.js';
import { EngineError, InputError, StoppedError } from '../../../../src/errors.js';
import { copperCell } from '../../../engines/labelling/copper-cells.js';

const TOKEN = 'a token of the tests';
const SETTINGS = 'settings of the tests';

const labelOf = ({ structure }: LabelJob): Label => ({
  energy: structure.positions.reduce((sum, x) => sum + x, 0),
  forces: structure.positions.slice(),
  stress: structure.cell.slice(),
  origin: { engine: 'test', version: '1', settings: SETTINGS, input: '', wallSeconds: 0.1 },
});

/** An engine of the other side; `answer` gives a label or a failure, after a while. */
function engine(answer: (job: LabelJob) => Promise<Label | LabelFailure> | Label | LabelFailure = labelOf, settings = SETTINGS): Labeller {
  return {
    engine: 'test',
    settings,
    description: 'for tests',
    async label(jobs, { onOutcome, stop }) {
      for (const job of jobs) {
        stop.throwIfRequested();
        const what = await answer(job);
        stop.throwIfRequested();
        await onOutcome('energy' in what ? { id: job.id, label: what } : { id: job.id, failure: what });
      }
    },
  };
}

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

describe('hub', () => {
  let folder: string;
  let hub: Hub | undefined;
  let lines: string[];
  const stops: StopController[] = [];
  const workers: Promise<unknown>[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-hub-'));
    lines = [];
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) stop.request('the test is over');
    await Promise.allSettled(workers.splice(0));
    await hub?.close();
    hub = undefined;
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (options: { strict?: boolean; lease?: number; port?: number } = {}) => {
    const { strict = true, lease = 10, port = 0 } = options;
    hub = await Hub.open({
      address: { host: '127.0.0.1', port },
      token: TOKEN,
      settings: SETTINGS,
      strict,
      directory: join(folder, 'hub'),
      lease,
      heartbeat: 5,
      note: (line) => lines.push(line),
    });
    return hub;
  };

  /** A worker in this process that works until the test is over. */
  const work = (labeller: Labeller, options: { batch?: number; directory?: string; idle?: number; token?: string; url?: string } = {}) => {
    const stop = new StopController({ signals: false, announce: () => {} });
    stops.push(stop);
    const { batch = 1, directory = `worker${workers.length}`, idle = Infinity, token = TOKEN, url = hub!.url } = options;
    const ended = workForHub({ url, token, labeller, directory: join(folder, directory), batch, idle, stop, progress: SILENT });
    workers.push(ended.catch(() => {}));
    return { ended, stop };
  };

  /** Outcomes of jobs, and how often each was told. */
  const ask = (count: number, first = 0) => {
    const jobs = Array.from({ length: count }, (_, k) => copperCell(first + k));
    const outcomes = new Map<string, LabelOutcome>();
    let told = 0;
    const done = new Promise<void>((resolve) =>
      hub!.add(jobs, (outcome) => {
        outcomes.set(outcome.id, outcome);
        if (++told === count) resolve();
      }),
    );
    return { jobs, outcomes, done, told: () => told };
  };

  /** A connection that speaks as the test wants. */
  const raw = (options: ClientOptions = {}) => {
    const socket = new WebSocket(hub!.url, { headers: { Authorization: `Bearer ${TOKEN}` }, ...options });
    const messages: { type: string; jobs?: { id: string }[]; id?: string }[] = [];
    const waiters = new Set<() => void>();
    socket.on('message', (data) => {
      messages.push(JSON.parse(String(data)));
      for (const waiter of waiters) waiter();
    });
    socket.on('error', () => {});
    const closed = once(socket, 'close').then(([code, reason]) => [code, String(reason)] as [number, string]);
    const until = (type: string, count = 1) =>
      new Promise<void>((resolve) => {
        const look = () => messages.filter((message) => message.type === type).length >= count && resolve();
        waiters.add(look);
        look();
      });
    const say = (message: unknown) => socket.send(typeof message === 'string' ? message : JSON.stringify(message));
    const hello = (settings = SETTINGS, worker = '12345678') => ({
      type: 'hello',
      protocol: PROTOCOL,
      worker,
      name: 'raw',
      settings,
      description: '',
      holds: [],
    });
    return { socket, messages, closed, until, say, hello };
  };

  const record = (job: LabelJob) => {
    const { energy, forces, stress, origin } = labelOf(job);
    return { energy, forces: [...forces!], stress: [...stress!], origin };
  };

  it('shares 100 jobs among two workers, nothing lost, nothing counted twice, numbers to the last digit', async () => {
    await open();
    const counts = [0, 0];
    for (const k of [0, 1])
      work(
        engine((job) => {
          counts[k]!++;
          return labelOf(job);
        }),
        { batch: k === 0 ? 1 : 7 },
      );
    const { jobs, outcomes, done, told } = ask(100);
    await done;
    expect([told(), counts[0]! + counts[1]!]).to.deep.equal([100, 100]);
    expect(Math.min(...counts)).to.be.greaterThan(5);
    for (const job of jobs) expect(outcomes.get(job.id)).to.deep.equal({ id: job.id, label: labelOf(job) });
    expect(hub!.state).to.include({ open: 0, leased: 0, workers: 2 });
  });

  it('refuses a wrong token, one almost right, none at all, and every browser', async () => {
    await open();
    const answer = async (options: ClientOptions) => {
      const socket = new WebSocket(hub!.url, options);
      socket.on('error', () => {});
      const [, response] = await once(socket, 'unexpected-response');
      socket.terminate();
      return response.statusCode;
    };
    const headers = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } });
    expect(await answer(headers(`${TOKEN}x`))).to.equal(401);
    expect(await answer(headers(TOKEN.slice(0, -1)))).to.equal(401);
    expect(await answer({})).to.equal(401);
    expect(await answer({ ...headers(TOKEN), origin: 'http://127.0.0.1' })).to.equal(403);
    const error = await failure(work(engine(), { token: 'another token, wrong' }).ended);
    expect(error).to.be.instanceOf(InputError);
    expect(error.message).to.include('does not take this token');
    expect([sameToken(TOKEN, TOKEN), sameToken('', TOKEN), sameToken(`${TOKEN} `, TOKEN)]).to.deep.equal([true, false, false]);
  });

  it('refuses workers with other settings, by name, and takes any where settings are words', async () => {
    await open();
    const error = await failure(work(engine(labelOf, 'others')).ended);
    expect(error).to.be.instanceOf(InputError);
    expect(error.message).to.include(`the jobs want settings ${SETTINGS}, the worker has others`);
    expect(lines.join('\n')).to.include(`is refused: the jobs want settings ${SETTINGS}, the worker has others; it is\nfor tests`);
    await hub!.close();
    await open({ strict: false });
    work(engine((job) => ({ ...labelOf(job), origin: { ...labelOf(job).origin, settings: 'others' } }), 'others'));
    const { outcomes, done } = ask(1);
    await done;
    const [outcome] = outcomes.values() as unknown as [{ label: Label }];
    expect(outcome.label.origin.settings).to.equal(SETTINGS);
  });

  it('sends garbage away: no JSON, no message, no hello, too long, binary; and goes on', async () => {
    await open();
    const end = async (...messages: unknown[]) => {
      const { socket, say, closed } = raw();
      await once(socket, 'open');
      for (const message of messages) Buffer.isBuffer(message) ? socket.send(message) : say(message);
      return closed;
    };
    const { hello } = raw();
    const { jobs, done, outcomes } = ask(1);
    const [job] = jobs;
    expect(await end('{"type":')).to.deep.equal([1008, 'the hub got a message that is not JSON']);
    expect((await end({ type: 'shell', command: 'rm' }))[0]).to.equal(1008);
    expect((await end({ ...hello(), extra: 1 }))[1]).to.match(/Unrecognized key/i);
    expect(await end({ type: 'want', count: 1 })).to.deep.equal([1008, 'a worker says hello first']);
    expect((await end({ ...hello(), protocol: 99 }))[1]).to.include('version 99');
    expect((await end(hello(), { type: 'want', count: -1 }))[0]).to.equal(1008);
    expect((await end(hello(), { type: 'result', id: '../../etc/passwd', label: record(job!) }))[1]).to.include('"id"');
    expect((await end(hello(), { type: 'result', id: job!.id }))[1]).to.include('without a label');
    expect((await end(hello(), 'x'.repeat(17 * 1_048_576)))[0]).to.equal(1009);
    expect((await end(Buffer.from([0, 1, 2])))[1]).to.include('binary');
    expect(readdirSync(join(folder, 'hub'))).to.deep.equal([]);
    work(engine());
    await done;
    expect(outcomes.get(job!.id)).to.have.property('label');
  });

  it('outlives a result that it cannot keep, and gets it again', async () => {
    await open();
    const { done, outcomes } = ask(1);
    // as a full disk would
    rmSync(join(folder, 'hub'), { recursive: true });
    writeFileSync(join(folder, 'hub'), '');
    work(engine());
    while (!lines.some((line) => /could not be kept: /.test(line))) await sleep(10);
    expect(outcomes.size).to.equal(0);
    rmSync(join(folder, 'hub'));
    await done;
    expect(outcomes.size).to.equal(1);
  });

  it('does not believe labels: other settings, too few forces, numbers that are none', async () => {
    await open();
    const { jobs, outcomes, done } = ask(3);
    const [first, second, third] = jobs as [LabelJob, LabelJob, LabelJob];
    const connection = raw();
    await once(connection.socket, 'open');
    connection.say(connection.hello());
    connection.say({ type: 'result', id: first.id, label: { ...record(first), origin: { ...record(first).origin, settings: 'other' } } });
    connection.say({ type: 'result', id: second.id, label: { ...record(second), forces: [1, 2, 3] } });
    connection.say(JSON.stringify({ type: 'result', id: third.id, label: record(third) }).replace(/"energy":[^,]+/, '"energy":1e999'));
    expect((await connection.closed)[1]).to.include('energy');
    work(engine());
    await done;
    const reasons = jobs.map(({ id }) => (outcomes.get(id) as { failure?: LabelFailure }).failure?.reason);
    expect(reasons).to.deep.equal(['the label has settings other', 'there are 3 numbers of forces for 4 atoms', undefined]);
  });

  it('takes a job back after the lease, and what the lost worker sends later counts no more', async () => {
    await open({ lease: 0.4 });
    const { jobs, done, told } = ask(1);
    const lost = raw();
    await once(lost.socket, 'open');
    lost.say(lost.hello());
    lost.say({ type: 'want', count: 5 });
    await lost.until('jobs');
    // alive, but it says nothing of the job
    const counts: string[] = [];
    work(
      engine((job) => {
        counts.push(job.id);
        return labelOf(job);
      }),
    );
    await done;
    expect(counts).to.deep.equal([jobs[0]!.id]);
    expect(lines).to.include('1 jobs of workers without a sign of life are given out again');
    hub!.kept(jobs[0]!.id);
    for (let k = 0; k < 2; k++) lost.say({ type: 'result', id: jobs[0]!.id, label: record(jobs[0]!) });
    await lost.until('taken', 2);
    expect(told()).to.equal(1);
    expect(readdirSync(join(folder, 'hub'))).to.deep.equal([]);
    lost.socket.terminate();
  });

  it('leaves a job with a worker that takes longer than the lease and says so', async () => {
    await open({ lease: 0.4 });
    const { done, told } = ask(1);
    let starts = 0;
    const slow = engine(async (job) => {
      starts++;
      await sleep(1200);
      return labelOf(job);
    });
    work(slow);
    work(slow);
    await done;
    expect([starts, told()]).to.deep.equal([1, 1]);
  });

  it('gives a failed job to another worker, then sets it aside', async () => {
    await open();
    const failing = (reason: string, again: boolean) => engine(() => ({ reason, again }));
    work(failing('no memory', true));
    work(engine());
    const { outcomes, done } = ask(20);
    await done;
    expect([...outcomes.values()].every((outcome) => 'label' in outcome)).to.equal(true);
    for (const stop of stops.splice(0)) stop.request('enough');
    await Promise.all(workers);
    work(failing('no memory', true));
    const bad = ask(1, 50);
    await bad.done;
    expect([...bad.outcomes.values()][0]).to.deep.include({ failure: { reason: 'no memory', again: true } });
  });

  it('gets results of a worker that finished while the hub was away, whether or not it asks for them again', async () => {
    await open();
    const { port } = new URL(hub!.url);
    let go!: () => void;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    let starts = 0;
    work(
      engine(async (job) => {
        starts++;
        await gate;
        return labelOf(job);
      }),
      { batch: 2, directory: 'kept' },
    );
    const before = ask(2);
    while (starts === 0) await sleep(5);
    await hub!.close();
    go();
    while (readdirSync(join(folder, 'kept', 'results')).length < 2) await sleep(5);
    await open({ port: Number(port) });
    // one is asked for before the worker is back, the other one afterwards
    const first = ask(1);
    await first.done;
    while (readdirSync(join(folder, 'kept', 'results')).length > 0) await sleep(5);
    const second = ask(1, 1);
    await second.done;
    expect(starts).to.equal(2);
    expect(before.told()).to.equal(0);
    const { label } = second.outcomes.get(second.jobs[0]!.id) as { label: Label };
    expect(label).to.deep.equal(labelOf(second.jobs[0]!));
  });

  it('workers give jobs back when they are stopped, end when they are idle, and when their engine fails', async () => {
    await open();
    let starts = 0;
    const { stop, ended } = work(
      engine(async (job) => {
        starts++;
        await sleep(100);
        return labelOf(job);
      }),
      { batch: 10 },
    );
    const { done, told } = ask(10);
    while (starts < 3) await sleep(5);
    stop.request('Ctrl-C');
    expect(await failure(ended)).to.be.instanceOf(StoppedError);
    const broken = work(
      engine(() => {
        throw new EngineError('no program');
      }),
    );
    expect((await failure(broken.ended)).message).to.equal('no program');
    const { ended: idle } = work(engine(), { idle: 0.3, batch: 4 });
    await done;
    expect(told()).to.equal(10);
    const tally = await idle;
    expect(tally.labels).to.be.within(7, 8);
    expect(tally).to.include({ failures: 0, undelivered: 0 });
  });

  it('engine: labels through workers, stops in the middle, and goes on', async () => {
    const labeller = hubLabeller({
      settings: SETTINGS,
      description: 'for tests',
      strict: true,
      address: { host: '127.0.0.1', port: 0 },
      token: TOKEN,
      tokenFile: 'token',
      lease: 10,
      heartbeat: 5,
    });
    const jobs = Array.from({ length: 30 }, (_, k) => copperCell(k));
    const got: string[] = [];
    const stop = new StopController({ signals: false, announce: () => {} });
    const progress = {
      ...SILENT,
      line: (line: string) => {
        const url = /^workers connect to (\S+)$/.exec(line)?.[1];
        if (url) work(engine(), { url });
      },
    };
    const onOutcome = (outcome: LabelOutcome) => {
      got.push(outcome.id);
      if (got.length === 10) stop.request('enough for today');
    };
    expect(await failure(labeller.label(jobs, { directory: folder, stop, progress, onOutcome }))).to.be.instanceOf(StoppedError);
    const rest = jobs.filter(({ id }) => !got.includes(id));
    await labeller.label(rest, { directory: folder, stop: NEVER_STOP, progress, onOutcome: ({ id }) => void got.push(id) });
    await labeller.close!();
    expect(got).to.have.length(30);
    expect(new Set(got).size).to.equal(30);
  });

  it('token files are for one user alone', () => {
    const file = join(folder, 'secret', 'token');
    makeToken(file);
    expect(statSync(file).mode & 0o777).to.equal(0o600);
    const token = readToken(file);
    expect(token).to.match(/^[0-9a-f]{64}$/);
    makeToken(file);
    expect(readToken(file)).to.equal(token);
    chmodSync(file, 0o640);
    expect(() => readToken(file)).to.throw(InputError, 'others can read this token');
    writeFileSync(file, 'short\n');
    chmodSync(file, 0o600);
    expect(() => readToken(file)).to.throw(InputError, 'at least 16 characters');
    expect(() => readToken(join(folder, 'none'))).to.throw(InputError, 'cannot be read');
    expect(readToken(undefined, { EQPOT_TOKEN: 'a-token-in-the-environment' })).to.equal('a-token-in-the-environment');
    expect(() => readToken(undefined, {})).to.throw(InputError, 'EQPOT_TOKEN');
  });
});
