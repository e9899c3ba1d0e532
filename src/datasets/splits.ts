import { InputError } from '../errors.js';
import { RandomStream } from '../math/random.js';
import type { Frame } from '../structures/structure.js';

/** Indices of frames. */
export interface Split {
  train: number[];
  test: number[];
}

export interface SplitOptions {
  /** any integer; the same seed and frames give the same split */
  seed: number;
  /** energy quantiles within each group; default 5 */
  quantiles?: number;
}

/**
 * k disjoint test sets that together are all frames. Each has its share of every configType and of every energy quantile in it:
 * frames are shuffled within (configType, quantile of the energy per atom) and dealt out like cards.
 * @throws InputError when there are fewer frames than folds
 */
export function kFold(frames: readonly Frame[], k: number, options: SplitOptions): Split[] {
  if (!Number.isInteger(k) || k < 2) throw new InputError(`cross-validation needs at least 2 folds, not ${k}`);
  if (frames.length < k)
    throw new InputError(`${frames.length} frames cannot be dealt out to ${k} folds`, {}, { hint: 'take fewer folds' });
  const tests: number[][] = Array.from({ length: k }, () => []);
  shuffled(frames, options).forEach((frame, position) => {
    tests[position % k]!.push(frame);
  });
  return tests.map((test) => complement(frames.length, test));
}

/**
 * One split, with about `fraction` of the frames in the test set, stratified as in `kFold`. Neither side is empty.
 * @param fraction between 0 and 1
 * @throws InputError when there are fewer than two frames
 */
export function trainTestSplit(frames: readonly Frame[], fraction: number, options: SplitOptions): Split {
  if (!(fraction > 0 && fraction < 1)) throw new InputError(`the test fraction must be between 0 and 1, not ${fraction}`);
  if (frames.length < 2) throw new InputError('a split needs at least two frames');
  // systematic sampling: every stratum gives its share, to within one
  const start = RandomStream.fromSeed(options.seed, 1).uniform();
  const order = shuffled(frames, options);
  const chosen = order.filter((_, u) => Math.floor((u + 1) * fraction + start) > Math.floor(u * fraction + start));
  if (chosen.length === 0) chosen.push(order[0]!);
  if (chosen.length === order.length) chosen.pop();
  return complement(frames.length, chosen);
}

/** Indices of the frames ordered by configType and energy quantile, in random order within. */
function shuffled(frames: readonly Frame[], { seed, quantiles = 5 }: SplitOptions): number[] {
  const random = RandomStream.fromSeed(seed);
  const byType = new Map<string, number[]>();
  frames.forEach(({ configType }, i) => {
    const members = byType.get(configType);
    if (members) members.push(i);
    else byType.set(configType, [i]);
  });
  const energies = frames.map(({ energy, species }) => (energy === undefined ? Number.MAX_VALUE : energy / species.length));
  const out: number[] = [];
  for (const type of [...byType.keys()].sort()) {
    // frames without energy come last; ties by index, so that the order does not depend on the sort's
    const list = byType.get(type)!.sort((a, b) => energies[a]! - energies[b]! || a - b);
    for (let q = 0; q < quantiles; q++) {
      const part = list.slice(Math.round((q * list.length) / quantiles), Math.round(((q + 1) * list.length) / quantiles));
      for (let k = part.length - 1; k > 0; k--) {
        const j = random.integer(k + 1);
        [part[k], part[j]] = [part[j]!, part[k]!];
      }
      out.push(...part);
    }
  }
  return out;
}

function complement(count: number, test: number[]): Split {
  const inTest = new Set(test);
  return {
    train: Array.from({ length: count }, (_, i) => i).filter((i) => !inTest.has(i)),
    test: test.sort((a, b) => a - b),
  };
}
