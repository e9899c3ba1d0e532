import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { writeFileAtomic } from '../../../src/engines/files.js';
import type { Labeller } from '../../../src/engines/labelling/labeller.js';
import { LabelStore } from '../../../src/engines/labelling/store.js';
import { SILENT } from '../../../src/engines/progress.js';
import { NEVER_STOP } from '../../../src/engines/stop.js';
import { copperRequest } from './copper-cells.js';

const ROUNDS = 3;
const JOBS = 6;
export const LABELS = ROUNDS * JOBS;

/**
 * What `eqpot learn` does, without training: rounds of jobs that depend on every label before them. The data set is written at the end.
 * @param note gets what the store says of its repairs
 */
export async function smallLearner(directory: string, labeller: Labeller, note?: (line: string) => void): Promise<void> {
  const store = await LabelStore.open(join(directory, 'labels'), { settings: labeller.settings, ...(note ? { note } : {}) });
  for (let round = 0; round < ROUNDS; round++) {
    if (!store.hasRound(round)) {
      const before = createHash('sha256').update(store.extxyz()).digest();
      const first = 1000 * round + before.readUInt16LE();
      store.enqueue(
        round,
        Array.from({ length: JOBS }, (_, k) => copperRequest(first + k)),
      );
    }
    while (store.pending().length > 0)
      await labeller.label(store.pending(), {
        directory: join(directory, 'runs'),
        stop: NEVER_STOP,
        progress: SILENT,
        onOutcome: (outcome) => void store.record(outcome),
      });
  }
  writeFileAtomic(join(directory, 'training.extxyz'), store.extxyz());
  await labeller.close?.();
  store.close();
}
