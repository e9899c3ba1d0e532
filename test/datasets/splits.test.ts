import { expect } from 'chai';
import fc from 'fast-check';
import { kFold, trainTestSplit } from '../../src/datasets/splits.js';
import type { Frame } from '../../src/structures/structure.js';
import { inputError } from './helpers/check.js';

const frame = (configType: string, energy: number | undefined, source = '', file = 'file'): Frame => ({
  cell: Float64Array.of(4, 0, 0, 0, 4, 0, 0, 0, 4),
  pbc: [true, true, true],
  species: ['Cu', 'Cu'],
  positions: new Float64Array(6),
  ...(energy !== undefined && { energy }),
  configType,
  source,
  origin: { file, index: 0 },
});

describe('splits', () => {
  it('are partitions, the same for the same seed, another for another', () => {
    const arbitrary = fc.array(
      fc.record({
        type: fc.constantFrom('a', 'b', 'c'),
        energy: fc.option(fc.double({ min: -9, max: 9, noNaN: true }), { nil: undefined }),
      }),
      { minLength: 4, maxLength: 60 },
    );
    fc.assert(
      fc.property(arbitrary, fc.integer({ min: 2, max: 4 }), fc.integer(), (list, k, seed) => {
        const frames = list.map(({ type, energy }) => frame(type, energy));
        const folds = kFold(frames, k, { seed });
        expect(folds.flatMap((f) => f.test).sort((a, b) => a - b)).to.deep.equal(frames.map((_, i) => i));
        for (const { train, test } of folds) {
          expect([...train, ...test].sort((a, b) => a - b)).to.deep.equal(frames.map((_, i) => i));
          expect(test.length).to.be.within(Math.floor(frames.length / k), Math.ceil(frames.length / k));
        }
        expect(kFold(frames, k, { seed })).to.deep.equal(folds);
        const { train, test } = trainTestSplit(frames, 0.25, { seed });
        expect(train.length + test.length).to.equal(frames.length);
        expect(Math.min(train.length, test.length)).to.be.greaterThan(0);
        expect(test.length).to.be.within(Math.max(1, Math.floor(frames.length / 4)), Math.ceil(frames.length / 4));
      }),
      { numRuns: 200 },
    );
    const frames = Array.from({ length: 100 }, (_, i) => frame('a', i));
    expect(kFold(frames, 5, { seed: 1 })).to.not.deep.equal(kFold(frames, 5, { seed: 2 }));
  });

  it('give every group and every energy quantile its share', () => {
    // the rare group has the lowest energies, as surfaces or defects often do not
    const frames = [
      ...Array.from({ length: 100 }, (_, i) => frame('bulk', (i * 37) % 100)),
      ...Array.from({ length: 10 }, (_, i) => frame('rare', i - 500)),
    ];
    for (const { test } of kFold(frames, 5, { seed: 3 })) {
      expect(test.filter((i) => frames[i]!.configType === 'rare')).to.have.length(2);
      for (let q = 0; q < 5; q++) {
        const inQuantile = test.filter((i) => frames[i]!.configType === 'bulk' && Math.floor(frames[i]!.energy! / 20) === q);
        expect(inQuantile).to.have.length(4);
      }
    }
    const { test } = trainTestSplit(frames, 0.2, { seed: 3 });
    expect(test.filter((i) => frames[i]!.configType === 'rare')).to.have.length(2);
  });

  it('refuse what cannot be split', () => {
    const frames = Array.from({ length: 6 }, (_, i) => frame('a', i, 'one'));
    expect(inputError(() => kFold(frames, 1, { seed: 0 })).message).to.match(/at least 2 folds/);
    expect(inputError(() => kFold(frames, 7, { seed: 0 })).message).to.match(/6 frames cannot be dealt out to 7 folds/);
    expect(inputError(() => trainTestSplit(frames, 1, { seed: 0 })).message).to.match(/between 0 and 1/);
    expect(inputError(() => trainTestSplit(frames.slice(0, 1), 0.5, { seed: 0 })).message).to.match(/at least two/);
  });
});
