import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineError, StoppedError } from '../../../src/errors.js';
import type { Structure } from '../../../src/structures/structure.js';
import { volume } from '../../../src/structures/structure.js';
import { connectTo, type IpiAddress, ipiAddressText } from './address.js';
import { forceready, header, type ServerMessage } from './messages.js';
import { ServerMessageReader } from './reader.js';
import { CODATA } from './units.js';

/** Energy and its derivatives as a server wants them. */
export interface ServedForces {
  /** eV */
  energy: number;
  /** eV/Å, shape (n, 3) */
  forces: Float64Array;
  /** eV/Å³, shape (3, 3), positive = tension; undefined without a cell */
  stress: Float64Array | undefined;
}

export interface ForceServiceOptions {
  /** what the protocol does not say: the element of each atom, and which directions are periodic */
  structure?: Pick<Structure, 'species' | 'pbc'>;
  /** where there is no structure: of all atoms; every direction with a lattice vector is periodic then */
  element?: string;
  evaluate(structure: Structure): ServedForces;
  /** how long a server that is not there yet is waited for, s */
  waitSeconds: number;
  signal: AbortSignal;
  /** called after each structure with how many there have been */
  onStep?(steps: number): void;
}

/** How a service ended. */
export interface ForceServiceEnd {
  /** structures that were evaluated */
  steps: number;
  /** false when the server closed the connection without EXIT, as ASE does */
  exit: boolean;
}

/** Milliseconds between two attempts to connect. */
const AGAIN = 200;
/** What means that the server is not there yet. */
const NOT_YET = new Set(['ENOENT', 'ECONNREFUSED', 'EAGAIN']);

/**
 * Gives forces to an i-PI server (i-PI, ASE's SocketIOCalculator, ...) until it has had enough.
 * @throws EngineError when there is no server, when it says something that is not the protocol, or when an energy is not finite;
 * StoppedError when `signal` fires
 */
export async function serveForces(address: IpiAddress, options: ForceServiceOptions): Promise<ForceServiceEnd> {
  const socket = await connection(address, options);
  const stop = () => socket.destroy();
  options.signal.addEventListener('abort', stop, { once: true });
  if (options.signal.aborted) stop();
  try {
    return await serve(socket, ipiAddressText(address), options);
  } finally {
    options.signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

function serve(socket: Socket, at: string, options: ForceServiceOptions): Promise<ForceServiceEnd> {
  const reader = new ServerMessageReader(CODATA);
  const { structure, evaluate, signal, onStep } = options;
  reader.expectedAtoms = structure?.species.length;
  let result: Buffer | undefined;
  let steps = 0;
  return new Promise((resolve, reject) => {
    const answer = (message: ServerMessage) => {
      if (message.type === 'STATUS') socket.write(header(result ? 'HAVEDATA' : 'READY'));
      else if (message.type === 'POSDATA') {
        const { cell, positions } = message;
        const { species, pbc } = structure ?? allOf(options.element!, cell, positions);
        result = encoded(evaluate({ species, pbc, cell, positions }), cell);
        steps++;
        onStep?.(steps);
      } else if (message.type === 'GETFORCE') {
        if (!result) throw new EngineError('asked for forces before it sent positions');
        // in one write, so that no part of it waits for the acknowledgement of another
        socket.write(result);
        result = undefined;
      } else if (message.type === 'EXIT') resolve({ steps, exit: true });
    };
    socket.on('data', (chunk) => {
      try {
        reader.push(chunk, answer);
      } catch (error) {
        const { message } = error as Error;
        reject(error instanceof EngineError ? new EngineError(`the i-PI server at ${at} ${message}`) : error);
        socket.destroy();
      }
    });
    socket.on('error', (error) => reject(new EngineError(`the connection to ${at} broke: ${error.message}`, '', { cause: error })));
    socket.on('close', () => {
      if (signal.aborted) reject(signal.reason instanceof Error ? signal.reason : new StoppedError('stopped'));
      else if (reader.pending > 0) reject(new EngineError(`the i-PI server at ${at} closed the connection in the middle of a message`));
      else resolve({ steps, exit: false });
    });
  });
}

function allOf(element: string, cell: Float64Array, positions: Float64Array): Pick<Structure, 'species' | 'pbc'> {
  const periodic = (d: number) => cell.subarray(3 * d, 3 * d + 3).some((x) => x !== 0);
  return { species: new Array(positions.length / 3).fill(element), pbc: [periodic(0), periodic(1), periodic(2)] };
}

function encoded({ energy, forces, stress }: ServedForces, cell: Float64Array): Buffer {
  const v = volume(cell);
  const virial = stress ? stress.map((value) => -value * v) : new Float64Array(9);
  if (![energy, ...forces, ...virial].every(Number.isFinite))
    throw new EngineError(
      `sent a structure whose energy, forces or stress are not finite (energy ${energy} eV): atoms on top of each other?`,
    );
  return forceready(energy, forces, virial, CODATA);
}

async function connection(address: IpiAddress, { waitSeconds, signal }: ForceServiceOptions): Promise<Socket> {
  const started = performance.now();
  for (;;) {
    signal.throwIfAborted();
    const socket = connectTo(address);
    try {
      await once(socket, 'connect', { signal });
      return socket;
    } catch (error) {
      socket.destroy();
      signal.throwIfAborted();
      const { code, message } = error as NodeJS.ErrnoException;
      if (!NOT_YET.has(code ?? '') || performance.now() - started > 1000 * waitSeconds)
        throw new EngineError(`no i-PI server answers at ${ipiAddressText(address)}: ${message || code}`, '', { cause: error });
      await sleep(AGAIN);
    }
  }
}
