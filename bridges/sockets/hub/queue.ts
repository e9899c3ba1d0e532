import type { LabelJob } from '../../../src/engines/labelling/labeller.js';

interface Entry {
  job: LabelJob;
  /** who works at it, and until when that counts; undefined while it waits */
  lease: { worker: string; until: number } | undefined;
  /** workers that failed at it */
  failed: Set<string>;
  failures: number;
}

/** How often a job is given out whose failure says that another try may help. */
const TRIES = 2;

/** Jobs of a hub: who has which until when. A job is given to one worker at a time, and settled once. */
export class JobQueue {
  /** in the order in which they are given out */
  private readonly entries = new Map<string, Entry>();

  /**
   * @param lease s that a job stays with a worker without a sign of life
   * @param now s, of a clock that only goes forward
   */
  constructor(
    private readonly lease: number,
    private readonly now: () => number = () => performance.now() / 1000,
  ) {}

  add(jobs: Iterable<LabelJob>): void {
    for (const job of jobs)
      if (!this.entries.has(job.id)) this.entries.set(job.id, { job, lease: undefined, failed: new Set(), failures: 0 });
  }

  /** Up to `count` waiting jobs, which are the worker's then; not those that it failed at, as long as others may do them. */
  take(worker: string, count: number, others: boolean): LabelJob[] {
    const taken: LabelJob[] = [];
    for (const entry of this.entries.values()) {
      if (taken.length >= count) break;
      if (entry.lease || (others && entry.failed.has(worker))) continue;
      entry.lease = { worker, until: this.now() + this.lease };
      taken.push(entry.job);
    }
    return taken;
  }

  /** A sign of life: jobs that wait again, or are the worker's, are its own from now on. */
  renew(worker: string, ids: Iterable<string>): void {
    for (const id of ids) {
      const entry = this.entries.get(id);
      if (entry && (!entry.lease || entry.lease.worker === worker)) entry.lease = { worker, until: this.now() + this.lease };
    }
  }

  /** Jobs that the worker gives back. */
  release(worker: string, ids: Iterable<string>): void {
    for (const id of ids) {
      const entry = this.entries.get(id);
      if (entry?.lease?.worker === worker) entry.lease = undefined;
    }
  }

  /** Takes back the jobs whose workers have given no sign of life. */
  expire(): string[] {
    const now = this.now();
    const expired: string[] = [];
    for (const [id, entry] of this.entries)
      if (entry.lease && entry.lease.until <= now) {
        entry.lease = undefined;
        expired.push(id);
      }
    return expired;
  }

  get(id: string): LabelJob | undefined {
    return this.entries.get(id)?.job;
  }

  /** Nobody is to work at it any more. */
  settle(id: string): void {
    this.entries.delete(id);
  }

  /** True when the job waits for another try now. */
  failed(id: string, worker: string, again: boolean): boolean {
    const entry = this.entries.get(id);
    if (!entry) return false;
    entry.failed.add(worker);
    if (!again || ++entry.failures >= TRIES) return false;
    // one that has come too late says nothing about who works at it now
    if (entry.lease?.worker === worker) entry.lease = undefined;
    return true;
  }

  get open(): number {
    return this.entries.size;
  }

  get leased(): number {
    let count = 0;
    for (const { lease } of this.entries.values()) if (lease) count++;
    return count;
  }
}
