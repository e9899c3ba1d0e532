import { chmodSync, lstatSync, rmSync } from 'node:fs';
import { connect, type Server, type Socket } from 'node:net';
import { InputError } from '../../../src/errors.js';
import { type Address, readAddress } from '../address.js';

/** Where an i-PI server listens: a unix socket of this machine, or a port. */
export type IpiAddress = { path: string } | Address;

/** Where LAMMPS, ASE, GPAW and Quantum ESPRESSO look for the unix socket NAME. */
const PREFIX = '/tmp/ipi_';
/** Bytes of a path of a unix socket on Linux; on macOS four fewer. */
const LONGEST_PATH = 103;

/**
 * Reads `unix:NAME` (which is /tmp/ipi_NAME), a path (with a slash), `PORT` or `HOST:PORT`.
 * @throws InputError
 */
export function parseIpiAddress(text: string): IpiAddress {
  const wrong = (what: string) =>
    new InputError(
      `"${text}" ${what}`,
      {},
      { hint: 'expected unix:NAME for /tmp/ipi_NAME, the path of a unix socket (with a slash), PORT or HOST:PORT' },
    );
  const name = /^unix:(.*)$/.exec(text)?.[1] ?? (text.includes('/') ? text : undefined);
  if (name === undefined) {
    const address = readAddress(text);
    if (!address) throw wrong('is no address of an i-PI server');
    return address;
  }
  if (name === '' || /[^\x21-\x7e]/.test(name)) throw wrong('is no name of a unix socket');
  const path = name.includes('/') ? name : PREFIX + name;
  if (Buffer.byteLength(path) > LONGEST_PATH)
    throw wrong(`is too long for a unix socket, whose path has at most ${LONGEST_PATH} characters`);
  return { path };
}

/** As it is shown, and read by `parseIpiAddress`. */
export function ipiAddressText(address: IpiAddress): string {
  if ('path' in address) return address.path.startsWith(PREFIX) ? `unix:${address.path.slice(PREFIX.length)}` : address.path;
  return `${address.host.includes(':') ? `[${address.host}]` : address.host}:${address.port}`;
}

/** NAME of a unix socket at /tmp/ipi_NAME, which is all that most programs can be told; undefined for any other. */
export function unixName(address: IpiAddress): string | undefined {
  if (!('path' in address) || !address.path.startsWith(PREFIX)) return undefined;
  const name = address.path.slice(PREFIX.length);
  return name.includes('/') ? undefined : name;
}

/**
 * Lets a server listen. A unix socket is for this user alone; one that a killed process left behind is taken over.
 * @returns the address, with the port that was taken
 * @throws InputError where it cannot
 */
export async function listenAt(server: Server, address: IpiAddress): Promise<IpiAddress> {
  const cannot = (cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EADDRINUSE' ? 'another program listens there' : cause.message;
    return new InputError(`cannot listen at ${ipiAddressText(address)}: ${why}`, {}, { hint: 'choose another address', cause });
  };
  const listen = () =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ ...address }, () => {
        server.off('error', reject);
        resolve();
      });
    });
  try {
    await listen();
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    if (!('path' in address) || cause.code !== 'EADDRINUSE' || !(await isLeftOver(address.path))) throw cannot(cause);
    rmSync(address.path, { force: true });
    await listen().catch((again) => {
      throw cannot(again);
    });
  }
  if ('path' in address) {
    chmodSync(address.path, 0o600);
    return address;
  }
  const bound = server.address();
  return { host: address.host, port: typeof bound === 'object' && bound ? bound.port : address.port };
}

/** Connects to an i-PI server. */
export function connectTo(address: IpiAddress): Socket {
  return 'path' in address ? connect(address.path) : connect({ ...address, noDelay: true });
}

/** True for a unix socket at which nobody listens any more. */
async function isLeftOver(path: string): Promise<boolean> {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return false;
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'));
  });
}
