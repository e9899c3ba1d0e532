import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type ExactIdentity, exactIdentity, whereabouts } from '../../src/engines/identity.js';
import { lockDirectory } from '../../src/engines/lock.js';
import { EqpotError, InputError } from '../../src/errors.js';

const CHILD = fileURLToPath(new URL('./lock-child.ts', import.meta.url));

describe('lock of a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eqpot-lock-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const file = (number: number) => join(folder, 'lock', `00000${number}.json`);
  const owner = (number: number, changes: Partial<ExactIdentity & { beat: number; token: string; released: boolean }>) => {
    mkdirSync(join(folder, 'lock'), { recursive: true });
    writeFileSync(file(number), JSON.stringify({ ...exactIdentity(), beat: 0, token: 'other', released: false, ...changes }));
  };
  const refused = async (options: Parameters<typeof lockDirectory>[1] = {}) => {
    const error = await lockDirectory(folder, options).then(
      () => undefined,
      (e: unknown) => e,
    );
    expect(error).to.be.instanceOf(InputError);
    return (error as Error).message;
  };

  it('is refused while its owner lives, and free again when it is released', async () => {
    const first = await lockDirectory(folder);
    first.check();
    expect(await refused()).to.match(new RegExp(`process ${process.pid} on .* works in this folder\\n.*repeat each other`));
    first.release();
    expect(() => first.check()).to.throw(EqpotError);
    const second = await lockDirectory(folder);
    expect(readdirSync(join(folder, 'lock'))).to.deep.equal(['000002.json']);
    second.release();
  });

  it('is taken at once from a process of this machine that is gone, also when its number was given again', async function () {
    if (exactIdentity().began === '') {
      console.log('      skipped: there is no /proc that tells when a process began');
      this.skip();
    }
    const notes: string[] = [];
    for (const changes of [{ pid: 2 ** 22 + 1 }, { began: '1' }]) {
      owner(7, changes);
      const lock = await lockDirectory(folder, { note: (line) => notes.push(line), watchSeconds: 1000 });
      expect(existsSync(file(7))).to.equal(false);
      lock.release();
      rmSync(join(folder, 'lock'), { recursive: true });
    }
    expect(notes).to.deep.equal([]);
  });

  it('is taken from another machine only when its owner gives no sign of life', async () => {
    const notes: string[] = [];
    const elsewhere = { host: 'elsewhere', pid: 1 };
    owner(1, elsewhere);
    const watched = lockDirectory(folder, { note: (line) => notes.push(line), watchSeconds: 1.5 });
    const lock = await watched;
    expect(notes.join()).to.match(/was in use by process 1 on elsewhere; going on in 1.5 s unless it gives a sign of life/);
    lock.release();
    owner(5, elsewhere);
    const message = refused({ watchSeconds: 60 });
    await sleep(200);
    owner(5, { ...elsewhere, beat: 1 });
    expect(await message).to.match(/process 1 on elsewhere works/);
    // a machine of the same name, or the same one before it was started again
    expect(whereabouts({ ...exactIdentity(), boot: 'another' })).to.equal('unknown');
    expect(whereabouts(exactIdentity())).to.be.oneOf(['alive', 'unknown']);
  });

  it('tells an owner that was taken for dead', async () => {
    const lock = await lockDirectory(folder);
    owner(2, { host: 'elsewhere' });
    expect(() => lock.check()).to.throw(EqpotError, /another process works here now/);
    rmSync(file(2));
    lock.check();
    rmSync(file(1));
    expect(() => lock.check()).to.throw(EqpotError, /another process works here now/);
    // an owner that has lost it leaves the other's alone
    owner(2, { token: 'new' });
    lock.release();
    expect(JSON.parse(readFileSync(file(2), 'utf8'))).to.include({ token: 'new', released: false });
  });

  it('is had by one of several processes that want it from a dead one', async () => {
    owner(3, { pid: 2 ** 22 + 1 });
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--import', import.meta.resolve('tsx'), CHILD, folder], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    const says = (child: ChildProcess) =>
      new Promise<string>((resolve) => child.stdout!.once('data', (text: Buffer) => resolve(text.toString())));
    await Promise.all(children.map(says));
    const answers = children.map(says);
    for (const child of children) child.stdin!.write('go\n');
    const said = await Promise.all(answers);
    for (const child of children) child.kill('SIGKILL');
    expect(said.filter((text) => text === 'has it\n').length).to.equal(1);
    expect(said.filter((text) => text.includes('works in this folder')).length).to.equal(3);
  });
});
