import { createServer, type IncomingMessage } from 'node:http';
import { WebSocket, WebSocketServer } from 'ws';
import { thisProcess } from '../../src/engines/identity.js';
import type { ProgressListener, ProgressState } from '../../src/engines/progress.js';
import { type Address, isLoopback, urlOf } from './address.js';
import { listen } from './listen.js';

/** A WebSocket at which programs get the progress of this process. */
export interface ProgressServer extends ProgressListener {
  /** `ws://HOST:PORT`, with the port that was taken */
  readonly url: string;
  /** clients that are connected */
  readonly clients: number;
  /** Tells the clients goodbye, gives the port back and lets the process end. */
  close(): Promise<void>;
}

export interface ServeOptions {
  /** clients at a time, default 16; more are refused */
  maxClients?: number;
  /** a client that has so many bytes yet to take is dropped, default 1 MiB */
  maxWaiting?: number;
}

/** Milliseconds between two updates that are sent; those between are left out, phases, lines and the end never are. */
const EVERY = 50;
/** Milliseconds that a client has to answer the goodbye. */
const GOODBYE = 1000;
/** Clients have nothing to say; bytes. */
const MAX_PAYLOAD = 1024;
const PURPOSE = { what: 'serve progress', hint: 'choose another, or give none: --serve then takes one that is free' };

/**
 * Serves progress. Every message is one JSON text: `{"type":"state",...}` with the fields of `progress.json`, which is also the first that a
 * client gets however late it comes, or `{"type":"line","time":...,"text":...}` as in run.log.
 * @throws InputError when it cannot listen there
 */
export async function serveProgress(address: Address, options: ServeOptions = {}): Promise<ProgressServer> {
  const { maxClients = 16, maxWaiting = 1_048_576 } = options;
  const http = createServer((_request, response) =>
    response.writeHead(426, { 'Content-Type': 'text/plain' }).end('expected a WebSocket\n'),
  );
  // those that have connected and not yet said what they want count as well
  http.maxConnections = 2 * maxClients;
  const sockets = new WebSocketServer({
    server: http,
    maxPayload: MAX_PAYLOAD,
    perMessageDeflate: false,
    verifyClient: ({ origin, req }, answer) => {
      if (!isWelcome(origin, req)) answer(false, 403, 'pages of other sites are not welcome');
      else if (sockets.clients.size >= maxClients) answer(false, 503, `there are ${maxClients} clients already`);
      else answer(true);
    },
  });
  // such as no file handle for one more client: no reason to end a run
  sockets.on('error', () => {});
  return new Server(http, sockets, await listen(http, address, PURPOSE), maxWaiting);
}

class Server implements ProgressServer {
  readonly url: string;
  private readonly identity = thisProcess();
  private last: string | undefined;
  private sent = 0;
  private later: NodeJS.Timeout | undefined;

  constructor(
    private readonly http: ReturnType<typeof createServer>,
    private readonly sockets: WebSocketServer,
    address: Address,
    private readonly maxWaiting: number,
  ) {
    this.url = urlOf(address);
    sockets.on('connection', (client) => {
      // a client that breaks the protocol or goes away is no concern of the run
      client.on('error', () => client.terminate());
      if (this.last !== undefined) client.send(this.last);
    });
  }

  get clients(): number {
    return this.sockets.clients.size;
  }

  state(state: ProgressState, urgent: boolean): void {
    this.last = JSON.stringify({ type: 'state', ...state, ...this.identity });
    const wait = EVERY - (performance.now() - this.sent);
    if (urgent || wait <= 0) this.sendState();
    else this.later ??= setTimeout(() => this.sendState(), wait).unref();
  }

  line(text: string, time: string): void {
    this.send(JSON.stringify({ type: 'line', time, text }));
  }

  async close(): Promise<void> {
    if (this.later) this.sendState();
    const closed = new Promise<void>((resolve) => this.http.close(() => resolve()));
    for (const client of this.sockets.clients) client.close(1000, 'the run has ended');
    const impatience = setTimeout(() => {
      for (const client of this.sockets.clients) client.terminate();
      this.http.closeAllConnections();
    }, GOODBYE);
    this.http.closeIdleConnections();
    this.sockets.close();
    await closed;
    clearTimeout(impatience);
  }

  private sendState(): void {
    clearTimeout(this.later);
    this.later = undefined;
    this.sent = performance.now();
    this.send(this.last!);
  }

  private send(message: string): void {
    for (const client of this.sockets.clients) {
      if (client.readyState !== WebSocket.OPEN) continue;
      if (client.bufferedAmount > this.maxWaiting) client.terminate();
      else client.send(message);
    }
  }
}

/** Any program may listen; of the pages in a browser, which anybody may have written, only those of this machine or of the server's own. */
function isWelcome(origin: string | undefined, request: IncomingMessage): boolean {
  if (origin === undefined) return true;
  const from = URL.canParse(origin) ? new URL(origin).hostname : '';
  if (isLoopback(from)) return true;
  const host = URL.canParse(`ws://${request.headers.host}`) ? new URL(`ws://${request.headers.host}`).hostname : '';
  return from !== '' && from === host && !isLoopback(request.socket.localAddress ?? '');
}
