import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabelJob, Labeller, LabelOutcome } from '../../../src/engines/labelling/labeller.js';
import { fromStructureRecord, unsound } from '../../../src/engines/labelling/records.js';
import type { Progress } from '../../../src/engines/progress.js';
import type { StopToken } from '../../../src/engines/stop.js';
import { StoppedError } from '../../../src/errors.js';
import { HubLink } from './link.js';
import { type HubMessage, MAX_RESULT, PROTOCOL } from './messages.js';
import { ResultFolder, toMessage } from './results.js';

export interface HubWorkerOptions {
  /** ws://HOST:PORT */
  url: string;
  token: string;
  labeller: Labeller;
  /** keeps runs of the engine, and results until the hub has them; the next worker with the same goes on with both */
  directory: string;
  /** jobs that are taken at a time, for engines that do several at once */
  batch: number;
  /** ends after this time without a job, s; Infinity for never */
  idle: number;
  stop: StopToken;
  progress: Progress;
}

/** What a worker has done. */
export interface HubWorkerTally {
  labels: number;
  failures: number;
  /** results that the hub has not confirmed; they are in the directory */
  undelivered: number;
}

/** Seconds that the last results have to reach the hub when a worker ends. */
const LAST_CALL = 5;

/**
 * Takes jobs from a hub, labels them, and brings the results back. A broken connection is made again while the work goes on; a result is on
 * the disk until the hub has confirmed it.
 * @throws InputError when the hub does not want this worker; StoppedError after its jobs are given back; EngineError of the engine
 */
export async function workForHub(options: HubWorkerOptions): Promise<HubWorkerTally> {
  const worker = new Worker(options);
  try {
    return await worker.run();
  } finally {
    worker.close();
  }
}

class Worker {
  private readonly link: HubLink;
  private readonly spool: ResultFolder;
  private readonly worker = randomUUID();
  /** jobs that it works at */
  private readonly holds = new Map<string, LabelJob>();
  private readonly arrived: LabelJob[] = [];
  private readonly tally = { labels: 0, failures: 0 };
  private maxResult = MAX_RESULT;
  private wake: (() => void) | undefined;
  private renewal: NodeJS.Timeout | undefined;

  constructor(private readonly options: HubWorkerOptions) {
    this.spool = new ResultFolder(join(options.directory, 'results'));
    options.stop.signal.addEventListener('abort', this.stopped);
    const { url, token, progress, labeller } = options;
    const name = `${hostname()} ${process.pid}`;
    this.link = new HubLink({
      url,
      token,
      worker: this.worker,
      hello: () => ({
        type: 'hello',
        protocol: PROTOCOL,
        worker: this.worker,
        name,
        settings: labeller.settings,
        description: labeller.description.slice(0, 10_000),
        holds: [...this.holds.keys()],
      }),
      onWelcome: ({ lease, maxResult }) => {
        this.maxResult = maxResult;
        clearInterval(this.renewal);
        this.renewal = setInterval(() => this.link.send({ type: 'working', ids: [...this.holds.keys()] }), (1000 * lease) / 4);
        for (const id of this.spool.ids()) this.send(id);
        if (this.holds.size === 0 && !options.stop.requested) this.want();
      },
      onMessage: (message) => this.take(message),
      note: (line) => progress.line(line),
    });
  }

  async run(): Promise<HubWorkerTally> {
    const { stop, progress, labeller, idle } = this.options;
    progress.phase('label', `${labeller.engine} for ${this.options.url}`);
    try {
      for (let since = performance.now(); ; ) {
        stop.throwIfRequested();
        if (this.arrived.length > 0) {
          await this.work(this.arrived.splice(0));
          this.want();
          since = performance.now();
        }
        const left = idle - (performance.now() - since) / 1000;
        if (this.arrived.length === 0 && left <= 0) break;
        progress.update(Number.NaN, `${this.tally.labels} labels; waiting for ${this.link.connected ? 'jobs' : 'the hub'}`);
        await this.event(left);
      }
    } catch (error) {
      const count = this.holds.size;
      if (this.giveBack() && count > 0 && error instanceof StoppedError) progress.line(`${count} jobs given back`);
      await this.delivered();
      throw error;
    }
    // some may have come at the last moment
    this.giveBack();
    await this.delivered();
    return { ...this.tally, undelivered: this.spool.ids().length };
  }

