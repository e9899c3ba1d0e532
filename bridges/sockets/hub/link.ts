import { WebSocket } from 'ws';
import { EngineError, InputError } from '../../../src/errors.js';
import { CLOSE_PROTOCOL, CLOSE_REFUSED, type HubMessage, MAX_JOBS, readHubMessage, type WorkerMessage } from './messages.js';

export interface LinkOptions {
  url: string;
  token: string;
  /** random name of this process, which also sets its waiting times apart from those of others */
  worker: string;
  /** the first message of every connection */
  hello(): WorkerMessage;
  /** everything but `welcome` */
  onMessage(message: Exclude<HubMessage, { type: 'welcome' }>): void;
  /** after the hub has answered the hello */
  onWelcome(welcome: Extract<HubMessage, { type: 'welcome' }>): void;
  /** for a person: connections that are made and lost */
  note(line: string): void;
}

/** Milliseconds to say hello. */
const HANDSHAKE = 10_000;
/** Seconds between attempts to connect: the first, and the longest, which each failure comes closer to by a factor of two. */
const FIRST_WAIT = 1;
const LONGEST_WAIT = 60;
/** Periods of the hub's heartbeat without which the connection is taken for dead. */
const MAX_SILENT = 4;

/** A worker's connection to its hub, made again whenever it breaks. */
export class HubLink {
  /** rejected when it makes no sense to go on: a wrong token, other settings, no hub at all */
  readonly failed: Promise<never>;
  private reject!: (error: Error) => void;
  private socket: WebSocket | undefined;
  private welcomed = false;
  private everWelcomed = false;
  private attempts = 0;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;
  private watchdog: NodeJS.Timeout | undefined;

  /** @throws InputError for what is no address */
  constructor(private readonly options: LinkOptions) {
    this.failed = new Promise((_resolve, reject) => {
      this.reject = reject;
    });
    // somebody looks at it later
    this.failed.catch(() => {});
    this.connect();
  }

  get connected(): boolean {
    return this.welcomed;
  }

  /** Sends a message where there is a hub; false where there is none at the moment. */
  send(message: WorkerMessage): boolean {
    if (!this.welcomed) return false;
    this.socket!.send(JSON.stringify(message));
    return true;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    clearTimeout(this.watchdog);
    this.socket?.close(1000);
    const { socket } = this;
    setTimeout(() => socket?.terminate(), 500).unref();
  }

  private connect(): void {
    const { url, token } = this.options;
    let socket: WebSocket;
    try {
      const headers = { Authorization: `Bearer ${token}` };
      socket = new WebSocket(url, { headers, maxPayload: MAX_JOBS, handshakeTimeout: HANDSHAKE, perMessageDeflate: false });
    } catch (cause) {
      throw new InputError(`${url} is no address of a hub`, {}, { hint: 'expected ws://HOST:PORT', cause });
    }
    this.socket = socket;
    let why = '';
    socket.on('open', () => socket.send(JSON.stringify(this.options.hello())));
    socket.on('ping', () => this.watchdog?.refresh());
    socket.on('message', (data, isBinary) => {
      const message = isBinary ? 'a binary message' : readHubMessage(String(data));
      if (typeof message === 'string') {
        this.fail(new EngineError(`the hub at ${url} sent ${message}`));
        return;
      }
      if (message.type !== 'welcome') return this.options.onMessage(message);
      this.welcomed = true;
      this.everWelcomed = true;
      this.attempts = 0;
      this.options.note(`connected to ${url}`);
      this.watchdog = setTimeout(() => socket.terminate(), 1000 * MAX_SILENT * message.heartbeat);
      this.options.onWelcome(message);
    });
    socket.on('unexpected-response', (_request, response) => {
      const { statusCode, statusMessage } = response;
      response.destroy();
      socket.terminate();
      if (statusCode === 401)
        this.fail(new InputError(`the hub at ${url} does not take this token`, {}, { hint: 'hub and workers have to have the same' }));
      else if (statusCode === 503 || this.everWelcomed) why = `it answers ${statusCode}`;
      else this.fail(new InputError(`there is no hub at ${url}: it answers ${statusCode} ${statusMessage ?? ''}`.trimEnd()));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      why ||= error.message || error.code || 'no answer';
    });
    socket.on('close', (code, reason) => {
      clearTimeout(this.watchdog);
      const was = this.welcomed;
      this.welcomed = false;
      if (this.closed) return;
      if (code === CLOSE_REFUSED || code === CLOSE_PROTOCOL)
        return this.fail(
          new InputError(`the hub at ${url} has no use for this worker: ${reason}`, {}, { hint: 'are versions and settings the same?' }),
        );
      if (was || this.attempts === 0)
        this.options.note(`${was ? 'connection lost' : 'no hub answers'} (${String(reason) || why || code}); trying again`);
      this.timer = setTimeout(() => this.connect(), 1000 * this.wait());
    });
  }

  /** Seconds: longer with every failure, and not the same for all workers of a hub that was restarted. */
  private wait(): number {
    const spread = 0.75 + 0.5 * (Number.parseInt(this.options.worker.replaceAll('-', '').slice(0, 4), 16) / 0xffff);
    return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** this.attempts++) * spread;
  }

  private fail(error: Error): void {
    if (this.closed) return;
    this.close();
    this.reject(error);
  }
}
