import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FolderDescription } from '../../../../bridges/files/folder/jobs.js';
import { type FolderLabellerOptions, folderLabeller } from '../../../../bridges/files/folder/labeller.js';
import { FolderLayout } from '../../../../bridges/files/folder/layout.js';
import { serveFolder, type WorkerOptions } from '../../../../bridges/files/folder/worker.js';
import type { LabelJob, LabelOutcome } from '../../../../src/engines/labelling/labeller.js';
import { SILENT } from '../../../../src/engines/progress.js';
import { NEVER_STOP, StopController } from '../../../../src/engines/stop.js';
import { StoppedError } from '../../../../src/errors.js';
import { DELAYED_SETTINGS, delayedLabeller } from '../../../engines/labelling/delayed.js';

export const FOLDER: FolderDescription = { settings: DELAYED_SETTINGS, description: 'model: sutton-chen-cu' };

/** A labelling folder of a test. */
export class TestFolder {
  readonly layout: FolderLayout;
  readonly lines: string[] = [];
  readonly outcomes: LabelOutcome[] = [];
  private readonly stops: StopController[] = [];

  constructor(readonly root = mkdtempSync(join(tmpdir(), 'eqpot-folder-'))) {
    this.layout = new FolderLayout(root);
  }

  dispose(): void {
    for (const stop of this.stops) stop.request('the test is over');
    rmSync(this.root, { recursive: true, force: true });
  }

  /** Labels the jobs by whoever does it; `until` ends it early. */
  async label(jobs: readonly LabelJob[], changes: Partial<FolderLabellerOptions> = {}, until?: () => boolean): Promise<LabelOutcome[]> {
    const labeller = folderLabeller({
      path: this.root,
      folder: FOLDER,
      patience: 0.3,
      silentWorker: 0.3,
      silentClaim: 0.3,
      poll: 0.02,
      ...changes,
    });
    const stop = new StopController({ signals: false, announce: () => {} });
    this.stops.push(stop);
    const timer = until && setInterval(() => until() && stop.request('seen'), 10);
    const progress = { ...SILENT, line: (text: string) => this.lines.push(text) };
    try {
      await labeller.label(jobs, { directory: this.root, stop, progress, onOutcome: (outcome) => void this.outcomes.push(outcome) });
    } catch (error) {
      if (!(until && error instanceof StoppedError)) throw error;
    } finally {
      clearInterval(timer);
      stop.dispose();
      await labeller.close?.();
    }
    return this.outcomes;
  }

  /** A worker in this process, that ends when there are no jobs. */
  work(changes: Partial<WorkerOptions> = {}) {
    return serveFolder({
      layout: this.layout,
      folder: FOLDER,
      labeller: delayedLabeller(0),
      stop: NEVER_STOP,
      progress: SILENT,
      batch: 1,
      idle: 0.5,
      poll: 0.02,
      ...changes,
    });
  }
}