  close(): void {
    this.options.stop.signal.removeEventListener('abort', this.stopped);
    clearInterval(this.renewal);
    this.link.close();
  }

  /** Wants no more jobs, and none of those that it has. */
  private giveBack(): boolean {
    return this.link.send({ type: 'back', ids: [...this.holds.keys()] });
  }

  private readonly stopped = () => this.wake?.();

  private want(): void {
    this.link.send({ type: 'want', count: this.options.batch });
  }

  private take(message: Exclude<HubMessage, { type: 'welcome' }>): void {
    if (message.type === 'taken') this.spool.forget(message.id);
    else
      for (const { id, structure } of message.jobs) {
        this.arrived.push({ id, structure: fromStructureRecord(structure) });
        this.holds.set(id, this.arrived.at(-1)!);
      }
    this.wake?.();
  }

  private async work(jobs: readonly LabelJob[]): Promise<void> {
    const { labeller, directory, stop, progress } = this.options;
    const sound = jobs.filter((job) => {
      const wrong = wrongIn(job);
      if (wrong) this.done({ id: job.id, failure: { reason: `the job is broken: ${wrong}`, again: false } });
      return !wrong;
    });
    if (sound.length === 0) return;
    const onOutcome = (outcome: LabelOutcome) => this.done(outcome);
    await labeller.label(sound, { directory: join(directory, 'runs'), stop, progress, onOutcome });
    for (const { id } of sound)
      if (this.holds.has(id)) this.done({ id, failure: { reason: `${labeller.engine} said nothing about it`, again: true } });
  }

  private done(outcome: LabelOutcome): void {
    const job = this.holds.get(outcome.id);
    if (!job) return;
    const wrong = 'label' in outcome ? unsound(outcome.label, job.structure.species.length) : undefined;
    const checked = wrong ? { id: outcome.id, failure: wrong } : outcome;
    this.spool.keep(toMessage(checked));
    this.holds.delete(outcome.id);
    if ('label' in checked) this.tally.labels++;
    else {
      this.tally.failures++;
      this.options.progress.line(`${outcome.id}: no label: ${checked.failure.reason}`);
    }
    this.send(outcome.id);
  }

  private send(id: string): void {
    const message = this.spool.get(id);
    if (!message) return;
    const length = Buffer.byteLength(JSON.stringify(message));
    if (length <= this.maxResult) this.link.send(message);
    else {
      const reason = `the result has ${length} bytes, and the hub takes ${this.maxResult}`;
      this.link.send(toMessage({ id, failure: { reason, again: false } }));
    }
  }

  /** Waits for the hub to confirm what it was sent. */
  private async delivered(): Promise<void> {
    const until = performance.now() + 1000 * LAST_CALL;
    while (this.link.connected && this.spool.ids().length > 0 && performance.now() < until) await sleep(20);
  }

  /** Something came, was asked for, or the time is over. */
  private async event(seconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const woken = new Promise<void>((resolve) => {
      this.wake = resolve;
      if (this.options.stop.signal.aborted) resolve();
      if (Number.isFinite(seconds)) timer = setTimeout(resolve, 1000 * Math.max(0, seconds));
    });
    await Promise.race([woken, this.link.failed]).finally(() => clearTimeout(timer));
    this.wake = undefined;
  }
}

/** What is wrong with a job that came over the network; undefined for a sound one. */
function wrongIn({ structure }: LabelJob): string | undefined {
  const { species, positions } = structure;
  return positions.length === 3 * species.length
    ? undefined
    : `it has ${positions.length} numbers of positions for ${species.length} atoms`;
}
