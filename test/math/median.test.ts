import { expect } from 'chai';
import { median } from '../../src/math/median.js';

describe('median', () => {
  it('is the middle number, or the mean of the two in the middle', () => {
    expect(median([10, -3, 2])).to.equal(2);
    expect(median(new Set([4, 1, 3, 100]))).to.equal(3.5);
    expect(median([7])).to.equal(7);
    expect(median([])).to.equal(0);
  });

  it('leaves its numbers in their order', () => {
    const values = [3, 1, 2];
    median(values);
    expect(values).to.deep.equal([3, 1, 2]);
  });
});
