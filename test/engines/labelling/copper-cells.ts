import { jobId, type LabelJob } from '../../../src/engines/labelling/labeller.js';
import type { LabelRequest } from '../../../src/engines/labelling/store.js';
import { RandomStream } from '../../../src/math/random.js';
import { DELAYED_SETTINGS } from './delayed.js';

/** Different cells of four copper atoms; the same for the same number. */
export function copperCell(k: number): LabelJob {
  const random = RandomStream.fromSeed(1000 + k);
  const a = 3.5 + 0.3 * random.uniform();
  const cell = Float64Array.of(a, 0, 0, 0.2 * random.uniform(), a, 0, 0, 0, a);
  const ideal = [0, 0, 0, 0, 0.5, 0.5, 0.5, 0, 0.5, 0.5, 0.5, 0];
  const positions = Float64Array.from(ideal, (x) => a * (x + 0.05 * random.uniform()));
  const structure = { cell, pbc: [true, true, true] as [boolean, boolean, boolean], species: ['Cu', 'Cu', 'Cu', 'Cu'], positions };
  return { id: jobId(structure, DELAYED_SETTINGS), structure };
}

export function copperRequest(k: number): LabelRequest {
  return { ...copperCell(k), why: `cell ${k}`, configType: 'cells' };
}
