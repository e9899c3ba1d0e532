import type { RandomStream } from '../../src/math/random.js';
import { cubic } from '../../src/structures/lattices.js';
import { type Frame, repeat, type Structure } from '../../src/structures/structure.js';
import { displaced, strained } from '../structures/arbitrary.js';

/** Copper cells of 1 to `largest` atoms: sheared, expanded and disordered crystals, so that rows of all multiplicities occur. */
export function randomCells(random: RandomStream, count: number, largest = 8): Structure[] {
  return Array.from({ length: count }, (_, s) => {
    const kind = (['fcc', 'bcc', 'sc'] as const)[s % 3]!;
    const a = { fcc: 3.6, bcc: 2.9, sc: 2.45 }[kind] * random.range(0.95, 1.2);
    const unit = cubic(kind, 'Cu', a);
    const copies = Math.max(1, Math.min(3, Math.floor(largest / unit.species.length)));
    const cell = repeat(unit, [1 + random.integer(copies), 1, 1]);
    const amplitude = s % 4 === 0 ? 0 : random.range(0, 0.3);
    const disordered = displaced(cell, () => random.range(-amplitude, amplitude));
    return strained(
      disordered,
      Array.from({ length: 9 }, () => random.range(-0.08, 0.08)),
    );
  });
}

/** A frame of a structure with the labels given. */
export function frameOf(structure: Structure, labels: Partial<Frame> = {}): Frame {
  return { ...structure, configType: 'default', source: '', origin: { file: 'made-up', index: 0 }, ...labels };
}
