import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { expect } from 'chai';
import { type ClientOptions, WebSocket } from 'ws';
import { type ProgressServer, type ServeOptions, serveProgress } from '../../../bridges/sockets/server.js';
import { createProgress } from '../../../src/engines/progress.js';
import { InputError } from '../../../src/errors.js';

const HERE = { host: '127.0.0.1', port: 0 };

const opened: WebSocket[] = [];

/** A client that keeps all messages and lets the test wait for one. */
function client(url: string, options: ClientOptions = {}) {
  const socket = new WebSocket(url, options);
  opened.push(socket);
  const messages: Record<string, unknown>[] = [];
  const waiters = new Set<() => void>();
  socket.on('message', (data) => {
    messages.push(JSON.parse(String(data)));
    for (const waiter of waiters) waiter();
  });
  socket.on('error', () => {});
  const closed = once(socket, 'close').then(([code]) => code as number);
  const until = (key: string, value: unknown) =>
    new Promise<void>((resolve) => {
      const look = () => messages.some((message) => message[key] === value) && resolve();
      waiters.add(look);
      look();
    });
  return { socket, messages, closed, until };
}

/** HTTP status with which a handshake is refused */
async function refusal(url: string, options: ClientOptions): Promise<number | undefined> {
  const socket = new WebSocket(url, options);
  socket.on('error', () => {});
  const [, response] = await once(socket, 'unexpected-response');
  socket.terminate();
  return response.statusCode;
}

