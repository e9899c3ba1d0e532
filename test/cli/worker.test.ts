import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { writeExtxyz } from '../../src/datasets/extxyz/write.js';
import { readFrames } from '../../src/datasets/read.js';
import { copperCell } from '../engines/labelling/copper-cells.js';
import { type CliResult, eqpot, eqpotInProcess } from './run-cli.js';

const PROGRAM = fileURLToPath(new URL('../engines/labelling/force-program.mjs', import.meta.url));
const COUNT = 14;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('eqpot worker', () => {
  let folder: string;
  const children: ChildProcess[] = [];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-worker-'));
  });
  after(() => {
    for (const child of children) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  function started(args: string[]): { child: ChildProcess; ended: Promise<CliResult> } {
    let child!: ChildProcess;
    const ended = eqpot(args, {
      cwd: folder,
      started: (process) => {
        child = process;
        children.push(process);
      },
    });
    return { child, ended };
  }

  /** Lines of the journal that hold a label, by job. */
  const labelled = () => {
    const file = join(folder, 'out-label', 'journal.jsonl');
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    return lines.flatMap((line) => (line.includes('"energy"') ? [/"id":"([0-9a-f]{24})"/.exec(line)![1]!] : []));
  };
  const until = async (count: number) => {
    while (labelled().length < count) await sleep(20);
  };

  it('labels for another process, while workers and that process are killed, and nothing is lost or there twice', async function () {
    this.timeout(180_000);
    const port = await freePort();
    const by = `engine: socket\nprogram: other\ncommand: ${process.execPath} ${PROGRAM} {name} slow\nstress: false\n`;
    writeFileSync(join(folder, 'label.yaml'), by);
    writeFileSync(
      join(folder, 'hub.yaml'),
      `engine: hub\nlisten: ${port}\ntoken_file: token\nlease: 2\nheartbeat: 0.5\nby:\n${by.replace(/^/gm, '  ')}\n`,
    );
    const cells = Array.from({ length: COUNT }, (_, k) => copperCell(k).structure);
    const origin = { file: '', index: 0 };
    writeFileSync(join(folder, 'cells.extxyz'), writeExtxyz(cells.map((cell) => ({ ...cell, configType: 'cells', source: '', origin }))));
    const hub = () => started(['label', 'cells.extxyz', '-c', 'hub.yaml', '-o', 'out.extxyz', '--directory', 'out-label']);
    const worker = (directory: string) =>
      started(['worker', `ws://127.0.0.1:${port}`, '--token-file', 'token', '-c', 'label.yaml', '--directory', directory, '--idle', '60']);
    const first = hub();
    while (!existsSync(join(folder, 'token'))) await sleep(20);
    const doomed = worker('doomed');
    const steady = worker('steady');
    await until(3);
    doomed.child.kill('SIGKILL');
    await until(6);
    first.child.kill('SIGKILL');
    await first.ended;
    // the worker finishes what it has meanwhile
    await sleep(300);
    const { code, stderr } = await hub().ended;
    expect(code, stderr).to.equal(0);
    const jobs = labelled();
    expect([jobs.length, new Set(jobs).size]).to.deep.equal([COUNT, COUNT]);
    const { frames } = readFrames([join(folder, 'out.extxyz')]);
    expect(frames).to.have.length(COUNT);
    const spring = 27.211386245988 / 0.529177210903 ** 2;
    for (const { energy, positions, labelOrigin } of frames) {
      const exact = 0.5 * spring * positions.reduce((sum, x) => sum + x * x, 0);
      expect(energy).to.be.closeTo(exact, 1e-9 * exact);
      expect(labelOrigin!.engine).to.equal('socket');
    }
    steady.child.kill('SIGTERM');
    expect((await steady.ended).code).to.equal(5);
    await doomed.ended;
  });

  it('says what is wrong before it begins', async () => {
    const url = 'ws://127.0.0.1:9';
    writeFileSync(join(folder, 'secret'), 'a-secret-of-the-tests\n', { mode: 0o600 });
    const secret = join(folder, 'secret');
    for (const [args, message] of [
      [[url, '--engine', 'reference', '--set', 'model=sr2'], 'EQPOT_TOKEN'],
      [[url, '--token-file', secret], 'no engine is named'],
      [[url, '--token-file', secret, '--engine', 'hub', '--set', 'settings=PBE'], "cannot label by 'hub'"],
      [
        ['nowhere', '--token-file', secret, '--engine', 'reference', '--set', 'model=sr2', '--directory', join(folder, 'w')],
        'no address of a hub',
      ],
    ] as const) {
      const { code, stderr } = await eqpotInProcess(['worker', '--quiet', ...args]);
      expect([code, stderr.includes(message)], stderr).to.deep.equal([2, true]);
    }
  });
});
