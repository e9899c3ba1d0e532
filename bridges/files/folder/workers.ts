import { randomBytes } from 'node:crypto';
import { writeFileAtomic } from '../../../src/engines/files.js';
import { type ExactIdentity, exactIdentity } from '../../../src/engines/identity.js';
import { type FolderLayout, readJson, remove } from './layout.js';

/** What a worker says of itself in `workers/`, while it lives. */
export interface WorkerState extends ExactIdentity {
  /** counts up */
  beat: number;
}

/** Seconds between two signs of life. */
const BEAT = 10;

/** Sign of life of this process; there before the first job is claimed. */
export class WorkerSign {
  /** part of the names of claims */
  readonly name: string;
  private readonly identity = exactIdentity();
  private readonly timer: NodeJS.Timeout;
  private beats = 0;

  constructor(private readonly layout: FolderLayout) {
    const { host, pid } = this.identity;
    this.name = `${host.replace(/[^\w-]/g, '-')}-${pid}-${randomBytes(3).toString('hex')}`;
    this.write();
    this.timer = setInterval(() => {
      this.beats++;
      try {
        this.write();
      } catch {
        // a full disk: the next beat may be written again
      }
    }, BEAT * 1000);
    this.timer.unref();
  }

  remove(): void {
    clearInterval(this.timer);
    remove(workerFile(this.layout, this.name));
  }

  private write(): void {
    writeFileAtomic(workerFile(this.layout, this.name), `${JSON.stringify({ ...this.identity, beat: this.beats })}\n`);
  }
}

/** What a worker says of itself; undefined when there is no worker of this name. */
export function readWorker(layout: FolderLayout, name: string): WorkerState | undefined {
  return readJson(workerFile(layout, name)) as WorkerState | undefined;
}

export function workerFile(layout: FolderLayout, name: string): string {
  return layout.path('workers', `${name}.json`);
}
