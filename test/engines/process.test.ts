import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { killAllProcesses, runProcess } from '../../src/engines/process.js';
import { EngineError } from '../../src/errors.js';

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // a zombie still answers; its state tells
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

async function until(condition: () => boolean, seconds = 5): Promise<boolean> {
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return condition();
}

describe('engines/process', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('gives output, exit code and environment changes', async () => {
    const result = await runProcess('sh', ['-c', 'cat; echo "$A-$HOME-"; echo bad >&2; exit 3'], {
      env: { A: 'x', HOME: undefined },
      input: 'from stdin\n',
      cwd: folder,
    });
    expect(result).to.include({ exitCode: 3, stdout: 'from stdin\nx--\n', stderr: 'bad\n', timedOut: false });
  });

  it('kills grandchildren when the time is up', async () => {
    const file = join(folder, 'pids');
    // a grandchild that ignores a polite request
    const script = `sh -c 'trap "" TERM; echo $$ >> ${file}; sleep 60' & echo $$ >> ${file}; wait`;
    const result = await runProcess('sh', ['-c', script], { timeoutSeconds: 0.5 });
    expect(result.timedOut).to.equal(true);
    expect(result.seconds).to.be.lessThan(5);
    const pids = readFileSync(file, 'utf8').trim().split('\n').map(Number);
    expect(pids).to.have.length(2);
    for (const pid of pids) expect(await until(() => !alive(pid)), `process ${pid} ends`).to.equal(true);
  });

  it('does not wait for what a program leaves behind', async () => {
    const file = join(folder, 'pid');
    const result = await runProcess('sh', ['-c', `sleep 60 & echo $! > ${file}; echo done`], { timeoutSeconds: 20 });
    expect(result).to.include({ exitCode: 0, stdout: 'done\n', timedOut: false });
    expect(result.seconds).to.be.lessThan(5);
    const pid = Number(readFileSync(file, 'utf8'));
    expect(await until(() => !alive(pid))).to.equal(true);
  });

  it('stops on abort, and all at once', async () => {
    const controller = new AbortController();
    const aborted = runProcess('sleep', ['60'], { abort: controller.signal });
    controller.abort();
    expect((await aborted).aborted).to.equal(true);
    const other = runProcess('sleep', ['60']);
    killAllProcesses();
    expect((await other).signal).to.equal('SIGKILL');
  });

  it('names a program that is not there', async () => {
    let error: unknown;
    await runProcess('eqpot-no-such-program', []).catch((cause) => {
      error = cause;
    });
    expect(error).to.be.instanceOf(EngineError);
    expect(String(error)).to.match(/cannot start 'eqpot-no-such-program'.*ENOENT/s);
  });

  it('leaves no listener behind', async () => {
    const before = process.listenerCount('SIGINT');
    await runProcess('true', []);
    expect(process.listenerCount('SIGINT')).to.equal(before);
  });
});
