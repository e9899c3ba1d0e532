import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { startRun } from '../bridges/files/start-run.js';
import { eqpot, eqpotInProcess } from './run-cli.js';

const SETTINGS = `data: { files: [cu.extxyz], folds: 0, audit: keep }
reference_energy: 0
network: { cutoff: 5 }
search: { restarts: 1, steps: 100000000, patience: 1000000000, switch_loss: 1e-9 }
workers: 1
`;

/** simple cubic copper of several volumes, eV and Å */
function data(): string {
  const frame = (a: number, energy: number) =>
    `1\nLattice="${a} 0 0 0 ${a} 0 0 0 ${a}" Properties=species:S:1:pos:R:3 energy=${energy} pbc="T T T"\nCu 0 0 0\n`;
  return [2.2, 2.3, 2.4, 2.5, 2.6].map((a) => frame(a, -3 + 2 * (a - 2.4) ** 2)).join('');
}

describe('eqpot watch', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-watch-'));
    writeFileSync(join(folder, 'cu.extxyz'), data());
    writeFileSync(join(folder, 'cu.yaml'), SETTINGS);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** calls `act` once with what the child has written, when that has `what` in it */
  function when(what: string | RegExp, act: (text: string, child: ChildProcess) => void, stream: 'stdout' | 'stderr' = 'stdout') {
    return (child: ChildProcess) => {
      let text = '';
      let done = false;
      child[stream]?.on('data', (chunk) => {
        text += chunk;
        if (done || text.search(what) < 0) return;
        done = true;
        act(text, child);
      });
    };
  }

  it('follows a run that appears later and one that dies, and ends with them', async () => {
    const dying = await startRun(join(folder, 'dying'), 'wait');
    const { code, stdout, stderr } = await eqpot(['watch', 'dying', 'later', '--json'], {
      cwd: folder,
      started: when('"waiting"', () => {
        void startRun(join(folder, 'later'), 'done');
        dying.child.kill('SIGKILL');
      }),
    });
    expect(code, stderr).to.equal(0);
    const changes = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const of = (run: string) => changes.filter((change) => change.run === run);
    expect(of('dying').at(-1)).to.include({ type: 'end', state: 'died' });
    expect(of('later')[0]).to.deep.equal({ run: 'later', type: 'waiting', for: 'later/run.log' });
    expect(of('later').at(-1)).to.deep.equal({ run: 'later', type: 'end', state: 'done', reason: null });
    const lines = of('later').flatMap((change) => (change.type === 'line' ? [change.text.slice(20)] : []));
    expect(lines).to.deep.equal(['eqpot 0.1.0: eqpot fit copper.yaml', 'search: 2 restarts', 'done']);
  });

  it('follows a fit through its files and its socket', async () => {
    const watchers: ReturnType<typeof eqpot>[] = [];
    const run = join(folder, 'runs/cu');
    let searching = 0;
    const stopWhenBothSearch = when(/"phase":"search","fraction":0\.?\d*,/, () => {
      if (++searching === 2) writeFileSync(join(run, 'EXIT'), '');
    });
    const follow = when(
      /served at (ws:\S+)/,
      (text) => {
        const url = /served at (ws:\S+)/.exec(text)![1]!;
        for (const what of ['runs/cu', url]) watchers.push(eqpot(['watch', what, '--json'], { cwd: folder, started: stopWhenBothSearch }));
      },
      'stderr',
    );
    const fit = await eqpot(['fit', 'cu.yaml', '--serve'], { cwd: folder, started: follow });
    expect(fit.code, fit.stderr).to.equal(5);
    expect(watchers).to.have.length(2);
    for (const { code, stdout, stderr } of await Promise.all(watchers)) {
      expect(code, stderr).to.equal(0);
      const changes = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(changes.at(-1)).to.include({ type: 'end', state: 'stopped' });
      expect(changes.at(-1).reason).to.include('EXIT');
      expect(changes.some((change) => change.type === 'line' && change.text.includes('stopping: there was a file called EXIT'))).to.equal(
        true,
      );
    }
    const state = JSON.parse(readFileSync(join(run, 'progress.json'), 'utf8'));
    expect(state).to.include({ state: 'stopped', phase: 'search' });
    // again, in plain text, after the end
    const plain = await eqpot(['watch', 'runs/cu'], { cwd: folder });
    expect(plain.code).to.equal(0);
    expect(plain.stdout)
      .to.match(/^runs\/cu: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d ended: stopped/m)
      .and.to.match(/^runs\/cu: stopped: there was/m);
    expect(plain.stdout).not.to.include('\u001b');
  });

  it('goes away on Ctrl-C', async () => {
    const { code } = await eqpot(['watch', 'never'], { cwd: folder, started: when('waiting for', (_text, child) => child.kill('SIGINT')) });
    expect(code).to.equal(null);
  });

  it('starts nothing and leaves nothing when it cannot serve', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const settings = join(folder, 'cu.yaml');
    const directory = join(folder, 'not-begun');
    const inUse = await eqpotInProcess(['fit', settings, '--directory', directory, '--serve', String(port)]);
    other.close();
    expect(inUse.code).to.equal(2);
    expect(inUse.stderr).to.include(`port ${port} of 127.0.0.1 is in use`);
    const nonsense = await eqpotInProcess(['fit', settings, '--directory', directory, '--serve', 'everywhere']);
    expect(nonsense.code).to.equal(2);
    expect(nonsense.stderr).to.include('PORT or HOST:PORT');
    expect(existsSync(directory)).to.equal(false);
  });

  it('says what is no run', async () => {
    const file = await eqpotInProcess(['watch', join(folder, 'cu.yaml')]);
    expect(file.code).to.equal(2);
    expect(file.stderr).to.include('cu.yaml: is a file, not a run directory').and.to.include('run.log');
    // the other run is not waited for either
    const socket = await eqpot(['watch', 'ws://127.0.0.1:1', join(folder, 'never')]);
    expect(socket.code).to.equal(2);
    expect(socket.stderr).to.include('no run serves its progress at ws://127.0.0.1:1');
    for (const poll of ['0', '0.01', '1e9', 'x']) expect((await eqpotInProcess(['watch', folder, '--poll', poll])).code, poll).to.equal(2);
    mkdirSync(join(folder, 'odd/run.log'), { recursive: true });
    expect((await eqpotInProcess(['watch', join(folder, 'odd')])).code).to.equal(2);
  });
});
