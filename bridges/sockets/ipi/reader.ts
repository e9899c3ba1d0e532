import { EngineError } from '../../../src/errors.js';
import { type ClientMessage, HEADER, type ServerMessage } from './messages.js';
import type { AtomicUnits } from './units.js';

/** The longest text behind a result and of INIT that is taken, bytes. */
const MAX_TEXT = 1_048_576;
/** The largest structure that a client is sent, atoms, unless it knows how many to expect. */
const MAX_ATOMS = 10_000_000;

/** What is known of the length of a message whose first bytes are there. */
type Length = { /** so many bytes are needed to know more, or for the whole */ bytes: number; whole: boolean };

/**
 * Puts messages together from what a socket brings, split wherever it likes. Nothing is trusted: a name that is not expected and a number
 * that is too large end the reading before anything is reserved for it.
 */
abstract class Reader<Message> {
  /** how many atoms the next structure or result must have; undefined for any number */
  expectedAtoms: number | undefined;
  private buffer = Buffer.allocUnsafe(4096);
  private used = 0;

  constructor(protected readonly units: AtomicUnits) {}

  /**
   * Takes what has come, and gives the messages that are whole with it.
   * @param onPart called when there is a part of a message after that
   * @throws EngineError for what is no message; the connection is useless then
   */
  push(chunk: Uint8Array, onMessage: (message: Message) => void, onPart?: () => void): void {
    this.room(this.used + chunk.length);
    this.buffer.set(chunk, this.used);
    this.used += chunk.length;
    let from = 0;
    for (;;) {
      const message = this.buffer.subarray(from, this.used);
      if (message.length < HEADER) break;
      const name = message.toString('latin1', 0, HEADER).trimEnd();
      const length = this.length(name, message);
      if (length.whole && message.length >= length.bytes) {
        from += length.bytes;
        onMessage(this.decode(name, message.subarray(0, length.bytes)));
        continue;
      }
      break;
    }
    if (from > 0) this.buffer.copyWithin(0, from, this.used);
    this.used -= from;
    if (this.used > 0) onPart?.();
  }

  /** bytes of a message that has begun */
  get pending(): number {
    return this.used;
  }

  protected abstract length(name: string, message: Buffer): Length;
  protected abstract decode(name: string, message: Buffer): Message;

  protected atoms(count: number): number {
    if (this.expectedAtoms === undefined ? count >= 0 && count <= MAX_ATOMS : count === this.expectedAtoms) return count;
    throw new EngineError(
      this.expectedAtoms === undefined ? `sent ${count} atoms` : `sent ${count} atoms where ${this.expectedAtoms} were expected`,
    );
  }

  protected text(length: number): number {
    if (length >= 0 && length <= MAX_TEXT) return length;
    throw new EngineError(`announced ${length} bytes of text, of at most ${MAX_TEXT}`);
  }

  protected unknown(name: string, expected: string): never {
    throw new EngineError(`sent ${JSON.stringify(name.replace(/[^\x20-\x7e]/g, '?'))} where ${expected} was expected`);
  }

  private room(bytes: number): void {
    if (bytes <= this.buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(bytes, 2 * this.buffer.length));
    larger.set(this.buffer.subarray(0, this.used));
    this.buffer = larger;
  }
}

/** Reads what a force client sends. */
export class ClientMessageReader extends Reader<ClientMessage> {
  protected length(name: string, message: Buffer): Length {
    switch (name) {
      case 'READY':
      case 'NEEDINIT':
      case 'HAVEDATA':
        return { bytes: HEADER, whole: true };
      case 'FORCEREADY': {
        if (message.length < HEADER + 12) return { bytes: HEADER + 12, whole: false };
        const toText = HEADER + 12 + 24 * this.atoms(message.readInt32LE(HEADER + 8)) + 72;
        if (message.length < toText + 4) return { bytes: toText + 4, whole: false };
        return { bytes: toText + 4 + this.text(message.readInt32LE(toText)), whole: true };
      }
      default:
        return this.unknown(name, 'READY, NEEDINIT, HAVEDATA or FORCEREADY');
    }
  }

  protected decode(name: string, message: Buffer): ClientMessage {
    if (name !== 'FORCEREADY') return { type: name as 'READY' };
    const { bohr, hartree } = this.units;
    const n = message.readInt32LE(HEADER + 8);
    const forces = doubles(message, HEADER + 12, 3 * n, hartree / bohr);
    const virial = doubles(message, HEADER + 12 + 24 * n, 9, hartree);
    const extra = Buffer.from(message.subarray(HEADER + 12 + 24 * n + 76));
    return { type: 'FORCEREADY', energy: message.readDoubleLE(HEADER) * hartree, forces, virial, extra };
  }
}

/** Reads what a server sends. */
export class ServerMessageReader extends Reader<ServerMessage> {
  protected length(name: string, message: Buffer): Length {
    switch (name) {
      case 'STATUS':
      case 'GETFORCE':
      case 'EXIT':
        return { bytes: HEADER, whole: true };
      case 'INIT':
        if (message.length < HEADER + 8) return { bytes: HEADER + 8, whole: false };
        return { bytes: HEADER + 8 + this.text(message.readInt32LE(HEADER + 4)), whole: true };
      case 'POSDATA': {
        const toAtoms = HEADER + 8 * 18;
        if (message.length < toAtoms + 4) return { bytes: toAtoms + 4, whole: false };
        return { bytes: toAtoms + 4 + 24 * this.atoms(message.readInt32LE(toAtoms)), whole: true };
      }
      default:
        return this.unknown(name, 'STATUS, INIT, POSDATA, GETFORCE or EXIT');
    }
  }

  protected decode(name: string, message: Buffer): ServerMessage {
    if (name !== 'POSDATA') return { type: name as 'STATUS' };
    const { bohr } = this.units;
    const matrix = doubles(message, HEADER, 9, bohr);
    const [a, b, c, d, e, f, g, h, i] = matrix as unknown as number[];
    const n = message.readInt32LE(HEADER + 144);
    return {
      type: 'POSDATA',
      cell: Float64Array.of(a!, d!, g!, b!, e!, h!, c!, f!, i!),
      positions: doubles(message, HEADER + 148, 3 * n, bohr),
    };
  }
}

function doubles(message: Buffer, from: number, count: number, factor: number): Float64Array {
  const out = new Float64Array(count);
  for (let k = 0; k < count; k++) out[k] = message.readDoubleLE(from + 8 * k) * factor;
  return out;
}
