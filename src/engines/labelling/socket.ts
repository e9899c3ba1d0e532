import { join } from 'node:path';
import { type IpiAddress, ipiAddressText } from '../../../bridges/sockets/ipi/address.js';
import { NotSentError } from '../../../bridges/sockets/ipi/connection.js';
import { type PreparedStructure, sortedByElement } from '../../../bridges/sockets/ipi/prepare.js';
import { IpiServer } from '../../../bridges/sockets/ipi/server.js';
import { EngineError, InputError } from '../../errors.js';
import { contentHash, type Label, type LabelContext, type LabelJob, type Labeller } from './labeller.js';
import { type ClientTimes, SocketClient, type SocketProgram } from './socket-client.js';

export interface SocketLabelling {
  program: SocketProgram;
  /** for people, one setting a line */
  description: string;
  /** hash of everything that changes the numbers */
  hash: string;
  /** of the program, as it calls itself */
  version: string;
  /** where to listen; undefined for a unix socket of its own for each program */
  address?: IpiAddress;
  /** programs at a time */
  clients: number;
  times: ClientTimes;
  /** structures after which a program is started afresh */
  structuresPerStart: number;
  /** whether to take the stress that the program gives */
  stress: boolean;
}

interface Task {
  job: LabelJob;
  tries: number;
}

/** Jobs that the same client can do: a program knows its atoms from its start on. */
interface Group {
  key: string;
  /** composition, for people */
  name: string;
  waiting: Task[];
  failedStarts: number;
}

/** A place for one program; it stays between calls, as long as structures of its composition come. */
interface Slot {
  number: number;
  client?: SocketClient;
  key?: string;
}

/** How often a structure is tried, and a program started without success. */
const TRIES = 2;
/** A program that answers within this time has the next structure there when it is done with one, s. */
const QUICK = 0.05;

/** Labels through force programs that stay: LAMMPS, ASE, GPAW, pw.x and others that speak the i-PI protocol. */
export function socketLabeller(options: SocketLabelling): Labeller {
  return new SocketLabeller(options);
}

class SocketLabeller implements Labeller {
  readonly engine = 'socket';
  readonly settings: string;
  readonly description: string;
  private readonly slots: Slot[];
  /** where programs that somebody else starts connect */
  private shared: IpiServer | undefined;
  private started = false;

  constructor(private readonly options: SocketLabelling) {
    this.settings = contentHash(this.engine, options.hash);
    this.description = options.description;
    this.slots = Array.from({ length: options.clients }, (_, number) => ({ number }));
  }

  async label(jobs: readonly LabelJob[], context: LabelContext): Promise<void> {
    const groups = grouped(jobs);
    let done = 0;
    const counted: LabelContext = {
      ...context,
      onOutcome: async (outcome) => {
        await context.onOutcome(outcome);
        context.progress.update(++done / jobs.length, `${done} of ${jobs.length}`);
      },
    };
    // nobody knows for which composition a program was started elsewhere, so that there is one at a time
    const rounds = this.options.program.run ? [groups] : groups.map((group) => [group]);
    for (const round of rounds) {
      const ends = await Promise.allSettled(this.slots.map((slot) => this.work(slot, round, counted)));
      context.stop.throwIfRequested();
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.slots.map((slot) => this.release(slot)));
    await this.shared?.close();
    this.shared = undefined;
  }

  /** One slot works at the groups until nothing waits. */
  private async work(slot: Slot, groups: readonly Group[], context: LabelContext): Promise<void> {
    for (;;) {
      context.stop.throwIfRequested();
      const own = groups.find(({ key, waiting }) => key === slot.key && waiting.length > 0);
      const group = own ?? groups.reduce((a, b) => (b.waiting.length > a.waiting.length ? b : a), groups[0]!);
      if (!group || group.waiting.length === 0) return;
      const client = await this.clientFor(slot, group, context);
      if (client) await this.serve(slot, client, group, context);
    }
  }

