import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { PARTS } from '../../../bridges/files/folder/layout.js';
import { Journal } from '../../../src/engines/journal.js';
import { delayedLabeller } from './delayed.js';
import type { KillScene } from './kills.js';
import { LABELS, smallLearner } from './small-learner.js';

const CHILD = fileURLToPath(new URL('./kill-child.ts', import.meta.url));
const TSX = import.meta.resolve('tsx');
/** Largest error of the clocks, s; every process has another. */
const CLOCKS = 1e7;

/**
 * Small learners with the reference engine. Each run has to end with the data set of a run without kills, every label recorded once, and
 * no label computed again that was finished.
 * @param mode learner: it labels itself; folder: it hands its jobs to two workers
 * @param delay of one label, ms
 */
export async function smallScene(mode: 'learner' | 'folder', delay: number): Promise<KillScene> {
  const calm = mkdtempSync(join(tmpdir(), 'eqpot-calm-'));
  await smallLearner(calm, delayedLabeller(0));
  const expected = readFileSync(join(calm, 'training.extxyz'), 'utf8');
  rmSync(calm, { recursive: true });
  return {
    name: mode,
    roles: mode === 'learner' ? ['learner'] : ['sender', 'worker', 'worker'],
    prepare(directory) {
      for (const part of PARTS) mkdirSync(join(directory, 'jobs', part), { recursive: true });
    },
    command(role, directory, random) {
      const offset = Math.round(random.range(-CLOCKS, CLOCKS));
      return ['--import', TSX, CHILD, role, directory, String(delay), String(offset)];
    },
    journals: (role, directory) =>
      role === 'worker' ? [] : [join(directory, 'labels', 'journal.jsonl'), join(directory, 'jobs', 'journal.jsonl')],
    check(directory, killed) {
      const same = readFileSync(join(directory, 'training.extxyz'), 'utf8') === expected;
      expect(same, 'the data set is that of a run without kills').to.equal(true);
      const labelled = labelledIn(join(directory, 'labels'));
      expect(labelled.length, 'labels in the journal').to.equal(LABELS);
      expect(new Set(labelled).size).to.equal(LABELS);
      const computed = readFileSync(join(directory, 'computed.log'), 'utf8').trim().split('\n');
      expect(new Set(computed)).to.deep.equal(new Set(labelled));
      // each of those that compute has one label under way
      const computing = (killed.get('learner') ?? 0) + (killed.get('worker') ?? 0);
      expect(computed.length - LABELS, 'labels computed again').to.be.at.most(computing);
    },
  };
}

/** Jobs with a label, as often as the journal of a store has one. */
export function labelledIn(store: string): string[] {
  const { records } = Journal.read<{ id?: string; label?: object }>(join(store, 'journal.jsonl'), 'eqpot labels 1');
  return records.flatMap(({ id, label }) => (id !== undefined && label ? [id] : []));
}
