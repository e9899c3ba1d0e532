import { createServer, type Server, type Socket } from 'node:net';
import { EngineError, StoppedError } from '../../../src/errors.js';
import { type IpiAddress, listenAt } from './address.js';

/** Waits at an address for force clients. Nobody proves who he is in this protocol: a port should be open to trusted machines only. */
export class IpiServer {
  private readonly arrived: Socket[] = [];
  private readonly waiting = new Set<(socket: Socket) => void>();

  private constructor(
    private readonly server: Server,
    readonly address: IpiAddress,
  ) {}

  /**
   * @param maxClients that may be connected and not yet accepted; more are refused
   * @throws InputError where nothing can listen
   */
  static async listen(address: IpiAddress, maxClients = 64): Promise<IpiServer> {
    const server = createServer();
    const self = new IpiServer(server, await listenAt(server, address));
    // such as no file handle for one more client
    server.on('error', () => {});
    server.on('connection', (socket) => {
      const [first] = self.waiting;
      if (first) first(socket);
      else if (self.arrived.length >= maxClients) socket.destroy();
      else {
        // one that leaves before it is accepted is forgotten
        socket.on('error', () => {});
        socket.once('close', () => self.arrived.includes(socket) && self.arrived.splice(self.arrived.indexOf(socket), 1));
        self.arrived.push(socket);
      }
    });
    return self;
  }

  /**
   * The next client that connects.
   * @throws EngineError after `seconds`; the reason of `signal` when that fires
   */
  accept(seconds: number, signal?: AbortSignal): Promise<Socket> {
    const there = this.arrived.shift();
    if (there) return Promise.resolve(there);
    return new Promise((resolve, reject) => {
      const end = (act: () => void) => {
        this.waiting.delete(take);
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
        act();
      };
      const take = (socket: Socket) => end(() => resolve(socket));
      const stop = () => end(() => reject(signal?.reason instanceof Error ? signal.reason : new StoppedError('stopped')));
      const timer = Number.isFinite(seconds)
        ? setTimeout(() => end(() => reject(new EngineError(`no force client has connected within ${seconds} s`))), 1000 * seconds)
        : undefined;
      this.waiting.add(take);
      signal?.addEventListener('abort', stop, { once: true });
      if (signal?.aborted) stop();
    });
  }

  /** Listens no more, and removes its unix socket; clients that were accepted stay. */
  async close(): Promise<void> {
    for (const socket of this.arrived.splice(0)) socket.destroy();
    // waits for the clients otherwise
    this.server.close();
    this.server.unref();
  }
}
