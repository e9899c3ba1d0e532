import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { NEVER_STOP, StopController, sharedStopToken, slurmTimeLeft } from '../../src/engines/stop.js';
import { StoppedError } from '../../src/errors.js';

const script = fileURLToPath(new URL('./stop-child.ts', import.meta.url));

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Starts the child; `act` is called once it is ready. */
function run(args: string[], act: (child: ChildProcess) => void): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    const ready = stdout.includes('ready');
    stdout += chunk;
    if (!ready && stdout.includes('ready')) act(child);
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
}

describe('stopping', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-stop-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1'] as const) {
    it(`lets the run save its state on ${signal}`, async () => {
      const { code, stdout, stderr } = await run([], (child) => child.kill(signal));
      expect(stdout).to.include(`saved: ${signal}`);
      expect(stderr).to.include(`stopping: ${signal}`);
      expect(code).to.equal(5);
    });
  }

  it('ends at once on a second interrupt', async () => {
    const { code, stdout, stderr } = await run(['', '', 'hang'], (child) => {
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGINT'), 800);
    });
    expect(stderr).to.include('ended at once by a second interrupt');
    expect(stdout).not.to.include('saved');
    expect(code).to.equal(130);
  });

  it('takes two interrupts of one key press for one, as npm passes them on twice', async () => {
    const { code, stdout } = await run([], (child) => {
      child.kill('SIGINT');
      child.kill('SIGINT');
    });
    expect(stdout).to.include('saved: SIGINT');
    expect(code).to.equal(5);
  });

  it('stops after the time limit', async () => {
    const { code, stderr } = await run(['', '0.3'], () => {});
    expect(stderr).to.include('stopping: the time limit of 0.3 s is reached');
    expect(code).to.equal(5);
  });

  it('stops at an EXIT file and takes it away', async () => {
    const { stdout } = await run([folder], () => writeFileSync(join(folder, 'EXIT'), ''));
    expect(stdout).to.include('saved: there was a file called EXIT in');
    expect(existsSync(join(folder, 'EXIT'))).to.equal(false);
  });

  it('sees the time limit in a loop that never lets the event loop turn', () => {
    const lines: string[] = [];
    const stop = new StopController({ signals: false, maxTimeSeconds: 0.1, announce: (line) => lines.push(line) });
    const end = performance.now() + 10_000;
    while (!stop.requested && performance.now() < end);
    stop.dispose();
    expect(stop.reason).to.equal('the time limit of 0.1 s is reached');
    expect(() => stop.throwIfRequested()).to.throw(StoppedError, 'time limit');
    expect(stop.signal.aborted).to.equal(true);
    expect(lines).to.have.length(1);
  });

  it('tells another thread through the shared flag', () => {
    const stop = new StopController({ signals: false, announce: () => {} });
    const other = sharedStopToken(stop.flag);
    expect(other.requested).to.equal(false);
    other.throwIfRequested();
    stop.request('first');
    stop.request('second');
    stop.dispose();
    expect(stop.reason).to.equal('first');
    expect(other.requested).to.equal(true);
    expect(other.signal.aborted).to.equal(true);
    expect(() => other.throwIfRequested()).to.throw(StoppedError);
    expect(NEVER_STOP.requested).to.equal(false);
  });

  it('gives the signals back', () => {
    const before = process.listenerCount('SIGTERM');
    const stop = new StopController({ announce: () => {} });
    expect(process.listenerCount('SIGTERM')).to.equal(before + 1);
    stop.dispose();
    expect(process.listenerCount('SIGTERM')).to.equal(before);
  });

  it('reads how much time Slurm leaves', () => {
    expect(slurmTimeLeft({}, 1000)).to.equal(undefined);
    expect(slurmTimeLeft({ SLURM_JOB_END_TIME: '4600' }, 1000)).to.equal(3540);
    expect(slurmTimeLeft({ SLURM_JOB_END_TIME: '1010' }, 1000)).to.equal(1);
    expect(slurmTimeLeft({ SLURM_JOB_END_TIME: 'unknown' }, 1000)).to.equal(undefined);
  });
});
