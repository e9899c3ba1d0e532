import { mkdirSync } from 'node:fs';
import { watch } from 'chokidar';
import type { LabelContext, LabelJob, Labeller } from '../../../src/engines/labelling/labeller.js';
import type { StopToken } from '../../../src/engines/stop.js';
import { FolderBridge, type FolderOptions } from './bridge.js';
import type { FolderLayout } from './layout.js';

export interface FolderLabellerOptions extends FolderOptions {
  /** seconds between two looks at the folder, for file systems on which no change of other machines is told */
  poll: number;
}

/** When nobody has taken a job by then, somebody may have forgotten to start workers. Seconds. */
const NOBODY = 60;

/** Labels by whoever takes the jobs from a folder: workers on other machines, other programs, persons. */
export function folderLabeller(options: FolderLabellerOptions): Labeller {
  let bridge: FolderBridge | undefined;
  const { settings, description } = options.folder;
  return {
    engine: 'folder',
    settings,
    description,
    async label(jobs, context) {
      const { stop, progress } = context;
      bridge ??= await FolderBridge.open(options, { stop, note: (line) => progress.line(line) });
      await labelBy(bridge, jobs, context, options);
    },
    async close() {
      bridge?.close();
      bridge = undefined;
    },
  };
}

/** Jobs that are under way stay in the folder when this ends early, and their results are found by the next call. */
async function labelBy(bridge: FolderBridge, jobs: readonly LabelJob[], context: LabelContext, options: FolderLabellerOptions) {
  const { stop, progress, onOutcome } = context;
  const open = new Map(jobs.map((job) => [job.id, job]));
  bridge.send(jobs);
  const bell = new Bell(bridge.layout, options.poll, stop);
  const started = performance.now();
  let known = false;
  try {
    for (;;) {
      stop.throwIfRequested();
      const { outcomes, lines } = bridge.look(open);
      for (const line of lines) progress.line(line);
      for (const found of outcomes) {
        const { outcome } = found;
        await onOutcome(outcome);
        bridge.settle(found);
        open.delete(outcome.id);
      }
      if (open.size === 0) return;
      const claimed = bridge.claimed(open);
      known ||= claimed > 0 || outcomes.length > 0;
      progress.update(1 - open.size / jobs.length, `${open.size} of ${jobs.length} labels missing, ${claimed} being computed`);
      if (!known && (performance.now() - started) / 1000 > NOBODY) {
        known = true;
        progress.line(`nobody has taken a job yet; workers are started by: eqpot label-folder ${options.path}`);
      }
      await bell.rung();
    }
  } finally {
    await bell.close();
  }
}

/** Rings when the system tells of a new result, after the polling time in any case, and on a stop. */
class Bell {
  private readonly watcher;
  private rang = false;
  private wake: (() => void) | undefined;
  private readonly ring = () => {
    this.rang = true;
    this.wake?.();
  };

  constructor(
    layout: FolderLayout,
    private readonly poll: number,
    private readonly stop: StopToken,
  ) {
    const results = layout.path('results');
    mkdirSync(results, { recursive: true });
    this.watcher = watch(results, { ignoreInitial: true, depth: 1 });
    this.watcher.on('all', this.ring);
    // such as too many watched files: the looks at regular times go on
    this.watcher.on('error', () => {});
    stop.signal.addEventListener('abort', this.ring);
  }

  async rung(): Promise<void> {
    if (!this.rang)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 1000 * this.poll);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    this.wake = undefined;
    this.rang = false;
  }

  async close(): Promise<void> {
    this.stop.signal.removeEventListener('abort', this.ring);
    await this.watcher.close();
  }
}
