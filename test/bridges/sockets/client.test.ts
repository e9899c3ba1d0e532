import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import type { RunChange } from '../../../bridges/run-change.js';
import { followSocket } from '../../../bridges/sockets/client.js';
import { type ProgressServer, serveProgress } from '../../../bridges/sockets/server.js';
import { thisProcess } from '../../../src/engines/identity.js';
import { createProgress } from '../../../src/engines/progress.js';
import { InputError } from '../../../src/errors.js';

const STATE = {
  type: 'state',
  state: 'running',
  reason: null,
  phase: 'search',
  fraction: 0.5,
  message: 'Å',
  updated: '',
  ...thisProcess(),
};

/** an unmasked text frame, RFC 6455 section 5.2 */
function frame(text: string, opcode = 0x81): Buffer {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? [opcode, payload.length] : [opcode, 126, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from(head), payload]);
}

describe('following a run through its socket', () => {
  let server: ProgressServer | undefined;
  let raw: Server | undefined;
  afterEach(async () => {
    await server?.close();
    raw?.close();
    server = undefined;
    raw = undefined;
  });

  /** a server that shakes hands as RFC 6455 section 4.2.2 says and then does what the test wants */
  async function rawServer(act: (socket: Socket) => void): Promise<string> {
    raw = createServer((socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.once('data', (request) => {
        const key = /Sec-WebSocket-Key: (\S+)/.exec(String(request))![1];
        const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
        );
        act(socket);
      });
    });
    raw.listen(0, '127.0.0.1');
    await once(raw, 'listening');
    return `ws://127.0.0.1:${(raw.address() as AddressInfo).port}`;
  }

  async function follow(url: string): Promise<RunChange[]> {
    const changes: RunChange[] = [];
    await followSocket(url, (change) => changes.push(change));
    return changes;
  }

  it('gives lines and states until the run ends', async () => {
    server = await serveProgress({ host: '127.0.0.1', port: 0 });
    const progress = createProgress({ quiet: true, listeners: [server] });
    progress.phase('search');
    const changes: RunChange[] = [];
    const finished = followSocket(server.url, (change) => {
      changes.push(change);
      if (changes.length > 1) return;
      progress.line('two\nlines');
      progress.end('failed', 'no equation');
    });
    await finished;
    expect(
      changes.map((change) => (change.type === 'line' ? change.text.slice(20) : `${change.type} ${(change as { state: string }).state}`)),
    ).to.deep.equal(['state running', 'two', 'lines', 'ended: no equation', 'state failed', 'end failed']);
    expect(changes[1])
      .to.have.property('text')
      .that.matches(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d two$/);
    expect(changes.at(-1)).to.deep.equal({ type: 'end', state: 'failed', reason: 'no equation' });
  });

  it('puts messages together that come byte by byte, in fragments, or several at once', async () => {
    const text = JSON.stringify({ ...STATE, message: 'Å'.repeat(100) });
    const end = frame(JSON.stringify({ ...STATE, state: 'done' }));
    const fragments = Buffer.concat([frame(text.slice(0, 50), 0x01), frame(text.slice(50, 90), 0x00), frame(text.slice(90), 0x80)]);
    const bytes = Buffer.concat([frame(text), fragments, frame('{"type":"later version"}'), end]);
    for (const size of [1, 7, bytes.length]) {
      const url = await rawServer(async (socket) => {
        for (let at = 0; at < bytes.length; at += size) {
          socket.write(bytes.subarray(at, at + size));
          await new Promise((resolve) => setImmediate(resolve));
        }
      });
      const changes = await follow(url);
      raw!.close();
      expect(changes.map((change) => change.type)).to.deep.equal(['state', 'state', 'state', 'end']);
      expect(changes[0]).to.have.property('message', 'Å'.repeat(100));
      expect(changes[1]).to.deep.equal(changes[0]);
      expect(changes.at(-1)).to.deep.equal({ type: 'end', state: 'done', reason: null });
    }
  });

  it('says that the run is lost, not ended, when the connection breaks', async () => {
    for (const [act, reason] of [
      [(socket: Socket) => socket.destroy(), 'the connection ended before the run did'],
      [(socket: Socket) => socket.write(frame('no JSON')), 'not progress of eqpot'],
      [(socket: Socket) => socket.write(frame('{"type":"state"}')), 'not progress of eqpot'],
      [(socket: Socket) => socket.write(frame('{"type":"line","time":"x","text":"y"}')), 'not progress of eqpot'],
      [(socket: Socket) => socket.write(Buffer.from([0x81, 127, 0, 0, 0, 0, 0xff, 0, 0, 0])), 'Max payload'],
    ] as const) {
      const changes = await follow(await rawServer((socket) => void setImmediate(act, socket)));
      raw!.close();
      expect(changes).to.have.length(1);
      expect(changes[0]).to.include({ type: 'end', state: 'lost' });
      expect((changes[0] as { reason: string }).reason).to.include(reason);
    }
  });

  it('fails where no run is served', async () => {
    const url = await rawServer(() => {});
    raw!.close();
    await once(raw!, 'close');
    const failure = (at: string) =>
      follow(at).then(
        () => undefined,
        (error) => error,
      );
    const refused = await failure(url);
    expect(refused).to.be.instanceOf(InputError);
    expect(refused.message).to.include(url).and.to.include('ECONNREFUSED').and.to.include('--serve');
    server = await serveProgress({ host: '127.0.0.1', port: 0 }, { maxClients: 0 });
    expect((await failure(server.url)).message).to.include('it answers 503');
    expect(await failure('ws:// nowhere')).to.be.instanceOf(InputError);
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    const changes: RunChange[] = [];
    const url = await rawServer((socket) => socket.write(frame(JSON.stringify(STATE))));
    await followSocket(
      url,
      (change) => {
        changes.push(change);
        abort.abort();
      },
      abort.signal,
    );
    expect(changes.map((change) => change.type)).to.deep.equal(['state']);
    await followSocket(url, (change) => changes.push(change), abort.signal);
    expect(changes).to.have.length(1);
  });
});
