import { determinant, inverse } from '../../../src/structures/structure.js';
import type { AtomicUnits } from './units.js';

/** Length of the names of messages, which are padded with spaces. */
export const HEADER = 12;

/** What a force client sends. */
export type ClientMessage =
  | { type: 'READY' | 'NEEDINIT' | 'HAVEDATA' }
  | {
      type: 'FORCEREADY';
      /** eV */
      energy: number;
      /** eV/Å, shape (n, 3) */
      forces: Float64Array;
      /** pressure times volume, eV, shape (3, 3) as it stands in the message: stress = -virial / volume */
      virial: Float64Array;
      /** whatever the client has to say besides */
      extra: Buffer;
    };

/** What a server sends. */
export type ServerMessage =
  | { type: 'STATUS' | 'GETFORCE' | 'EXIT' | 'INIT' }
  | {
      type: 'POSDATA';
      /** lattice vectors as rows, Å, shape (3, 3) */
      cell: Float64Array;
      /** Å, shape (n, 3) */
      positions: Float64Array;
    };

/** A name as it is sent. */
export function header(name: string): Buffer {
  return Buffer.from(name.padEnd(HEADER), 'latin1');
}

/** A structure as it is sent; the cell, where it has a volume, with its inverse. */
export function posdata(cell: Float64Array, positions: Float64Array, { bohr }: AtomicUnits): Buffer {
  const n = positions.length / 3;
  const out = Buffer.allocUnsafe(HEADER + 8 * 18 + 4 + 8 * positions.length);
  out.write('POSDATA'.padEnd(HEADER), 'latin1');
  // columns are lattice vectors there, rows here
  let at = writeTransposed(out, HEADER, cell, 1 / bohr);
  at = writeTransposed(out, at, Math.abs(determinant(cell)) > 1e-12 ? inverse(cell) : new Float64Array(9), bohr);
  at = out.writeInt32LE(n, at);
  for (const x of positions) at = out.writeDoubleLE(x / bohr, at);
  return out;
}

/** The message with which a client that asks for it gets ready; nobody reads the text, but not all take an empty one. */
export function init(): Buffer {
  const body = Buffer.alloc(9);
  body.writeInt32LE(0, 0);
  body.writeInt32LE(1, 4);
  return Buffer.concat([header('INIT'), body]);
}

/** A result as a client sends it. */
export function forceready(energy: number, forces: Float64Array, virial: Float64Array, { bohr, hartree }: AtomicUnits): Buffer {
  const out = Buffer.allocUnsafe(HEADER + 8 + 4 + 8 * forces.length + 8 * 9 + 4);
  out.write('FORCEREADY'.padEnd(HEADER), 'latin1');
  let at = out.writeDoubleLE(energy / hartree, HEADER);
  at = out.writeInt32LE(forces.length / 3, at);
  for (const f of forces) at = out.writeDoubleLE((f * bohr) / hartree, at);
  at = writeTransposed(out, at, virial, 1 / hartree);
  out.writeInt32LE(0, at);
  return out;
}

function writeTransposed(out: Buffer, at: number, matrix: ArrayLike<number>, factor: number): number {
  let to = at;
  for (let i = 0; i < 3; i++) for (let j = 0; j < 3; j++) to = out.writeDoubleLE(matrix[3 * j + i]! * factor, to);
  return to;
}
