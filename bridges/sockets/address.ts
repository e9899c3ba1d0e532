import { InputError } from '../../src/errors.js';

/** Where a server listens. */
export interface Address {
  host: string;
  /** 0 for any that is free */
  port: number;
}

export const LOOPBACK = '127.0.0.1';

/**
 * Reads PORT, HOST:PORT or [IPV6]:PORT; without any text, this machine only and any free port.
 * @throws InputError
 */
export function parseAddress(text?: string): Address {
  if (text === undefined) return { host: LOOPBACK, port: 0 };
  const address = readAddress(text);
  if (!address)
    throw new InputError(
      `"${text}" is no address to serve progress at`,
      {},
      { hint: 'expected PORT or HOST:PORT with a port up to 65535, as --serve 8080; without one, --serve stands behind the settings file' },
    );
  return address;
}

/** The same without a default and without an error: undefined for what is no address. */
export function readAddress(text: string): Address | undefined {
  const match = /^(?:(?:\[([\da-f:.]+)\]|([^\s:/[\]]+)):)?(\d{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  return match && port <= 65_535 ? { host: match[1] ?? match[2] ?? LOOPBACK, port } : undefined;
}

/** `ws://HOST:PORT` */
export function urlOf({ host, port }: Address): string {
  return `ws://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** True for a name or number of this machine that no other machine reaches. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
