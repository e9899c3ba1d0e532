import { createServer, type IncomingMessage } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { LabelJob, LabelOutcome } from '../../../src/engines/labelling/labeller.js';
import { toStructureRecord, unsound } from '../../../src/engines/labelling/records.js';
import { type Address, urlOf } from '../address.js';
import { listen } from '../listen.js';
import {
  CLOSE_PROTOCOL,
  CLOSE_REFUSED,
  CLOSE_TROUBLE,
  type HubMessage,
  MAX_JOBS,
  MAX_RESULT,
  PROTOCOL,
  readWorkerMessage,
  type WorkerMessage,
} from './messages.js';
import { JobQueue } from './queue.js';
import { fromMessage, ResultFolder, type ResultMessage } from './results.js';
import { sameToken } from './token.js';

export interface HubOptions {
  address: Address;
  token: string;
  /** hash of what changes the numbers */
  settings: string;
  /** whether workers must have the very settings; else their labels get those of the hub */
  strict: boolean;
  /** results that have come and are not known to be kept elsewhere */
  directory: string;
  /** s that a job stays with a worker without a sign of life */
  lease: number;
  /** s between two checks that a worker is there */
  heartbeat: number;
  /** lines for a person */
  note(line: string): void;
}

interface Peer {
  socket: WebSocket;
  /** random name of its process; '' before it said hello */
  worker: string;
  name: string;
  wants: number;
  /** checks since the last sign of life */
  silent: number;
}

/** Connections at a time. */
const MAX_WORKERS = 1000;
/** Results of jobs that nobody here asked for which are kept. */
const MAX_STRAY = 100_000;
/** Checks without a sign of life after which a connection is taken for dead: a worker may be busy for a while. */
const MAX_SILENT = 3;
/** Milliseconds that a wrong token waits for its answer. */
const SLOW = 300;
/** Milliseconds that workers have to answer the goodbye. */
const GOODBYE = 1000;

/**
 * Gives jobs to workers that connect by WebSocket, and takes their results. Every message that comes is checked; a worker that says anything
 * else is sent away. A result is on the disk before it is acknowledged, whether or not its job is known, and counts once.
 */
export class Hub {
  private readonly peers = new Set<Peer>();
  private readonly queue: JobQueue;
  private readonly results: ResultFolder;
  private readonly deliver = new Map<string, (outcome: LabelOutcome) => void>();
  private readonly settled = new Set<string>();
  private readonly timer: NodeJS.Timeout;
  /** s */
  private readonly period: number;
  url = '';

  private constructor(
    private readonly http: ReturnType<typeof createServer>,
    private readonly sockets: WebSocketServer,
    private readonly options: HubOptions,
  ) {
    this.queue = new JobQueue(options.lease);
    this.results = new ResultFolder(options.directory);
    sockets.on('connection', (socket) => this.welcome(socket));
    this.period = Math.min(options.heartbeat, options.lease / 4);
    this.timer = setInterval(() => this.check(), 1000 * this.period).unref();
  }

