import { expect } from 'chai';
import { calibrate, rankCorrelation } from '../../src/fitting/calibration.js';
import { RandomStream } from '../../src/math/random.js';

describe('calibrate', () => {
  const random = RandomStream.fromSeed(3);
  const spreads = Float64Array.from({ length: 4000 }, () => Math.exp(random.range(-2, 2)));

  it('finds the factor that normal errors are larger by, and what lies within one and two spreads', () => {
    const errors = spreads.map((spread) => Math.abs(4 * spread * random.normal()));
    const { scale, plain, scaled, count, correlation } = calibrate(errors, spreads)!;
    expect(count).to.equal(4000);
    expect(scale).to.be.within(3.8, 4.2);
    // normal distribution: within 1/4 and 2/4 of a standard deviation, and within one and two
    expect(plain[0]).to.be.closeTo(0.1974, 0.03);
    expect(plain[1]).to.be.closeTo(0.3829, 0.03);
    expect(scaled[0]).to.be.closeTo(0.6827, 0.001);
    expect(scaled[1]).to.be.closeTo(0.9545, 0.015);
    expect(correlation).to.be.within(0.5, 0.8);
  });

  it('is not moved by a few errors that are far off, and says nothing about too few', () => {
    const errors = spreads.map((spread, k) => (k % 100 === 0 ? 1e6 : Math.abs(spread * random.normal())));
    expect(calibrate(errors, spreads)!.scale).to.be.within(0.95, 1.08);
    expect(calibrate(errors.slice(0, 11), spreads.slice(0, 11))).to.equal(undefined);
    expect(calibrate(errors, new Float64Array(4000))).to.equal(undefined);
    expect(calibrate(new Float64Array(4000), spreads)).to.equal(undefined);
  });
});

describe('rankCorrelation', () => {
  it('is one for any growing relation, minus one for a falling one, and shares ranks of equal values', () => {
    expect(rankCorrelation([1, 2, 3, 4], [1, 8, 27, 64])).to.be.closeTo(1, 1e-12);
    expect(rankCorrelation([1, 2, 3, 4], [5, 4, 1, 0])).to.be.closeTo(-1, 1e-12);
    // ranks 0, 1.5, 1.5, 3 and 0, 1, 2, 3: covariance 4.5 over sqrt(4.5 * 5)
    expect(rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4])).to.be.closeTo(4.5 / Math.sqrt(4.5 * 5), 1e-12);
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).to.equal(0);
  });
});
