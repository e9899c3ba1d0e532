import { expect } from 'chai';
import { EquationNetwork } from '../../src/fitting/equation-network.js';
import { resampled } from '../../src/fitting/resample.js';
import { RandomStream } from '../../src/math/random.js';
import { bondedParameters, SMALL } from './networks.js';
import { problemOf } from './problems.js';
import { randomCells } from './structures.js';

const random = RandomStream.fromSeed(5);
const made = problemOf(SMALL, randomCells(random, 20), bondedParameters(new EquationNetwork(SMALL), random));
const frames = made.frames.map((frame, s) => ({ ...frame, configType: s < 3 ? 'surface' : 'bulk' }));
const target = { name: 'x', unit: 'eV', offset: 0, terms: [], value: 2, tolerance: 0.1, weight: 1 };
const problem = {
  ...made,
  frames,
  ownWeights: new Float64Array(20).fill(2),
  targets: { list: [target, target], moments: made.moments, shortest: 2 },
};

describe('resampled', () => {
  it('draws each config_type as often as it has frames, the same for the same seed', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const drawn = resampled(problem, RandomStream.fromSeed(seed)).ownWeights.map((weight) => weight / 2);
      expect(drawn.every(Number.isInteger)).to.equal(true);
      expect(drawn.slice(0, 3).reduce((a, b) => a + b)).to.equal(3);
      expect(drawn.slice(3).reduce((a, b) => a + b)).to.equal(17);
      expect(resampled(problem, RandomStream.fromSeed(seed)).ownWeights).to.deep.equal(drawn.map((count) => 2 * count));
    }
    const many = Array.from({ length: 200 }, (_, seed) => resampled(problem, RandomStream.fromSeed(seed)).ownWeights);
    // a frame is left out with probability (1 - 1/17)^17 = 0.357, here of 3400 cases
    const absent = many.reduce((sum, weights) => sum + weights.slice(3).filter((weight) => weight === 0).length, 0) / (200 * 17);
    expect(absent).to.be.within(0.32, 0.39);
  });

  it('moves targets within their tolerance, each by itself, and leaves the problem as it was', () => {
    const moved = Array.from({ length: 50 }, (_, seed) => resampled(problem, RandomStream.fromSeed(seed)).targets!.list);
    for (const [a, b] of moved) {
      expect(a!.value).to.be.within(1.9, 2.1);
      expect(a!.value).not.to.equal(b!.value);
      expect(a!.tolerance).to.equal(0.1);
    }
    expect(Math.max(...moved.map(([a]) => a!.value))).to.be.above(2.07);
    expect(problem.targets.list[0]!.value).to.equal(2);
    expect(problem.ownWeights.every((weight) => weight === 2)).to.equal(true);
  });
});
