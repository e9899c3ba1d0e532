import type { Socket } from 'node:net';
import { EngineError } from '../../../src/errors.js';
import { type ClientMessage, HEADER, header, init, posdata } from './messages.js';
import { ClientMessageReader } from './reader.js';
import type { AtomicUnits } from './units.js';

/** What a force client gives for one structure. */
export interface IpiForces {
  /** eV */
  energy: number;
  /** eV/Å, shape (n, 3) */
  forces: Float64Array;
  /** eV, shape (3, 3), symmetric, pressure times volume; undefined where the client gives nothing but zeros */
  virial: Float64Array | undefined;
  /** from when the structure was sent, s */
  seconds: number;
}

/** Why a structure got no answer that never went out: nothing is wrong with it. */
export class NotSentError extends EngineError {}

interface Request {
  cell: Float64Array;
  positions: Float64Array;
  resolve(forces: IpiForces): void;
  reject(error: EngineError): void;
}

const STATUS = header('STATUS');
const GETFORCE = header('GETFORCE');
/** Milliseconds that a client has to close its end after EXIT. */
const GOODBYE = 2000;

/**
 * A force client at its socket, as the server sees it: the one place that knows in which order things are said.
 *
 * A structure goes out in one write together with the question for its forces. Then the client is asked for its state, because some are
 * ready for the next structure (LAMMPS) and others want INIT before each (pw.x, ASE). Over TCP that question goes out byte by byte, one for
 * each part of the answer that arrives, and the rest at its end: many clients write their answer in small pieces and do not set
 * TCP_NODELAY, so that their system holds pieces back until ours acknowledges the one before. Ours takes 40 ms for that unless there is
 * something to send with it.
 */
export class IpiConnection {
  private readonly reader: ClientMessageReader;
  private readonly queue: Request[] = [];
  private current: Request | undefined;
  /** undefined while the answer to STATUS is awaited */
  private state: 'READY' | 'NEEDINIT' | undefined;
  /** bytes of STATUS that are sent already */
  private asked = 0;
  private sent = 0;
  private failure: EngineError | undefined;
  private readonly timer: NodeJS.Timeout;
  private readonly tcp: boolean;
  /** resolved when the connection is over, whoever ended it */
  readonly closed: Promise<void>;

  /**
   * @param seconds that the client may be silent while something is wanted of it
   */
  constructor(
    private readonly socket: Socket,
    private readonly units: AtomicUnits,
    seconds: number,
  ) {
    this.tcp = socket.remoteAddress !== undefined;
    if (this.tcp) socket.setNoDelay(true);
    this.reader = new ClientMessageReader(units);
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    socket.on('data', (chunk) => this.take(chunk));
    socket.on('error', (error) => this.fail(`broke the connection: ${error.message}`));
    socket.on('close', () =>
      this.fail(this.reader.pending > 0 ? 'closed the connection in the middle of a message' : 'closed the connection'),
    );
    // longer times do not fit into a timer
    this.timer = setTimeout(
      () => (this.current || !this.state) && this.fail(`has not answered for ${seconds} s`),
      Math.min(1000 * seconds, 2 ** 31 - 1),
    ).unref();
    socket.write(STATUS);
  }

  /** Why the connection is useless; undefined while it is not. */
  get error(): EngineError | undefined {
    return this.failure;
  }

  /**
   * Energy, forces and virial of a structure; several may wait, they are answered in turn.
   * @param cell lattice vectors as rows, Å
   * @param positions Å
   * @throws EngineError when the client fails, says something wrong or nothing; the connection is closed then. NotSentError for structures
   * that waited behind
   */
  compute(cell: Float64Array, positions: Float64Array): Promise<IpiForces> {
    if (this.failure) return Promise.reject(new NotSentError(this.failure.message));
    return new Promise((resolve, reject) => {
      this.queue.push({ cell, positions, resolve, reject });
      this.next();
    });
  }

  /** Tells the client to end, and closes. */
  async close(): Promise<void> {
    if (this.failure) return this.closed;
    this.failure = new EngineError('the connection to the force client is closed');
    clearTimeout(this.timer);
    this.socket.end(header('EXIT'));
    const impatience = setTimeout(() => this.socket.destroy(), GOODBYE);
    await this.closed;
    clearTimeout(impatience);
  }

  /** Ends the connection at once. */
  destroy(why: string): void {
    this.fail(why);
  }

  private next(): void {
    if (this.current || !this.state) return;
    this.current = this.queue.shift();
    if (!this.current) return;
    const { cell, positions } = this.current;
    this.reader.expectedAtoms = positions.length / 3;
    const parts = [posdata(cell, positions, this.units), GETFORCE];
    if (this.state === 'NEEDINIT') parts.unshift(init());
    if (!this.tcp) parts.push(STATUS);
    this.state = undefined;
    this.timer.refresh();
    this.sent = performance.now();
    this.socket.write(Buffer.concat(parts));
  }

  private take(chunk: Buffer): void {
    if (this.failure) return;
    try {
      this.reader.push(
        chunk,
        (message) => this.answer(message),
        () => this.acknowledge(),
      );
    } catch (error) {
      this.fail((error as Error).message);
    }
  }

  private acknowledge(): void {
    if (this.tcp && this.current && this.asked < HEADER - 1) this.socket.write(STATUS.subarray(this.asked, ++this.asked));
  }

  private answer(message: ClientMessage): void {
    if (message.type !== 'FORCEREADY') {
      if (message.type === 'HAVEDATA' || this.current || this.state)
        throw new EngineError(`sent ${message.type} where ${this.current ? 'FORCEREADY' : 'READY or NEEDINIT'} was expected`);
      this.state = message.type;
      this.next();
      return;
    }
    const request = this.current;
    if (!request) throw new EngineError('sent forces that nobody asked for');
    const { energy, forces, virial } = message;
    if (!Number.isFinite(energy)) throw new EngineError(`sent the energy ${energy}`);
    const wrong = forces.findIndex((force) => !Number.isFinite(force));
    if (wrong >= 0) throw new EngineError(`sent the force ${forces[wrong]} on atom ${Math.floor(wrong / 3) + 1}`);
    if (!virial.every(Number.isFinite)) throw new EngineError('sent a virial that is not finite');
    this.current = undefined;
    if (this.tcp) this.socket.write(STATUS.subarray(this.asked));
    this.asked = 0;
    this.timer.refresh();
    request.resolve({ energy, forces, virial: symmetric(virial), seconds: (performance.now() - this.sent) / 1000 });
  }

  private fail(why: string): void {
    if (this.failure) return;
    this.failure = new EngineError(`the force client ${why}`);
    clearTimeout(this.timer);
    this.socket.destroy();
    this.current?.reject(this.failure);
    this.current = undefined;
    for (const request of this.queue.splice(0)) request.reject(new NotSentError(this.failure.message));
  }
}

/** LAMMPS fills the upper triangle only; ASE sends zeros where it is not asked for stress. */
function symmetric(virial: Float64Array): Float64Array | undefined {
  const [xx, xy, xz, yx, yy, yz, zx, zy, zz] = virial as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (virial.every((value) => value === 0)) return undefined;
  const both = (upper: number, lower: number) => (yx === 0 && zx === 0 && zy === 0 ? upper : 0.5 * (upper + lower));
  const off = [both(xy, yx), both(xz, zx), both(yz, zy)] as const;
  return Float64Array.of(xx, off[0], off[1], off[0], yy, off[2], off[1], off[2], zz);
}
