import { expect } from 'chai';
import { StopController } from '../../src/engines/stop.js';
import { defaultWorkers, runInWorkers, workerUrl } from '../../src/engines/workers.js';
import { EngineError, EqpotError, InputError, StoppedError, VerificationError } from '../../src/errors.js';
import type { EchoTask } from './echo-worker.js';

const url = workerUrl(import.meta.url, './echo-worker');

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it should have failed');
}

describe('worker threads', () => {
  it('give the results in the order of the tasks for any number of threads', async () => {
    // the first task is the slowest, so results arrive in another order
    const tasks: EchoTask[] = [60, 5, 30, 1, 0].map((wait, k) => ({ do: 'double', value: k, wait }));
    for (const workers of [1, 3]) expect(await runInWorkers(url, tasks, { workers })).to.deep.equal([0, 2, 4, 6, 8]);
  });

  it('share memory, send messages and report each end', async () => {
    const shared = new Float64Array(new SharedArrayBuffer(8 * 4));
    const messages: [unknown, number][] = [];
    let last = 0;
    const tasks: EchoTask[] = [3, 1, 2].map((value) => ({ do: 'store', value }));
    await runInWorkers(url, tasks, {
      workers: 2,
      shared,
      onMessage: (message, index) => messages.push([message, index]),
      onDone: (_, n) => {
        last = n;
      },
    });
    expect([...shared]).to.deep.equal([0, 1, 2, 3]);
    expect(messages.sort((a, b) => a[1] - b[1])).to.deep.equal([
      ['stored 3', 0],
      ['stored 1', 1],
      ['stored 2', 2],
    ]);
    expect(last).to.equal(3);
  });

  it('need no thread where there is no task', async () => {
    expect(await runInWorkers(url, [])).to.deep.equal([]);
  });

  it('name the task that throws what is no error of the closed set: a defect', async () => {
    const tasks: EchoTask[] = [
      { do: 'double', value: 1 },
      { do: 'throw', value: 7 },
    ];
    const error = await failure(runInWorkers(url, tasks, { workers: 2, describe: (k) => `restart ${k + 1}` }));
    expect(error).not.to.be.instanceOf(EqpotError);
    expect(error.message).to.equal('RangeError in a worker thread, in restart 2: bad value 7');
    expect((error.cause as Error).stack, 'where it was thrown').to.include('echo-worker');
  });

  it('name the task in which a thread dies', async () => {
    const error = await failure(
      runInWorkers(
        url,
        [
          { do: 'double', value: 1 },
          { do: 'die', value: 0 },
        ] as EchoTask[],
        { workers: 1 },
      ),
    );
    expect(error).to.be.instanceOf(EngineError);
    expect(error.message).to.match(/died in task 2 of 2: exit code 9\n.*fewer of them/);
  });

  it('say what to do when memory runs out, of a buffer or of a whole thread', async () => {
    for (const task of ['hoard', 'starve'] as const) {
      const error = await failure(runInWorkers(url, [{ do: task, value: 0 }] as EchoTask[]));
      expect(error, task).to.be.instanceOf(EngineError);
      expect(error.message, task).to.match(/died in task 1 of 1: .*\n.*more memory/);
    }
  });

  it('keep the class of an error of the closed set', async () => {
    for (const [task, type, message] of [
      ['refuse', InputError, 'a.xyz:3: no cell'],
      ['engine', EngineError, 'task 1 of 1: LAMMPS is gone\n--- end of its log ---\nits log'],
      ['proof', VerificationError, 'task 1 of 1: off by 1 eV'],
      ['other', EqpotError, 'task 1 of 1: nothing found'],
    ] as const) {
      const error = await failure(runInWorkers(url, [{ do: task, value: 0 }] as EchoTask[]));
      expect(error.constructor, task).to.equal(type);
      expect(error.message).to.equal(message);
    }
  });

  it('say so when the module does not exist', async () => {
    const error = await failure(runInWorkers(workerUrl(import.meta.url, './no-such-worker'), [1]));
    expect(error).not.to.be.instanceOf(EqpotError);
    expect(error.message).to.include('no-such-worker');
  });

  it('end at once when the signal fires', async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(new StoppedError('enough')), 50);
    const started = performance.now();
    const error = await failure(runInWorkers(url, [{ do: 'double', value: 1, wait: 20_000 }] as EchoTask[], { signal: abort.signal }));
    expect(error.message).to.equal('enough');
    expect(performance.now() - started).to.be.below(10_000);
  });

  it('let a task end early by itself when a stop is requested', async () => {
    const stop = new StopController({ signals: false, announce: () => {} });
    const onMessage = () => stop.request('test');
    const results = await runInWorkers(url, [{ do: 'loop', value: 0 }] as EchoTask[], { stop, onMessage });
    stop.dispose();
    expect(results).to.deep.equal(['stopped']);
  });

  it('are as many as the job has processors', () => {
    expect(defaultWorkers({}, 16)).to.equal(16);
    expect(defaultWorkers({ SLURM_CPUS_PER_TASK: '4' }, 16)).to.equal(4);
    expect(defaultWorkers({ SLURM_CPUS_PER_TASK: '32' }, 16)).to.equal(16);
    expect(defaultWorkers({ SLURM_JOB_ID: '1', SLURM_CPUS_ON_NODE: '2' }, 16)).to.equal(2);
    expect(defaultWorkers({ SLURM_CPUS_PER_TASK: 'x' }, 16)).to.equal(16);
  });

  it('are found compiled or as sources', () => {
    expect(workerUrl('file:///a/dist/src/x.js', './w').href).to.equal('file:///a/dist/src/w.js');
    expect(workerUrl('file:///a/src/x.ts', './w').href).to.equal('file:///a/src/w.ts');
  });
});
