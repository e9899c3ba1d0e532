import type { LammpsEngine, LammpsInput, LammpsOutput } from '../../engines/lammps/engine.js';
import { findLammps } from '../../engines/lammps/find.js';
import { canStart, lammpsInPath, NativeLammps } from '../../engines/lammps/native.js';
import { InputError } from '../../errors.js';

/** What a run takes of the pool besides its input. */
export interface PoolRequest extends LammpsInput {
  /** nothing else runs meanwhile */
  alone?: boolean;
  /** number of partitions, one process each */
  partitions?: number;
}

/** Several runs of LAMMPS side by side: embedded ones in a child process each, native ones as they come. */
export class LammpsPool {
  private readonly engines: LammpsEngine[] = [];
  private readonly idle: LammpsEngine[] = [];
  private readonly waiting: { slots: number; start: () => void }[] = [];
  private busy = 0;

  private constructor(
    private readonly choice: string,
    first: LammpsEngine,
    /** runs at the same time */
    readonly slots: number,
  ) {
    this.engines.push(first);
    this.idle.push(first);
  }

  /** @throws InputError when there is no such LAMMPS; EngineError when it is none */
  static async open(choice: string, slots: number): Promise<LammpsPool> {
    return new LammpsPool(choice, await findLammps(choice), slots);
  }

  get kind(): LammpsEngine['kind'] {
    return this.engines[0]!.kind;
  }

  version(): Promise<string> {
    return this.engines[0]!.version();
  }

  /** Whether runs with partitions are possible. */
  get partitioned(): boolean {
    return this.launcher() !== undefined;
  }

  async run({ alone, partitions, ...input }: PoolRequest): Promise<LammpsOutput> {
    const slots = alone ? this.slots : Math.min(this.slots, partitions ?? 1);
    await this.acquire(slots);
    if (input.abort?.aborted) {
      this.release(slots);
      // not even started: an embedded LAMMPS would take seconds
      throw input.abort.reason;
    }
    let engine: LammpsEngine | undefined;
    try {
      engine = partitions === undefined ? (this.idle.pop() ?? (await this.another())) : this.inParts(partitions);
      return await engine.run(input);
    } finally {
      if (engine && partitions === undefined) this.idle.push(engine);
      this.release(slots);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.engines.map((engine) => engine.close()));
  }

  private async another(): Promise<LammpsEngine> {
    // a native engine starts a process for each run, so the first one serves all
    if (this.kind === 'native') return this.engines[0]!;
    const engine = await findLammps(this.choice);
    this.engines.push(engine);
    return engine;
  }

  private inParts(count: number): LammpsEngine {
    const launcher = this.launcher();
    if (launcher === undefined)
      throw new InputError('this needs a native LAMMPS and mpirun', {}, { hint: 'install both and use --lammps native' });
    return new NativeLammps(`${launcher.mpirun} -np ${count} ${launcher.lammps} -partition ${count}x1`);
  }

  private launcher(): { mpirun: string; lammps: string } | undefined {
    if (this.kind !== 'native') return undefined;
    const words = this.choice.trim().split(/\s+/);
    const lammps = this.choice === 'native' ? lammpsInPath() : words.at(-1)!;
    const mpirun = words.length > 1 ? words[0]! : 'mpirun';
    if (lammps === undefined || !canStart(mpirun)) return undefined;
    // as root and with more processes than processors OpenMPI has to be told that this is meant
    const options = /mpirun$|mpiexec$/.test(mpirun) ? ' --oversubscribe' : '';
    return { mpirun: `${mpirun}${process.getuid?.() === 0 ? ' --allow-run-as-root' : ''}${options}`, lammps };
  }

  private acquire(slots: number): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push({
        slots,
        start: () => {
          this.busy += slots;
          resolve();
        },
      });
      this.next();
    });
  }

  private release(slots: number): void {
    this.busy -= slots;
    this.next();
  }

  /** In the order of arrival, so that a run that wants all slots gets them. */
  private next(): void {
    while (this.waiting.length > 0 && this.busy + this.waiting[0]!.slots <= this.slots) this.waiting.shift()!.start();
  }
}