describe('progress server', () => {
  let server: ProgressServer | undefined;
  const start = async (options?: ServeOptions) => {
    server = await serveProgress(HERE, options);
    return { server, progress: createProgress({ quiet: true, listeners: [server] }) };
  };
  afterEach(async () => {
    for (const socket of opened.splice(0)) socket.terminate();
    await server?.close();
    server = undefined;
  });

  it('sends every event as one JSON message, and says goodbye at the end', async () => {
    const { server, progress } = await start();
    expect(server.url).to.match(/^ws:\/\/127\.0\.0\.1:\d+$/);
    const { messages, closed, until } = client(server.url);
    await until('type', 'state');
    progress.phase('search', '8 restarts');
    for (const fraction of [0.1, 0.2, 0.3]) {
      await new Promise((resolve) => setTimeout(resolve, 60));
      progress.update(fraction, 'best 12 meV/atom');
    }
    progress.line('two\nlines, φ(r) in Å');
    progress.end('stopped', 'stopped: SIGTERM');
    await until('state', 'stopped');
    await server.close();
    expect(await closed).to.equal(1000);
    expect(messages.map(({ type, phase, fraction, state, text }) => (type === 'line' ? text : [state, phase, fraction]))).to.deep.equal([
      ['running', '', null],
      ['running', 'search', null],
      'search: 8 restarts',
      ['running', 'search', 0.1],
      ['running', 'search', 0.2],
      ['running', 'search', 0.3],
      'two\nlines, φ(r) in Å',
      'ended: stopped: SIGTERM',
      ['stopped', 'search', 0.3],
    ]);
    expect(messages[0]).to.include({ type: 'state', pid: process.pid, reason: null });
    expect(Date.parse(String(messages[2]!.time))).to.be.closeTo(Date.now(), 60_000);
  });

  it('sends a late client the last state first, also when that was not sent to others', async () => {
    const { server, progress } = await start();
    progress.phase('search');
    for (let k = 0; k <= 1000; k++) progress.update(k / 1000);
    const { messages, until } = client(server.url);
    await until('phase', 'search');
    expect(messages[0]).to.include({ type: 'state', phase: 'search', fraction: 1 });
  });

  it('leaves out updates that come too fast, never the last one', async () => {
    const { server, progress } = await start();
    const { messages, until } = client(server.url);
    await until('type', 'state');
    const began = performance.now();
    progress.phase('search');
    for (let k = 1; k <= 10_000; k++) progress.update(k / 10_000);
    await until('fraction', 1);
    // the first state, the phase with its line, the last update, and one for every 50 ms however slow the machine is
    expect(messages.length).to.be.at.most(5 + (performance.now() - began) / 45);
    progress.update(0.5, 'the very last');
    progress.update(0.6, 'pending when the server closes');
    await server.close();
    expect(messages.at(-1)).to.include({ message: 'pending when the server closes' });
  });

  it('takes no more clients than it should, and others when some have left', async () => {
    const { server } = await start({ maxClients: 2 });
    const first = client(server.url);
    await Promise.all([first.until('type', 'state'), client(server.url).until('type', 'state')]);
    expect(await refusal(server.url, {})).to.equal(503);
    first.socket.close();
    await first.closed;
    await client(server.url).until('type', 'state');
    expect(server.clients).to.equal(2);
  });

  it('drops a client that does not read, and keeps the others', async () => {
    const { server, progress } = await start({ maxWaiting: 100_000 });
    const slow = client(server.url);
    const fast = client(server.url);
    await Promise.all([slow.until('type', 'state'), fast.until('type', 'state')]);
    slow.socket.pause();
    const line = 'x'.repeat(50_000);
    for (let k = 0; k < 1000 && server.clients === 2; k++) {
      progress.line(`${k} ${line}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(server.clients).to.equal(1);
    progress.line('still there');
    await fast.until('text', 'still there');
  });

  it('takes pages of this machine, and not those of any site that a browser is at', async () => {
    const { server } = await start();
    await client(server.url, { origin: 'http://localhost:8888' }).until('type', 'state');
    await client(server.url, { origin: 'http://127.0.0.1' }).until('type', 'state');
    for (const origin of ['https://evil.org', 'null', 'http://127.0.0.1.evil.org'])
      expect(await refusal(server.url, { origin }), origin).to.equal(403);
    // a name of that site that it lets point to this machine
    expect(await refusal(server.url, { origin: 'https://evil.org', headers: { Host: 'evil.org' } })).to.equal(403);
  });

  it('cares for nothing that clients say or break', async () => {
    const { server, progress } = await start();
    const talker = client(server.url);
    await talker.until('type', 'state');
    talker.socket.send('x'.repeat(10_000));
    expect(await talker.closed).to.equal(1009);
    const { port } = new URL(server.url);
    const garbage = connect(Number(port), '127.0.0.1', () => garbage.write('\u0000\u0001 no HTTP\r\n\r\n'));
    garbage.on('error', () => {});
    garbage.resume();
    await once(garbage, 'close');
    expect((await fetch(server.url.replace('ws:', 'http:'))).status).to.equal(426);
    const witness = client(server.url);
    await witness.until('type', 'state');
    progress.line('all is well');
    await witness.until('text', 'all is well');
  });

  it('understands a handshake that comes byte by byte', async () => {
    const { server } = await start();
    const { port, host } = new URL(server.url);
    const socket = connect({ port: Number(port), host: '127.0.0.1', noDelay: true });
    let answer = '';
    socket.on('data', (chunk) => {
      answer += chunk;
    });
    const request = `GET / HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
    for (const byte of request) {
      socket.write(byte);
      await new Promise((resolve) => setImmediate(resolve));
    }
    while (!answer.includes('"type":"state"')) await once(socket, 'data');
    expect(answer).to.match(/^HTTP\/1\.1 101 /);
    socket.destroy();
  });

  it('closes soon although somebody holds a connection and says nothing', async () => {
    const { server } = await start();
    const { port } = new URL(server.url);
    const silent = connect(Number(port), '127.0.0.1');
    silent.on('error', () => {});
    await once(silent, 'connect');
    const deaf = client(server.url);
    await deaf.until('type', 'state');
    deaf.socket.pause();
    const started = performance.now();
    await server.close();
    expect(performance.now() - started).to.be.lessThan(3000);
    silent.destroy();
    deaf.socket.terminate();
  });

  it('says why it cannot listen', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const failure = (host: string, at: number) =>
      serveProgress({ host, port: at }).then(
        () => undefined,
        (error) => error,
      );
    const inUse = await failure('127.0.0.1', port);
    other.close();
    expect(inUse).to.be.instanceOf(InputError);
    expect(inUse.message).to.include(`port ${port} of 127.0.0.1 is in use`).and.to.include('--serve');
    const foreign = await failure('192.0.2.1', 0);
    expect(foreign).to.be.instanceOf(InputError);
    expect(foreign.message).to.include('192.0.2.1 is no address of this machine');
  });
});
