import type { Socket } from 'node:net';
import { expect } from 'chai';
import { connectTo, parseIpiAddress } from '../../../../bridges/sockets/ipi/address.js';
import { type ForceServiceOptions, serveForces } from '../../../../bridges/sockets/ipi/client.js';
import { IpiConnection } from '../../../../bridges/sockets/ipi/connection.js';
import { forceready, header } from '../../../../bridges/sockets/ipi/messages.js';
import { IpiServer } from '../../../../bridges/sockets/ipi/server.js';
import { CODATA } from '../../../../bridges/sockets/ipi/units.js';
import { EngineError, StoppedError } from '../../../../src/errors.js';

const CELL = Float64Array.of(5, 0, 0, 1, 6, 0, 0, 2, 7);
const POSITIONS = Float64Array.of(0, 0, 0, 1, 2, 3);
const FORCES = Float64Array.of(1, -2, 3, -4, 5, -6);

async function failure(promise: Promise<unknown>): Promise<Error> {
  try {
    await promise;
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

for (const where of ['unix', 'tcp'] as const) {
  describe(`i-PI connection, ${where}`, () => {
    let server: IpiServer;
    let sockets: Socket[] = [];
    before(async () => {
      server = await IpiServer.listen(where === 'tcp' ? { host: '127.0.0.1', port: 0 } : parseIpiAddress(`unix:eqpot_test_${process.pid}`));
    });
    afterEach(() => {
      for (const socket of sockets) socket.destroy();
      sockets = [];
    });
    after(() => server.close());

    /** A server's connection to a client that answers the messages by its table, and all that the client was told. */
    async function withClient(answers: Record<string, (socket: Socket, time: number) => void>, seconds = 5) {
      const socket = connectTo(server.address);
      socket.on('error', () => {});
      sockets.push(socket);
      const told: string[] = [];
      let bytes = Buffer.alloc(0);
      let positions = 0;
      socket.on('data', (chunk) => {
        bytes = Buffer.concat([bytes, chunk]);
        while (bytes.length >= 12) {
          const name = bytes.toString('latin1', 0, 12).trim();
          const length = name === 'POSDATA' ? 12 + 18 * 8 + 4 + 24 * 2 : name === 'INIT' ? 21 : 12;
          if (bytes.length < length) break;
          bytes = bytes.subarray(length);
          told.push(name);
          if (name === 'POSDATA') positions++;
          answers[name]?.(socket, positions);
        }
      });
      return { connection: new IpiConnection(await server.accept(5), CODATA, seconds), told, socket };
    }

    const ready = (socket: Socket) => socket.write(header('READY'));
    const forces = (energy: number, virial = new Float64Array(9)) => forceready(energy, FORCES, virial, CODATA);

    it('asks, sends and takes in turn, and says EXIT at the end', async () => {
      const { connection, told } = await withClient({ STATUS: ready, GETFORCE: (socket, time) => socket.write(forces(time)) });
      const results = await Promise.all([1, 2, 3].map(() => connection.compute(CELL, POSITIONS)));
      expect(results.map(({ energy }) => Math.round(energy * 1e9) / 1e9)).to.deep.equal([1, 2, 3]);
      results[0]!.forces.forEach((force, k) => {
        expect(force).to.be.closeTo(FORCES[k]!, 1e-13);
      });
      expect(results[0]!.virial).to.equal(undefined);
      await connection.close();
      expect(told.filter((name) => name !== 'STATUS')).to.deep.equal([...[1, 2, 3].flatMap(() => ['POSDATA', 'GETFORCE']), 'EXIT']);
      expect((await failure(connection.compute(CELL, POSITIONS))).message).to.include('is closed');
    });

    it('sends INIT to those that ask for it, before each structure, and to no others', async () => {
      let initialised = false;
      const { connection, told } = await withClient({
        STATUS: (socket) => socket.write(header(initialised ? 'READY' : 'NEEDINIT')),
        GETFORCE: (socket) => socket.write(forces(1)),
      });
      await connection.compute(CELL, POSITIONS);
      await connection.compute(CELL, POSITIONS);
      initialised = true;
      await connection.compute(CELL, POSITIONS);
      await connection.compute(CELL, POSITIONS);
      const said = told.filter((name) => name !== 'STATUS').join(' ');
      expect(said).to.match(/^INIT POSDATA GETFORCE INIT POSDATA GETFORCE (INIT )?POSDATA GETFORCE POSDATA GETFORCE$/);
    });

    it('understands answers that come byte by byte', async () => {
      let last = Promise.resolve();
      const slowly = (bytes: Buffer) => (socket: Socket) => {
        last = last.then(async () => {
          for (const byte of bytes) {
            socket.write(Uint8Array.of(byte));
            await new Promise((resolve) => setImmediate(resolve));
          }
        });
      };
      const { connection } = await withClient({ STATUS: slowly(header('READY')), GETFORCE: slowly(forces(-7)) });
      expect((await connection.compute(CELL, POSITIONS)).energy).to.be.closeTo(-7, 1e-12);
      expect((await connection.compute(CELL, POSITIONS)).energy).to.be.closeTo(-7, 1e-12);
    });

    it('takes the upper triangle of a virial for the whole, and a full one as it is', async () => {
      const virials = [Float64Array.of(1, 0, 0, 2, 3, 0, 4, 5, 6), Float64Array.of(1, 2, 4, 2, 3, 5, 4, 5, 6)];
      const { connection } = await withClient({ STATUS: ready, GETFORCE: (socket, time) => socket.write(forces(1, virials[time - 1])) });
      for (const _ of virials)
        expect((await connection.compute(CELL, POSITIONS)).virial!.map((x) => Math.round(x * 1e9) / 1e9)).to.deep.equal(
          Float64Array.of(1, 2, 4, 2, 3, 5, 4, 5, 6),
        );
    });

    const wrong = Buffer.from(forces(1));
    wrong.writeInt32LE(3, 20);
    const notFinite = forceready(1, Float64Array.of(0, 0, 0, 0, Number.NaN, 0), new Float64Array(9), CODATA);
    const failures: [what: string, answers: Record<string, (socket: Socket, time: number) => void>, reason: RegExp][] = [
      ['dies', { STATUS: ready, GETFORCE: (s) => s.destroy() }, /^the force client closed the connection$/],
      ['dies while it answers', { STATUS: ready, GETFORCE: (s) => s.end(forces(1).subarray(0, 50)) }, /in the middle of a message/],
      ['says nothing', { STATUS: (s, time) => time === 0 && ready(s) }, /has not answered for 0.2 s/],
      ['does not even say that it is ready', {}, /has not answered for 0.2 s/],
      ['sends another number of atoms', { STATUS: ready, GETFORCE: (s) => s.write(wrong) }, /sent 3 atoms where 2 were expected/],
      ['sends an energy that is none', { STATUS: ready, GETFORCE: (s) => s.write(forces(Number.NaN)) }, /sent the energy NaN/],
      ['sends a force that is none', { STATUS: ready, GETFORCE: (s) => s.write(notFinite) }, /sent the force NaN on atom 2/],
      ['sends garbage', { STATUS: ready, GETFORCE: (s) => s.write('Segmentation fault\n') }, /sent "Segmentation"/],
      ['sends forces instead of its state', { STATUS: (s) => s.write(forces(1)) }, /sent forces that nobody asked for/],
      ['has data before it has positions', { STATUS: (s) => s.write(header('HAVEDATA')) }, /sent HAVEDATA where READY or NEEDINIT/],
    ];
    for (const [what, answers, reason] of failures)
      it(`names a client that ${what}`, async () => {
        const { connection } = await withClient(answers, 0.2);
        const [first, second] = await Promise.all([1, 2].map(() => failure(connection.compute(CELL, POSITIONS))));
        expect(first).to.be.instanceOf(EngineError);
        expect(first!.message).to.match(reason);
        expect(second).to.be.instanceOf(EngineError);
        await connection.closed;
      });

    it('does not mind a client that waits between structures', async () => {
      const { connection } = await withClient({ STATUS: ready, GETFORCE: (socket) => socket.write(forces(1)) }, 0.1);
      await connection.compute(CELL, POSITIONS);
      await new Promise((resolve) => setTimeout(resolve, 250));
      await connection.compute(CELL, POSITIONS);
      await new Promise((resolve) => setTimeout(resolve, 250));
      expect(connection.error).to.equal(undefined);
    });

    it('gives up waiting for clients after its time, and when it is stopped', async () => {
      expect((await failure(server.accept(0.05))).message).to.include('no force client has connected within 0.05 s');
      const stop = new AbortController();
      const waiting = failure(server.accept(10, stop.signal));
      stop.abort(new StoppedError('stopped: Ctrl-C'));
      expect((await waiting).message).to.equal('stopped: Ctrl-C');
    });

    /** Our own client against our own server. */
    const serve = (options: Partial<ForceServiceOptions> = {}) =>
      serveForces(server.address, {
        element: 'Cu',
        evaluate: ({ positions, cell, species, pbc }) => ({
          energy: positions[5]! + species.length,
          forces: positions.map((x) => -x),
          stress: Float64Array.from(cell, (_, k) => (k % 4 === 0 && pbc[0] ? -1 : 0)),
        }),
        waitSeconds: 1,
        signal: new AbortController().signal,
        ...options,
      });

    it('and a client of ours agree, until one has had enough', async () => {
      const steps: number[] = [];
      const service = serve({ onStep: (count) => steps.push(count) });
      const connection = new IpiConnection(await server.accept(5), CODATA, 5);
      for (let k = 0; k < 3; k++) {
        const { energy, forces, virial } = await connection.compute(CELL, POSITIONS);
        expect(energy).to.be.closeTo(5, 1e-12);
        expect(forces[4]).to.be.closeTo(-2, 1e-12);
        // pressure times volume: compressed by 1 eV/Å³
        expect(virial![4]).to.be.closeTo(5 * 6 * 7, 1e-9);
      }
      await connection.close();
      expect(await service).to.deep.equal({ steps: 3, exit: true });
      expect(steps).to.deep.equal([1, 2, 3]);
    });

    it('and a client of ours end by name when something goes wrong', async () => {
      const talk = async (options: Partial<ForceServiceOptions>, speak: (socket: Socket) => void) => {
        const service = serve(options).catch((error) => error);
        const socket = await server.accept(5);
        socket.on('error', () => {});
        speak(socket);
        const end = await service;
        socket.destroy();
        return end;
      };
      expect(await talk({}, (socket) => socket.end())).to.deep.equal({ steps: 0, exit: false });
      expect((await talk({}, (socket) => socket.end('POSDATA'))).message).to.include('in the middle of a message');
      expect((await talk({}, (socket) => socket.write(header('FORCEREADY')))).message).to.match(/i-PI server at .* sent "FORCEREADY"/);
      expect((await talk({}, (socket) => socket.write(header('GETFORCE')))).message).to.include('asked for forces before');
      const stop = new AbortController();
      const stopped = await talk({ signal: stop.signal }, () => stop.abort(new StoppedError('stopped: SIGTERM')));
      expect(stopped).to.be.instanceOf(StoppedError);
      const broken = serve({ evaluate: () => ({ energy: Number.NaN, forces: new Float64Array(6), stress: undefined }) }).catch((e) => e);
      const connection = new IpiConnection(await server.accept(5), CODATA, 5);
      expect((await failure(connection.compute(CELL, POSITIONS))).message).to.include('closed the connection');
      expect((await broken).message).to.include('not finite');
    });
  });
}

describe('i-PI client', () => {
  it('waits for a server that comes later, and says when none comes', async () => {
    const address = parseIpiAddress(`unix:eqpot_late_${process.pid}`);
    const options: ForceServiceOptions = {
      element: 'Cu',
      evaluate: () => ({ energy: 0, forces: new Float64Array(6), stress: undefined }),
      waitSeconds: 5,
      signal: new AbortController().signal,
    };
    const service = serveForces(address, options);
    await new Promise((resolve) => setTimeout(resolve, 50));
    const server = await IpiServer.listen(address);
    const connection = new IpiConnection(await server.accept(5), CODATA, 5);
    expect((await connection.compute(CELL, POSITIONS)).energy).to.equal(0);
    await connection.close();
    await server.close();
    expect((await service).steps).to.equal(1);
    const none = await failure(serveForces(address, { ...options, waitSeconds: 0 }));
    expect(none).to.be.instanceOf(EngineError);
    expect(none.message).to.match(/no i-PI server answers at unix:eqpot_late_/);
  });
});
