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
  /**
   * frames for which this gives the same name stay together, so that near-duplicates (steps of one run, strains of one crystal) are
   * never on both sides; default: every frame on its own. `sourceGroup` is the usual choice.
   */
  groupBy?: (frame: Frame) => string;
}

/** The frame's source within its group, or its file where the data names no source. */
export function sourceGroup(frame: Frame): string {
  return frame.source !== '' ? `${frame.configType}\u0000${frame.source}` : `\u0000${frame.origin.file}`;
}

/**
 * k disjoint test sets that together are all frames. Each has its share of every configType and of every energy quantile in it:
 * frames are shuffled within (configType, quantile of the energy per atom) and dealt out like cards.
 * @throws InputError when there are fewer frames (or groups of them) than folds
 */
export function kFold(frames: readonly Frame[], k: number, options: SplitOptions): Split[] {
  if (!Number.isInteger(k) || k < 2) throw new InputError(`cross-validation needs at least 2 folds, not ${k}`);
  const units = shuffledUnits(frames, options);
  if (units.length < k)
    throw new InputError(
      `${units.length} ${options.groupBy ? 'groups of frames' : 'frames'} cannot be dealt out to ${k} folds`,
      {},
      {
        hint: 'take fewer folds',
      },
    );
  const tests: number[][] = Array.from({ length: k }, () => []);
  units.forEach((unit, u) => {
    let fold = u % k;
    // groups differ in size: the smallest set gets the next one
    if (options.groupBy) for (let f = 0; f < k; f++) if (tests[f]!.length < tests[fold]!.length) fold = f;
    tests[fold]!.push(...unit);
  });
  return tests.map((test) => complement(frames.length, test));
}

/**
 * One split, with about `fraction` of the frames in the test set, stratified as in `kFold`. Neither side is empty.
 * @param fraction between 0 and 1
 * @throws InputError when there are fewer than two frames (or groups)
 */
export function trainTestSplit(frames: readonly Frame[], fraction: number, options: SplitOptions): Split {
  if (!(fraction > 0 && fraction < 1)) throw new InputError(`the test fraction must be between 0 and 1, not ${fraction}`);
  const units = shuffledUnits(frames, options);
  if (units.length < 2) throw new InputError('a split needs at least two frames (or groups of frames)');
  // systematic sampling: every stratum gives its share, to within one
  const chosen: number[][] = [];
  const start = RandomStream.fromSeed(options.seed, 1).uniform();
  units.forEach((unit, u) => {
    if (Math.floor((u + 1) * fraction + start) > Math.floor(u * fraction + start)) chosen.push(unit);
  });
  if (chosen.length === 0) chosen.push(units[0]!);
  if (chosen.length === units.length) chosen.pop();
  return complement(frames.length, chosen.flat());
}

/** Frames, or groups of them, ordered by configType and energy quantile, in random order within. */
function shuffledUnits(frames: readonly Frame[], options: SplitOptions): number[][] {
  const quantiles = options.quantiles ?? 5;
  const random = RandomStream.fromSeed(options.seed);
  const byName = new Map<string, number[]>();
  frames.forEach((frame, i) => {
    const name = options.groupBy ? options.groupBy(frame) : String(i);
    const unit = byName.get(name);
    if (unit) unit.push(i);
    else byName.set(name, [i]);
  });
  const byType = new Map<string, { unit: number[]; energy: number }[]>();
  for (const unit of byName.values()) {
    const type = frames[unit[0]!]!.configType;
    if (!byType.has(type)) byType.set(type, []);
    byType.get(type)!.push({ unit, energy: meanEnergy(frames, unit) });
  }
  const out: number[][] = [];
  for (const type of [...byType.keys()].sort()) {
    // ties by first frame, so that the order does not depend on the sort's
    const list = byType.get(type)!.sort((a, b) => a.energy - b.energy || a.unit[0]! - b.unit[0]!);
    for (let q = 0; q < quantiles; q++) {
      const part = list.slice(Math.round((q * list.length) / quantiles), Math.round(((q + 1) * list.length) / quantiles));
      for (let k = part.length - 1; k > 0; k--) {
        const j = random.integer(k + 1);
        [part[k], part[j]] = [part[j]!, part[k]!];
      }
      for (const { unit } of part) out.push(unit);
    }
  }
  return out;
}

/** eV/atom; frames without energy come last */
function meanEnergy(frames: readonly Frame[], unit: readonly number[]): number {
  const energies = unit.map((i) => frames[i]!).filter((f) => f.energy !== undefined);
  if (energies.length === 0) return Number.MAX_VALUE;
  return energies.reduce((sum, f) => sum + f.energy! / f.species.length, 0) / energies.length;
}

function complement(count: number, test: number[]): Split {
  const inTest = new Set(test);
  return {
    train: Array.from({ length: count }, (_, i) => i).filter((i) => !inTest.has(i)),
    test: test.sort((a, b) => a - b),
  };
}
