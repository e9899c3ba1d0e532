import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EqpotError, InputError } from '../errors.js';
import { writeFileAtomic } from './files.js';
import { type ExactIdentity, exactIdentity, whereabouts } from './identity.js';
import { NEVER_STOP, type StopToken } from './stop.js';

export interface LockOptions {
  /** gets a line when the end of another owner has to be waited for */
  note?: (line: string) => void;
  stop?: StopToken;
  /** how long the sign of life of an owner on another machine is watched, s; default 120, twice what NFS may show an old file for */
  watchSeconds?: number;
}

interface Content extends ExactIdentity {
  token: string;
  /** counts up while the owner lives */
  beat: number;
  released: boolean;
}

/** Seconds between two signs of life. */
const BEAT = 10;
const WATCH = 120;
/** Seconds between two looks at somebody else's sign of life. */
const LOOK = 1;

/**
 * Makes this process the only one that writes into a folder, on local and network file systems. Owners have a number each,
 * `lock/000001.json` and so on, and the highest one counts; creating the next one is exclusive also on NFS, so only one process can
 * take over from an owner that died. That is certain at once on the owner's machine; from another one its sign of life is watched by
 * this machine's clock, so clocks need not agree. An owner that was taken for dead learns of it from `check`.
 * @throws InputError when another process that lives is the owner; StoppedError
 */
export async function lockDirectory(directory: string, options: LockOptions = {}): Promise<DirectoryLock> {
  const folder = join(directory, 'lock');
  mkdirSync(folder, { recursive: true });
  const mine: Content = { ...exactIdentity(), token: randomBytes(8).toString('hex'), beat: 0, released: false };
  for (;;) {
    const last = numbersIn(folder).at(-1) ?? 0;
    if (last > 0) await waitForEnd(folder, last, directory, options);
    if (!create(folder, last + 1, mine)) continue;
    // what was listed may be old: the number that was free may be one that a later owner has cleared away
    if (numbersIn(folder).at(-1)! > last + 1) rmSync(fileOf(folder, last + 1), { force: true });
    else return new DirectoryLock(directory, folder, last + 1, mine);
  }
}

/** Held until `release`, or until this process ends. */
export class DirectoryLock {
  private readonly timer: NodeJS.Timeout;
  private held = true;

  /** use `lockDirectory` */
  constructor(
    private readonly directory: string,
    private readonly folder: string,
    private readonly number: number,
    private readonly mine: Content,
  ) {
    // in this order one of two things is true for an owner that was taken for dead: its file is gone, or there is the next one
    for (const other of numbersIn(folder)) if (other < number) rmSync(fileOf(folder, other), { force: true });
    this.timer = setInterval(() => this.beat(), BEAT * 1000);
    this.timer.unref();
  }

  /**
   * To be called before anything is written.
   * @throws EqpotError when another process took this one for dead
   */
  check(): void {
    if (this.held && this.isOwner()) return;
    throw new EqpotError(
      `${this.directory}: another process works here now; this one gave no sign of life for too long (was it suspended?) and ends`,
    );
  }

  release(): void {
    clearInterval(this.timer);
    if (this.held && this.isOwner()) this.write({ released: true });
    this.held = false;
  }

  private beat(): void {
    if (!this.isOwner()) return;
    this.mine.beat++;
    this.write({});
  }

  private isOwner(): boolean {
    return read(this.folder, this.number)?.token === this.mine.token && !existsSync(fileOf(this.folder, this.number + 1));
  }

  private write(change: Partial<Content>): void {
    try {
      writeFileAtomic(fileOf(this.folder, this.number), text({ ...this.mine, ...change }));
    } catch {
      // a full disk: whoever writes next learns of it there
    }
  }
}

async function waitForEnd(folder: string, number: number, directory: string, options: LockOptions): Promise<void> {
  const { note, stop = NEVER_STOP, watchSeconds = WATCH } = options;
  const started = performance.now();
  const first = read(folder, number);
  for (let noted = false; ; ) {
    const now = read(folder, number);
    // released, or cleared away by another owner
    if (now?.released || (now === undefined && !existsSync(fileOf(folder, number)))) return;
    const state = now === undefined ? 'unknown' : whereabouts(now);
    if (state === 'gone') return;
    if (state === 'alive' || now?.beat !== first?.beat || now?.token !== first?.token)
      throw new InputError(
        `${now ? `process ${now.pid} on ${now.host}` : 'another process'} works in this folder`,
        { file: directory },
        { hint: 'wait for it, end it, or name another folder: two at once would repeat each other' },
      );
    if ((performance.now() - started) / 1000 >= watchSeconds) return;
    if (!noted)
      note?.(
        `${directory}: was in use by ${now ? `process ${now.pid} on ${now.host}` : 'another process'}; going on in ${watchSeconds} s unless it gives a sign of life`,
      );
    noted = true;
    stop.throwIfRequested();
    await sleep(LOOK * 1000);
  }
}

/** False when somebody else has this number. */
function create(folder: string, number: number, content: Content): boolean {
  const file = fileOf(folder, number);
  const temporary = join(folder, `${content.token}.part`);
  writeFileSync(temporary, text(content));
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // an answer of the server that was lost on the way makes a link that worked look as if it had been there before
    if (code === 'EEXIST') return read(folder, number)?.token === content.token;
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(code ?? '')) throw error;
    return createWithoutLinks(file, content);
  } finally {
    rmSync(temporary, { force: true });
  }
}

function createWithoutLinks(file: string, content: Content): boolean {
  try {
    writeFileSync(file, text(content), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function numbersIn(folder: string): number[] {
  return readdirSync(folder)
    .map((name) => Number(/^(\d{6})\.json$/.exec(name)?.[1]))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
}

function read(folder: string, number: number): Content | undefined {
  for (let attempt = 0; attempt < 2; attempt++)
    try {
      return JSON.parse(readFileSync(fileOf(folder, number), 'utf8')) as Content;
    } catch (error) {
      // on NFS a file that was just replaced may be stale at the first attempt
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    }
  return undefined;
}

function fileOf(folder: string, number: number): string {
  return join(folder, `${String(number).padStart(6, '0')}.json`);
}

function text(content: Content): string {
  return `${JSON.stringify(content)}\n`;
}
