import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { IpiAddress } from '../../../bridges/sockets/ipi/address.js';
import { IpiConnection, type IpiForces } from '../../../bridges/sockets/ipi/connection.js';
import type { PreparedStructure } from '../../../bridges/sockets/ipi/prepare.js';
import { IpiServer } from '../../../bridges/sockets/ipi/server.js';
import type { AtomicUnits } from '../../../bridges/sockets/ipi/units.js';
import { EngineError } from '../../errors.js';
import type { Structure } from '../../structures/structure.js';
import { logError, logTail } from '../lammps/engine.js';
import type { ProcessOptions, ProcessResult } from '../process.js';

/** Where a client connects, and with which atoms it starts. */
export interface ClientPlace {
  address: IpiAddress;
  /** atoms sorted by element, as all structures will be that it gets */
  structure: Structure;
}

/** A program that computes forces for those who ask through a socket. */
export interface SocketProgram {
  units: AtomicUnits;
  prepare(structure: Structure): PreparedStructure;
  /** files that it wants beside it */
  files(place: ClientPlace): Record<string, string | Uint8Array>;
  /** starts it and waits for its end; absent where somebody else does */
  run?(place: ClientPlace, options: ProcessOptions): Promise<ProcessResult>;
}

export interface ClientTimes {
  /** until a program that was started connects, s */
  start: number;
  /** for one structure, s */
  structure: number;
}

/** Milliseconds that a program has to end by itself, after EXIT and after it failed. */
const GRACE = 10_000;
const GRACE_AFTER_FAILURE = 1000;
/** How programs say what is wrong: pw.x, and Python at the end of its traceback. */
const COMPLAINT = /^.*convergence NOT achieved.*$|^\s*Error in routine .*\n.*$|^[\w.]*(Error|Exception)\b.*$/m;
/** Names of the log that a program may leave in its folder. */
const LOGS = ['log.lammps', 'log'];

/** One running force program with its folder, its socket and its process. */
export class SocketClient {
  private constructor(
    private readonly connection: IpiConnection,
    private readonly process: RunningProgram | undefined,
    private readonly folder: string,
    /** structures that it has been given */
    public used = 0,
  ) {}

  /**
   * Starts a program and waits until it connects.
   * @throws EngineError with the end of its output when it does not; InputError when nothing can listen at the address; the reason of
   * `signal` when that fires
   */
  static async start(
    program: SocketProgram,
    place: ClientPlace,
    folder: string,
    times: ClientTimes,
    signal: AbortSignal,
    shared?: IpiServer,
  ): Promise<SocketClient> {
    const server = shared ?? (await IpiServer.listen(place.address, 1));
    let running: RunningProgram | undefined;
    try {
      const at = { ...place, address: server.address };
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder, { recursive: true });
      for (const [name, content] of Object.entries(program.files(at))) writeFileSync(join(folder, name), content);
      if (program.run) running = new RunningProgram((options) => program.run!(at, options), folder, signal);
      const waiting = new AbortController();
      const socket = await Promise.race([
        server.accept(running ? times.start : Infinity, AbortSignal.any([signal, waiting.signal])),
        ...(running ? [running.endsTooEarly()] : []),
      ]).finally(() => waiting.abort());
      const connection = new IpiConnection(socket, program.units, times.structure);
      signal.addEventListener('abort', () => connection.destroy('is not wanted any more'), { once: true });
      return new SocketClient(connection, running, folder);
    } catch (error) {
      signal.throwIfAborted();
      throw running && error instanceof EngineError && error.logTail === '' ? await running.explain(error) : error;
    } finally {
      if (!shared) await server.close();
    }
  }

  /** @throws EngineError as of IpiConnection */
  compute({ cell, positions }: PreparedStructure): Promise<IpiForces> {
    this.used++;
    return this.connection.compute(cell, positions);
  }

  get broken(): boolean {
    return this.connection.error !== undefined;
  }

  /** What is known of why it failed; the program is ended. Its folder stays. */
  async explain(error: EngineError): Promise<EngineError> {
    return this.process ? this.process.explain(error) : error;
  }

  /** Tells the program to end, and sees to it that it does. */
  async close(): Promise<void> {
    await this.connection.close();
    await this.process?.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The process of a client. */
class RunningProgram {
  private readonly kill = new AbortController();
  private readonly ended: Promise<ProcessResult | EngineError>;

  constructor(
    run: (options: ProcessOptions) => Promise<ProcessResult>,
    private readonly folder: string,
    signal: AbortSignal,
  ) {
    this.ended = run({ cwd: folder, keep: 20_000, abort: AbortSignal.any([signal, this.kill.signal]) }).catch((error) =>
      error instanceof EngineError ? error : new EngineError(String(error)),
    );
  }

  /** @throws EngineError when the program ends */
  async endsTooEarly(): Promise<never> {
    const result = await this.ended;
    if (result instanceof EngineError) throw result;
    throw new EngineError(`the force program ended before it connected: ${this.how(result)}`, this.log(result));
  }

  /** Ends the program, after a while by force. */
  async end(grace = GRACE): Promise<ProcessResult | EngineError> {
    const impatience = setTimeout(() => this.kill.abort(), grace);
    const result = await this.ended;
    clearTimeout(impatience);
    return result;
  }

  async explain(error: EngineError): Promise<EngineError> {
    const result = await this.end(GRACE_AFTER_FAILURE);
    if (result instanceof EngineError) return result;
    const how = result.aborted ? '' : `; the program ended: ${this.how(result)}`;
    return new EngineError(`${error.message}${how}`, this.log(result), { cause: error });
  }

  private how({ exitCode, signal, stdout, stderr }: ProcessResult): string {
    const ending = signal ? `signal ${signal}` : `exit code ${exitCode}`;
    for (const text of [this.written(), stdout, stderr]) {
      const named = logError(text) ?? text.match(COMPLAINT)?.[0].trim();
      if (named !== undefined) return `${named} (${ending})`;
    }
    return ending;
  }

  private log({ stdout, stderr }: ProcessResult): string {
    return logTail([this.written(), stdout, stderr].filter((text) => text.trim() !== '').join('\n'));
  }

  private written(): string {
    for (const name of LOGS)
      try {
        return readFileSync(join(this.folder, basename(name)), 'utf8');
      } catch {
        // it has none
      }
    return '';
  }
}
