import { expect } from 'chai';
import fc from 'fast-check';
import { type ClientMessage, forceready, header, init, posdata, type ServerMessage } from '../../../../bridges/sockets/ipi/messages.js';
import { ClientMessageReader, ServerMessageReader } from '../../../../bridges/sockets/ipi/reader.js';
import { CODATA, OF_LAMMPS } from '../../../../bridges/sockets/ipi/units.js';
import { EngineError } from '../../../../src/errors.js';

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const numbers = (length: number) => fc.array(number, { minLength: length, maxLength: length }).map((values) => Float64Array.from(values));
const atoms = fc.integer({ min: 0, max: 5 });
const units = fc.constantFrom(CODATA, OF_LAMMPS);

/** The bytes cut at the given places. */
function pieces(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [0, ...[...cuts].map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((to, k) => bytes.subarray(at[k], to));
}

function close(a: Float64Array, b: Float64Array): void {
  expect(a.length).to.equal(b.length);
  a.forEach((x, k) => {
    expect(x).to.be.closeTo(b[k]!, 1e-14 * Math.max(1, Math.abs(b[k]!)));
  });
}

describe('i-PI messages', () => {
  it('of a server come back as they were sent, split at any place', () => {
    fc.assert(
      fc.property(
        atoms.chain((n) => fc.tuple(numbers(9), numbers(3 * n))),
        units,
        fc.array(fc.nat(), { maxLength: 12 }),
        ([cell, positions], unit, cuts) => {
          const bytes = Buffer.concat([header('STATUS'), init(), posdata(cell, positions, unit), header('GETFORCE'), header('EXIT')]);
          const reader = new ServerMessageReader(unit);
          const got: ServerMessage[] = [];
          for (const piece of pieces(bytes, cuts)) reader.push(piece, (message) => got.push(message));
          expect(got.map(({ type }) => type)).to.deep.equal(['STATUS', 'INIT', 'POSDATA', 'GETFORCE', 'EXIT']);
          const data = got[2] as Extract<ServerMessage, { type: 'POSDATA' }>;
          close(data.cell, cell);
          close(data.positions, positions);
          expect(reader.pending).to.equal(0);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('of a client come back as they were sent, split at any place', () => {
    fc.assert(
      fc.property(
        atoms.chain((n) => fc.tuple(number, numbers(3 * n), numbers(9))),
        units,
        fc.array(fc.nat(), { maxLength: 12 }),
        ([energy, forces, virial], unit, cuts) => {
          const bytes = Buffer.concat([header('NEEDINIT'), forceready(energy, forces, virial, unit), header('READY')]);
          const reader = new ClientMessageReader(unit);
          const got: ClientMessage[] = [];
          for (const piece of pieces(bytes, cuts)) reader.push(piece, (message) => got.push(message));
          expect(got.map(({ type }) => type)).to.deep.equal(['NEEDINIT', 'FORCEREADY', 'READY']);
          const data = got[1] as Extract<ClientMessage, { type: 'FORCEREADY' }>;
          close(Float64Array.of(data.energy), Float64Array.of(energy));
          close(data.forces, forces);
          // it stands transposed in the message, which is the same for what is symmetric
          const [a, b, c, d, e, f, g, h, i] = virial as unknown as number[];
          close(data.virial, Float64Array.of(a!, d!, g!, b!, e!, h!, c!, f!, i!));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('are put together from single bytes, and begun ones are told of', () => {
    const bytes = forceready(1, Float64Array.of(1, 2, 3), new Float64Array(9), CODATA);
    const reader = new ClientMessageReader(CODATA);
    let whole = 0;
    let parts = 0;
    for (const byte of bytes)
      reader.push(
        Uint8Array.of(byte),
        () => whole++,
        () => parts++,
      );
    expect([whole, parts]).to.deep.equal([1, bytes.length - 1]);
  });

  it('have the cell by columns, in bohr, and its inverse', () => {
    // in a unit that leaves the numbers alone: b leans over a
    const bytes = posdata(Float64Array.of(2, 0, 0, 1, 4, 0, 0, 0, 8), Float64Array.of(1, 2, 3), { bohr: 1, hartree: 1 });
    const doubles = Array.from({ length: 18 }, (_, k) => bytes.readDoubleLE(12 + 8 * k));
    expect(doubles.slice(0, 9)).to.deep.equal([2, 1, 0, 0, 4, 0, 0, 0, 8]);
    expect(doubles.slice(9)).to.deep.equal([0.5, -0.125, 0, 0, 0.25, 0, 0, 0, 0.125]);
    expect([bytes.readInt32LE(156), bytes.readDoubleLE(160), bytes.length]).to.deep.equal([1, 1, 184]);
    expect(posdata(Float64Array.of(CODATA.bohr, 0, 0, 0, 1, 0, 0, 0, 1), new Float64Array(0), CODATA).readDoubleLE(12)).to.equal(1);
  });

  it('that are none end the reading before anything is reserved', () => {
    const message = (name: string, length: number, ...numbers: [at: number, value: number][]) => {
      const bytes = Buffer.concat([header(name), Buffer.alloc(length)]);
      for (const [at, value] of numbers) bytes.writeInt32LE(value, at);
      return bytes;
    };
    const failure = (reader: ClientMessageReader | ServerMessageReader, bytes: Buffer) => {
      try {
        reader.push(bytes, () => {});
      } catch (error) {
        expect(error).to.be.instanceOf(EngineError);
        return (error as Error).message;
      }
      throw new Error('it was taken');
    };
    const client = () => new ClientMessageReader(CODATA);
    const server = () => new ServerMessageReader(CODATA);
    expect(failure(client(), Buffer.from('GET / HTTP/1.1\r\n'))).to.equal(
      'sent "GET / HTTP/1" where READY, NEEDINIT, HAVEDATA or FORCEREADY was expected',
    );
    expect(failure(server(), header('READY'))).to.match(/^sent "READY" where STATUS/);
    expect(failure(client(), message('FORCEREADY', 12, [20, -1]))).to.equal('sent -1 atoms');
    expect(failure(client(), message('FORCEREADY', 12, [20, 2 ** 31 - 1]))).to.equal('sent 2147483647 atoms');
    expect(failure(client(), message('FORCEREADY', 88, [20, 0], [96, 2 ** 30]))).to.match(/^announced 1073741824 bytes of text/);
    expect(failure(server(), message('INIT', 8, [16, -5]))).to.match(/^announced -5 bytes/);
    const expecting = client();
    expecting.expectedAtoms = 2;
    expect(failure(expecting, message('FORCEREADY', 12, [20, 3]))).to.equal('sent 3 atoms where 2 were expected');
  });
});