  /** @throws InputError when nothing can listen at the address */
  static async open(options: HubOptions): Promise<Hub> {
    const http = createServer((_request, response) =>
      response.writeHead(426, { 'Content-Type': 'text/plain' }).end('expected a WebSocket\n'),
    );
    http.maxConnections = 2 * MAX_WORKERS;
    const sockets: WebSocketServer = new WebSocketServer({
      server: http,
      maxPayload: MAX_RESULT,
      perMessageDeflate: false,
      verifyClient: ({ origin, req }: { origin: string | undefined; req: IncomingMessage }, answer) => {
        const given = /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1] ?? '';
        // browsers have no business here, whoever wrote the page
        if (origin !== undefined) answer(false, 403, 'workers only');
        else if (!sameToken(given, options.token)) setTimeout(() => answer(false, 401, 'wrong token'), SLOW);
        else if (sockets.clients.size >= MAX_WORKERS) answer(false, 503, `there are ${MAX_WORKERS} workers already`);
        else answer(true);
      },
    });
    sockets.on('error', () => {});
    const hub = new Hub(http, sockets, options);
    try {
      hub.url = urlOf(await listen(http, options.address, { what: 'wait for workers', hint: 'choose another port' }));
    } catch (error) {
      clearInterval(hub.timer);
      throw error;
    }
    return hub;
  }

  /** How many jobs wait or are worked at, and by how many workers. */
  get state(): { open: number; leased: number; workers: number } {
    return { open: this.queue.open, leased: this.queue.leased, workers: [...this.peers].filter(({ worker }) => worker !== '').length };
  }

  /** Hands out jobs; `onOutcome` is called once for each, also at once for those whose results have come before. */
  add(jobs: readonly LabelJob[], onOutcome: (outcome: LabelOutcome) => void): void {
    for (const job of jobs) {
      const message = this.results.get(job.id);
      const outcome = message && this.sound(message, job);
      // a failure is worth another try, or it would not be asked for again
      if (outcome && 'label' in outcome) onOutcome(outcome);
      else {
        this.results.forget(job.id);
        this.settled.delete(job.id);
        this.deliver.set(job.id, onOutcome);
        this.queue.add([job]);
      }
    }
    this.give();
  }

  /** The outcome is kept elsewhere. */
  kept(id: string): void {
    this.results.forget(id);
  }

  /** Jobs that are not wanted any more; results that come for them are kept nevertheless. */
  withdraw(ids: Iterable<string>): void {
    for (const id of ids) {
      this.queue.settle(id);
      this.deliver.delete(id);
    }
  }

  async close(): Promise<void> {
    clearInterval(this.timer);
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    for (const { socket } of this.peers) socket.close(1001, 'the hub ends');
    const impatience = setTimeout(() => {
      for (const { socket } of this.peers) socket.terminate();
      this.http.closeAllConnections();
    }, GOODBYE);
    this.http.closeIdleConnections();
    this.sockets.close();
    await closed;
    clearTimeout(impatience);
  }

  private welcome(socket: WebSocket): void {
    const peer: Peer = { socket, worker: '', name: '', wants: 0, silent: 0 };
    this.peers.add(peer);
    socket.on('pong', () => {
      peer.silent = 0;
    });
    // such as a message that is too long: the socket closes itself
    socket.on('error', () => {});
    socket.on('close', () => {
      this.peers.delete(peer);
      if (peer.worker !== '') this.options.note(`worker ${peer.name} is gone`);
      // what it failed at is for anybody, where it was the only other one
      this.give();
    });
    socket.on('message', (data, isBinary) => {
      peer.silent = 0;
      const message = isBinary ? 'a binary message' : readWorkerMessage(String(data));
      if (typeof message === 'string') this.refuse(peer, CLOSE_PROTOCOL, `the hub got ${message}`);
      else if (peer.worker === '' && message.type !== 'hello') this.refuse(peer, CLOSE_PROTOCOL, 'a worker says hello first');
      else this.takeSafely(peer, message);
    });
  }

  /** A full disk ends the connection, not the hub: the worker has its result until it is acknowledged, and brings it again. */
  private takeSafely(peer: Peer, message: WorkerMessage): void {
    try {
      this.take(peer, message);
    } catch (error) {
      this.options.note(`what worker ${peer.name} sent could not be kept: ${(error as Error).message}`);
      this.refuse(peer, CLOSE_TROUBLE, 'the hub cannot keep it now');
    }
  }

  private take(peer: Peer, message: WorkerMessage): void {
    const { worker } = peer;
    switch (message.type) {
      case 'hello':
        this.hello(peer, message);
        break;
      case 'want':
        peer.wants = message.count;
        this.give();
        break;
      case 'working':
        this.queue.renew(worker, message.ids);
        break;
      case 'back':
        peer.wants = 0;
        this.queue.release(worker, message.ids);
        this.give();
        break;
      case 'result':
        if (this.result(peer, message)) this.send(peer, { type: 'taken', id: message.id });
        else this.refuse(peer, CLOSE_PROTOCOL, `the hub got a result of ${message.id} without a label and without a failure`);
        this.give();
    }
  }

  private hello(peer: Peer, message: Extract<WorkerMessage, { type: 'hello' }>): void {
    const { worker, name, description } = message;
    const wrong = this.objection(message);
    if (wrong !== undefined) {
      this.options.note(`worker ${name} is refused: ${wrong}; it is\n${description}`);
      this.refuse(peer, CLOSE_REFUSED, wrong);
      return;
    }
    // the same process on a new connection, before the end of the old one was seen
    for (const other of this.peers) if (other !== peer && other.worker === worker) other.socket.terminate();
    if (peer.worker === '') this.options.note(`worker ${name}`);
    peer.worker = worker;
    peer.name = name;
    this.queue.renew(worker, message.holds);
    this.send(peer, { type: 'welcome', lease: this.options.lease, heartbeat: this.period, maxResult: MAX_RESULT });
  }

  /** Why a worker is not one for these jobs. */
  private objection({ protocol, settings }: Extract<WorkerMessage, { type: 'hello' }>): string | undefined {
    if (protocol !== PROTOCOL) return `the hub speaks version ${PROTOCOL} of the protocol, the worker version ${protocol}`;
    if (this.options.strict && settings !== this.options.settings)
      return `the jobs want settings ${this.options.settings}, the worker has ${settings}`;
    return undefined;
  }

  /** True when the worker may forget it; false where it is no result. */
  private result(peer: Peer, message: ResultMessage): boolean {
    const { id } = message;
    const job = this.queue.get(id);
    if (!job) {
      // a late double of what is settled, or of a run that asks for it later
      if (message.label && !this.settled.has(id) && this.results.ids().length < MAX_STRAY) this.results.keep(message);
      return true;
    }
    const outcome = this.sound(message, job);
    if (!outcome) return false;
    if ('failure' in outcome && this.queue.failed(id, peer.worker, outcome.failure.again)) {
      this.options.note(`${id} failed with ${peer.name} and is given out again: ${outcome.failure.reason.split('\n')[0]}`);
      return true;
    }
    this.results.keep(message);
    this.queue.settle(id);
    this.settled.add(id);
    const onOutcome = this.deliver.get(id);
    this.deliver.delete(id);
    onOutcome?.(outcome);
    return true;
  }

  /** The outcome of a message, a failure where its numbers cannot be; undefined where there is none. */
  private sound(message: ResultMessage, { id, structure }: LabelJob): LabelOutcome | undefined {
    const outcome = fromMessage(message);
    if (!outcome || 'failure' in outcome) return outcome;
    const { label } = outcome;
    const wrong = unsound(label, structure.species.length);
    if (wrong) return { id, failure: wrong };
    if (label.origin.settings === this.options.settings) return outcome;
    if (this.options.strict) return { id, failure: { reason: `the label has settings ${label.origin.settings}`, again: false } };
    return { id, label: { ...label, origin: { ...label.origin, settings: this.options.settings } } };
  }

  /** Jobs to those who want some. */
  private give(): void {
    const others = new Set([...this.peers].filter(({ worker }) => worker !== '').map(({ worker }) => worker)).size > 1;
    for (const peer of this.peers) {
      if (peer.wants === 0 || peer.socket.readyState !== peer.socket.OPEN) continue;
      const jobs = this.queue.take(peer.worker, peer.wants, others);
      if (jobs.length === 0) continue;
      peer.wants = 0;
      const records = jobs.map(({ id, structure }) => ({ id, structure: toStructureRecord(structure) }));
      // what makes the message too long waits for the next
      let length = 0;
      const fitting = records.filter((record) => {
        length += JSON.stringify(record).length;
        return record === records[0] || length < MAX_JOBS / 2;
      });
      this.queue.release(
        peer.worker,
        records.slice(fitting.length).map(({ id }) => id),
      );
      this.send(peer, { type: 'jobs', jobs: fitting });
    }
  }

  private check(): void {
    for (const peer of this.peers) {
      if (++peer.silent > MAX_SILENT) peer.socket.terminate();
      else peer.socket.ping();
    }
    const expired = this.queue.expire();
    if (expired.length > 0) this.options.note(`${expired.length} jobs of workers without a sign of life are given out again`);
    this.give();
  }

  private refuse(peer: Peer, code: number, reason: string): void {
    // a reason has at most 123 bytes
    peer.socket.close(code, reason.slice(0, 120));
  }

  private send({ socket }: Peer, message: HubMessage): void {
    socket.send(JSON.stringify(message));
  }
}
