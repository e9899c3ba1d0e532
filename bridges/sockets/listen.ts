import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InputError } from '../../src/errors.js';
import type { Address } from './address.js';

/** For messages: what is to be done at the address, and what to do when another one takes it already. */
export interface ListenPurpose {
  /** such as `serve progress` */
  what: string;
  hint: string;
}

/**
 * Lets a server listen.
 * @returns the address with the port that was taken
 * @throws InputError when it cannot
 */
export function listen(http: Server, { host, port }: Address, purpose: ListenPurpose): Promise<Address> {
  return new Promise((resolve, reject) => {
    http.once('error', (cause: NodeJS.ErrnoException) => reject(new InputError(...explain(cause, { host, port }, purpose))));
    http.listen({ host, port }, () => resolve({ host, port: (http.address() as AddressInfo).port }));
  });
}

function explain(
  cause: NodeJS.ErrnoException,
  { host, port }: Address,
  { what, hint }: ListenPurpose,
): ConstructorParameters<typeof InputError> {
  switch (cause.code) {
    case 'EADDRINUSE':
      return [`cannot ${what}: port ${port} of ${host} is in use`, {}, { hint, cause }];
    case 'EACCES':
      return [`cannot ${what}: port ${port} of ${host} is not for everybody`, {}, { hint, cause }];
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EINVAL':
      return [`cannot ${what}: ${host} is no address of this machine`, {}, { hint: 'leave the host out for this machine only', cause }];
    default:
      return [`cannot ${what} at ${host}:${port}: ${cause.message}`, {}, { cause }];
  }
}
