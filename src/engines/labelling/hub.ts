import { join } from 'node:path';
import type { Address } from '../../../bridges/sockets/address.js';
import { Hub } from '../../../bridges/sockets/hub/hub.js';
import type { LabelContext, LabelJob, Labeller, LabelOutcome } from './labeller.js';

export interface HubLabelling {
  /** hash of everything that changes the numbers */
  settings: string;
  /** the same for a person */
  description: string;
  /** whether workers must have the very settings; else their labels get these */
  strict: boolean;
  address: Address;
  token: string;
  /** where the token is, for people */
  tokenFile: string;
  /** s */
  lease: number;
  heartbeat: number;
}

/** When nobody has come by then, somebody may have forgotten to start workers. Seconds. */
const NOBODY = 60;

/** Labels by workers on other machines, which connect to this process: `eqpot worker`. */
export function hubLabeller(options: HubLabelling): Labeller {
  const { settings, description } = options;
  let hub: Hub | undefined;
  return {
    engine: 'hub',
    settings,
    description,
    async label(jobs, context) {
      if (!hub) {
        const note = (line: string) => context.progress.line(line);
        hub = await Hub.open({ ...options, directory: join(context.directory, 'results'), note });
        note(`workers connect to ${hub.url}`);
      }
      await labelBy(hub, jobs, context, options);
    },
    async close() {
      await hub?.close();
      hub = undefined;
    },
  };
}

async function labelBy(hub: Hub, jobs: readonly LabelJob[], context: LabelContext, { tokenFile }: HubLabelling): Promise<void> {
  const { stop, progress, onOutcome } = context;
  const open = new Set(jobs.map(({ id }) => id));
  const arrived: LabelOutcome[] = [];
  let wake = () => {};
  const ring = () => wake();
  const timer = setInterval(ring, 1000);
  stop.signal.addEventListener('abort', ring);
  let patience = performance.now() + 1000 * NOBODY;
  try {
    hub.add(jobs, (outcome) => {
      arrived.push(outcome);
      wake();
    });
    for (;;) {
      for (let outcome = arrived.shift(); outcome; outcome = arrived.shift()) {
        await onOutcome(outcome);
        hub.kept(outcome.id);
        open.delete(outcome.id);
      }
      stop.throwIfRequested();
      if (open.size === 0) return;
      const { leased, workers } = hub.state;
      progress.update(1 - open.size / jobs.length, `${open.size} of ${jobs.length} labels missing, ${leased} with ${workers} workers`);
      if (workers > 0) patience = Infinity;
      else if (performance.now() > patience) {
        patience = Infinity;
        progress.line(`no worker has come yet; they are started by: eqpot worker ${hub.url} --token-file ${tokenFile} -c LABEL.yaml`);
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
        if (arrived.length > 0 || stop.requested) resolve();
      });
    }
  } finally {
    clearInterval(timer);
    stop.signal.removeEventListener('abort', ring);
    // outcomes that are on the disk, and not yet told, are found by the next call
    hub.withdraw(open);
  }
}