  /** A client for the group; undefined when its program did not start. */
  private async clientFor(slot: Slot, group: Group, context: LabelContext): Promise<SocketClient | undefined> {
    const { program, times, structuresPerStart } = this.options;
    if (slot.client && slot.key === group.key && !slot.client.broken && slot.client.used < structuresPerStart) return slot.client;
    await this.release(slot);
    const folder = join(context.directory, `client-${slot.number}`);
    // another structure than the last time, where that one was what it could not take
    const at = group.failedStarts % group.waiting.length;
    const { job } = group.waiting[at]!;
    if (!(await this.prepared(job, context))) {
      group.waiting.splice(at, 1);
      return undefined;
    }
    const { structure } = sortedByElement(job.structure);
    try {
      if (!program.run) {
        this.shared ??= await IpiServer.listen(this.options.address!);
        context.progress.line(
          `waiting at ${ipiAddressText(this.shared.address)} for a force program for ${group.name}, atoms as in ${join(folder, 'structure.extxyz')}`,
        );
      }
      const place = { address: this.addressOf(slot), structure };
      slot.client = await SocketClient.start(program, place, folder, times, context.stop.signal, this.shared);
      slot.key = group.key;
      group.failedStarts = 0;
      this.started = true;
      return slot.client;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (++group.failedStarts < TRIES) return undefined;
      // not one program could be started so far: nothing says that another composition would do
      if (!this.started) throw error;
      const failure = { reason: firstLine(error), again: true, log: error.logTail };
      for (const { job } of group.waiting.splice(0)) await context.onOutcome({ id: job.id, failure });
      return undefined;
    }
  }

  /** Gives the client structures of the group until none waits, it has had enough, or it fails. */
  private async serve(slot: Slot, client: SocketClient, group: Group, context: LabelContext): Promise<void> {
    const failed: { task: Task; error: EngineError }[] = [];
    const lanes: Promise<void>[] = [];
    const lane = async () => {
      while (!client.broken && client.used < this.options.structuresPerStart) {
        const task = group.waiting.shift();
        if (!task) return;
        try {
          const seconds = await this.compute(client, task, context);
          if (seconds < QUICK && lanes.length < 2) lanes.push(lane());
        } catch (error) {
          if (!(error instanceof EngineError)) throw error;
          failed.push({ task, error });
        }
      }
    };
    lanes.push(lane());
    await lanes[0]!.catch(() => {});
    const ends = await Promise.allSettled(lanes);
    const guilty = failed.find(({ error }) => !(error instanceof NotSentError));
    if (guilty || client.broken) {
      delete slot.client;
      const error = await client.explain(guilty?.error ?? new EngineError('the force client closed the connection'));
      context.stop.throwIfRequested();
      for (const { task } of failed.filter((each) => each !== guilty)) group.waiting.unshift(task);
      if (guilty && ++guilty.task.tries < TRIES) group.waiting.push(guilty.task);
      else if (guilty)
        await context.onOutcome({ id: guilty.task.job.id, failure: { reason: firstLine(error), again: true, log: error.logTail } });
    }
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
  }

  /** @returns the time that it took, s */
  private async compute(client: SocketClient, { job }: Task, context: LabelContext): Promise<number> {
    const { id } = job;
    const prepared = await this.prepared(job, context);
    if (!prepared) return Infinity;
    const answer = await client.compute(prepared);
    const { energy, forces, stress } = prepared.back(answer);
    const origin = {
      engine: this.engine,
      version: this.options.version,
      settings: this.settings,
      input: contentHash(id),
      wallSeconds: answer.seconds,
    };
    const label: Label = { energy, forces, ...(stress && this.options.stress && { stress }), origin };
    await context.onOutcome({ id, label });
    return answer.seconds;
  }

  /** Undefined, and its outcome told, for a structure that no program can do. */
  private async prepared({ id, structure }: LabelJob, context: LabelContext): Promise<PreparedStructure | undefined> {
    try {
      return this.options.program.prepare(structure);
    } catch (error) {
      // an element that the potential lacks, a cell without volume
      if (!(error instanceof InputError)) throw error;
      await context.onOutcome({ id, failure: { reason: firstLine(error), again: false } });
      return undefined;
    }
  }

  private addressOf({ number }: Slot): IpiAddress {
    const { address } = this.options;
    if (!address) return { path: `/tmp/ipi_eqpot_${process.pid}_${sockets++}` };
    if ('path' in address) return number === 0 ? address : { path: `${address.path}_${number}` };
    return { ...address, port: address.port && address.port + number };
  }

  private async release(slot: Slot): Promise<void> {
    const { client } = slot;
    delete slot.client;
    await client?.close();
  }
}

let sockets = 0;

function grouped(jobs: readonly LabelJob[]): Group[] {
  const groups = new Map<string, Group>();
  for (const job of jobs) {
    const { species, pbc } = job.structure;
    const counts = new Map<string, number>();
    for (const symbol of [...species].sort()) counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    const name = [...counts].map(([symbol, count]) => `${symbol}${count}`).join(' ');
    const key = `${name}, ${pbc}`;
    const group = groups.get(key) ?? { key, name, waiting: [], failedStarts: 0 };
    groups.set(key, group);
    group.waiting.push({ job, tries: 0 });
  }
  return [...groups.values()];
}

function firstLine({ message }: Error): string {
  return message.split('\n')[0]!;
}
