import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { stamp } from '../../src/engines/progress.js';
import { InputError } from '../../src/errors.js';
import type { OnChange, RunChange } from '../run-change.js';
import { readRunState } from '../run-state.js';

/** The largest message that is taken, bytes. */
const MAX_PAYLOAD = 1_048_576;
/** Milliseconds to say hello. */
const HANDSHAKE = 10_000;
/** Milliseconds of silence after which the system checks whether the other machine is still there. */
const KEEP_ALIVE = 30_000;

/**
 * Follows the run that serves its progress at `url` until it ends; the last change is always an `end`, `lost` when the connection breaks.
 * @throws InputError when nothing serves progress there
 */
export function followSocket(url: string, onChange: OnChange, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = open(url);
    let opened = false;
    let ended = false;
    let problem: string | undefined;
    const end = (state: 'done' | 'stopped' | 'failed' | 'lost', reason: string | null) => {
      if (!ended) onChange({ type: 'end', state, reason });
      ended = true;
      // nothing more is to come, and whoever serves may be busy
      socket.terminate();
    };
    const stop = () => {
      ended = true;
      socket.terminate();
    };
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    socket.on('open', () => {
      opened = true;
    });
    socket.on('upgrade', ({ socket: connection }: { socket: Socket }) => connection.setKeepAlive(true, KEEP_ALIVE));
    socket.on('unexpected-response', (_request, response) => {
      reject(refused(url, `it answers ${response.statusCode} ${response.statusMessage ?? ''}`.trimEnd()));
      response.destroy();
      stop();
    });
    socket.on('message', (data, isBinary) => {
      if (ended) return;
      const changes = isBinary ? undefined : readMessage(String(data));
      if (changes === undefined) {
        problem = 'it sent something that is not progress of eqpot';
        socket.terminate();
      }
      for (const change of changes ?? []) {
        onChange(change);
        if (change.type === 'state' && change.state !== 'running') end(change.state, change.reason);
      }
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (opened || ended) problem ??= error.message;
      // an AggregateError of several addresses has no message
      else reject(refused(url, error.message || error.code || 'no answer', error));
    });
    socket.on('close', (_code, why) => {
      signal?.removeEventListener('abort', stop);
      if (opened) end('lost', `the connection ended before the run did${(problem ?? String(why)) ? `: ${problem ?? String(why)}` : ''}`);
      resolve();
    });
  });
}

function open(url: string): WebSocket {
  try {
    return new WebSocket(url, { maxPayload: MAX_PAYLOAD, handshakeTimeout: HANDSHAKE, perMessageDeflate: false });
  } catch (cause) {
    throw new InputError(`${url} is no address of a run`, {}, { hint: 'expected ws://HOST:PORT', cause });
  }
}

function refused(url: string, why: string, cause?: unknown): InputError {
  return new InputError(
    `no run serves its progress at ${url}: ${why}`,
    {},
    { hint: 'eqpot fit SETTINGS.yaml --serve says where it does; a run directory can be followed as well', cause },
  );
}

/** Undefined for what is no message; nothing for a message of a kind that this version does not know. */
function readMessage(text: string): RunChange[] | undefined {
  let message: Record<string, unknown>;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null || typeof message.type !== 'string') return undefined;
  if (message.type === 'state') {
    const state = readRunState(message);
    return state && [{ type: 'state', ...state }];
  }
  if (message.type !== 'line') return [];
  const time = Date.parse(String(message.time));
  if (typeof message.text !== 'string' || Number.isNaN(time)) return undefined;
  return stamp(time, message.text)
    .split('\n')
    .map((line) => ({ type: 'line', text: line }));
}
