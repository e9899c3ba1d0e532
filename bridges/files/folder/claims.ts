import { whereabouts } from '../../../src/engines/identity.js';
import { claimOwner, discard, type FolderLayout, idIn, move, remove } from './layout.js';
import { Quiet } from './quiet.js';
import { readWorker, workerFile } from './workers.js';

/** A job that somebody has, or (with `reason`) had until now. */
export interface SeenClaim {
  claim: string;
  id: string;
  reason?: string;
}

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
      const reason = this.lost(claim);
      if (reason === undefined) owners.add(claimOwner(claim));
      // a worker may have finished before it died; asked only now that it cannot finish any more
      if (reason === undefined || (this.layout.hasResult(id) && !settled(id))) seen.push({ claim, id });
      else if (this.release(claim, id, settled(id))) seen.push({ claim, id, reason });
    }
    this.sweep(owners);
    return seen;
  }

  /** Why a claim is not worth waiting for. */
  private lost(claim: string): string | undefined {
    const owner = claimOwner(claim);
    const worker = readWorker(this.layout, owner);
    if (!worker) {
      const { silentClaim } = this.limits;
      return this.quiet.seconds(this.layout.path('claimed', claim)) >= silentClaim
        ? `nothing happened in it for ${silentClaim} s`
        : undefined;
    }
    const state = whereabouts(worker);
    if (state === 'gone') return `process ${worker.pid} on ${worker.host} is gone`;
    if (state === 'alive') return undefined;
    const { silentWorker } = this.limits;
    return this.quiet.since(owner, String(worker.beat)) >= silentWorker
      ? `process ${worker.pid} on ${worker.host} gave no sign of life for ${silentWorker} s`
      : undefined;
  }

  /** True when the job is free again. */
  private release(claim: string, id: string, settled: boolean): boolean {
    const from = this.layout.path('claimed', claim);
    if (!settled && move(from, this.layout.path('jobs', id))) return true;
    // it has its label, or was put out a second time
    discard(from);
    return false;
  }

  /** Takes away what dead workers of this machine said of themselves. */
  private sweep(owners: ReadonlySet<string>): void {
    for (const name of this.layout.names('workers')) {
      const owner = name.replace(/\.json$/, '');
      const worker = owners.has(owner) ? undefined : readWorker(this.layout, owner);
      if (worker && whereabouts(worker) === 'gone') remove(workerFile(this.layout, owner));
    }
  }
}
