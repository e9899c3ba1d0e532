import { expect } from 'chai';
import fc from 'fast-check';
import { RandomStream } from '../../src/math/random.js';

const draw = (random: RandomStream, n: number): number[] => Array.from({ length: n }, () => random.uniform());

describe('RandomStream', () => {
  it('gives the same numbers for the same seed and others for every other seed or stream', () => {
    expect(draw(RandomStream.fromSeed(5, 2), 10)).to.deep.equal(draw(RandomStream.fromSeed(5, 2), 10));
    const first = new Set<number>();
    for (let seed = 0; seed < 60; seed++)
      for (let stream = 0; stream < 60; stream++) first.add(RandomStream.fromSeed(seed, stream).uniform());
    expect(first.size).to.equal(3600);
  });

  it('goes on exactly from a saved state', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 0, max: 50 }), (seed, n) => {
        const random = RandomStream.fromSeed(seed);
        draw(random, n);
        random.normal();
        const state = JSON.parse(JSON.stringify(random.state())) as number[];
        expect(draw(RandomStream.fromState(state), 20)).to.deep.equal(draw(random, 20));
      }),
    );
  });

  it('is uniform: mean, variance and neighbouring correlation', () => {
    const n = 40000;
    for (let seed = 0; seed < 5; seed++) {
      const x = draw(RandomStream.fromSeed(seed), n);
      expect(Math.min(...x.slice(0, 1000))).to.be.at.least(0);
      const mean = x.reduce((a, b) => a + b) / n;
      const variance = x.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
      const correlation = x.slice(1).reduce((a, b, k) => a + (b - mean) * (x[k]! - mean), 0) / n / variance;
      // five standard errors: sqrt(1/12/n) = 0.00144, sqrt(1/180/n) = 0.00037, 1/sqrt(n) = 0.005
      expect(mean).to.be.closeTo(0.5, 0.0072);
      expect(variance).to.be.closeTo(1 / 12, 0.0019);
      expect(correlation).to.be.closeTo(0, 0.025);
    }
  });

  it('keeps range and integer within their bounds and reaches all integers', () => {
    const random = RandomStream.fromSeed(1);
    const seen = new Set<number>();
    for (let k = 0; k < 2000; k++) {
      expect(random.range(-3, 2)).to.be.within(-3, 2);
      seen.add(random.integer(7));
    }
    expect([...seen].sort()).to.deep.equal([0, 1, 2, 3, 4, 5, 6]);
  });

  it('draws standard normal numbers', () => {
    const random = RandomStream.fromSeed(11);
    const n = 40000;
    const x = Array.from({ length: n }, () => random.normal());
    const moment = (q: number): number => x.reduce((total, value) => total + value ** q, 0) / n;
    // five standard errors of each moment: sqrt(1/n), sqrt(2/n), sqrt(15/n), sqrt(96/n)
    expect(moment(1)).to.be.closeTo(0, 5 * Math.sqrt(1 / n));
    expect(moment(2)).to.be.closeTo(1, 5 * Math.sqrt(2 / n));
    expect(moment(3)).to.be.closeTo(0, 5 * Math.sqrt(15 / n));
    expect(moment(4)).to.be.closeTo(3, 5 * Math.sqrt(96 / n));
  });
});
