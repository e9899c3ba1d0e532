import { whereabouts } from '../../../src/engines/identity.js';
import { claimOwner, discard, type FolderLayout, idIn, move, remove } from './layout.js';
import { Quiet } from './quiet.js';
import { readWorker, type WorkerState, workerFile } from './workers.js';

/** A job that somebody has, or (with `reason`) had until now. */
export interface SeenClaim {
  claim: string;
  id: string;
  reason?: string;
}

/** Seconds after which the file of a dead worker without claims is removed. */
const SWEEP = 600;

/** Gives the jobs of those who died to others. */
export class ClaimWatch {
  private readonly quiet = new Quiet();

  /** @param limits s */
  constructor(
    private readonly layout: FolderLayout,
    private readonly limits: { silentWorker: number; silentClaim: number },
  ) {}

  /** @param settled whether a job has its label */
  look(settled: (id: string) => boolean): SeenClaim[] {
    const seen: SeenClaim[] = [];
    const owners = new Set<string>();
    for (const claim of this.layout.names('claimed')) {
      const id = idIn(claim);
      if (id === undefined) continue;
      const owner = claimOwner(claim);
      owners.add(owner);
      const worker = readWorker(this.layout, owner);
      const reason = worker ? this.lostWorker(owner, worker) : this.lostClaim(claim);
      const done = settled(id);
      // a worker may have finished before it died; asked only now that it cannot finish any more
      if (reason === undefined || (!done && this.layout.hasResult(id))) seen.push({ claim, id });
      else if (!done && move(this.layout.path('claimed', claim), this.layout.path('jobs', id))) seen.push({ claim, id, reason });
      // it has its label, or was put out a second time; what people have in their claims is theirs
      else if (worker) discard(this.layout.path('claimed', claim));
    }
    this.sweep(owners);
    return seen;
  }

  /** Why a claim of others than eqpot's workers is not worth waiting for. */
  private lostClaim(claim: string): string | undefined {
    const { silentClaim } = this.limits;
    if (this.quiet.seconds(this.layout.path('claimed', claim)) < silentClaim) return undefined;
    return `nothing happened in it for ${silentClaim} s`;
  }

  /** The same for the claims of a worker. */
  private lostWorker(owner: string, worker: WorkerState): string | undefined {
    const state = whereabouts(worker);
    if (state === 'gone') return `process ${worker.pid} on ${worker.host} is gone`;
    if (state === 'alive') return undefined;
    const { silentWorker } = this.limits;
    return this.quiet.since(owner, String(worker.beat)) >= silentWorker
      ? `process ${worker.pid} on ${worker.host} gave no sign of life for ${silentWorker} s`
      : undefined;
  }

  /** Takes away what dead workers of this machine said of themselves. */
  private sweep(owners: ReadonlySet<string>): void {
    for (const name of this.layout.names('workers')) {
      const owner = name.replace(/\.json$/, '');
      const worker = readWorker(this.layout, owner);
      const unneeded = worker && whereabouts(worker) === 'gone' && !owners.has(owner);
      // after a while: a listing may have lacked one of its claims
      if (this.quiet.since(`unneeded ${owner}`, String(unneeded)) >= SWEEP && unneeded) remove(workerFile(this.layout, owner));
    }
  }
}
