import { expect } from 'chai';
import fc from 'fast-check';
import { minimumBetween } from '../../src/properties/minimum.js';

describe('properties/minimum', () => {
  it('is exact for curves of fourth degree', () => {
    const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(number(-0.4, 0.4), number(-3, 3), number(1, 50), number(-0.2, 0.2), (x0, y0, bend, skew) => {
        const f = (x: number) => y0 + (bend / 2) * (x - x0) ** 2 * (1 + skew * (x - x0) + (x - x0) ** 2);
        const x = Array.from({ length: 21 }, (_, k) => -1 + k / 10);
        const found = minimumBetween(x, x.map(f))!;
        expect(found.x).to.be.closeTo(x0, 1e-7);
        expect(found.y).to.be.closeTo(y0, 1e-9);
        expect(found.curvature).to.be.closeTo(bend, 1e-5 * bend);
      }),
    );
  });

  it('finds none at an end', () => {
    expect(minimumBetween([0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4, 5])).to.equal(undefined);
    expect(minimumBetween([0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 0, 1])).to.equal(undefined);
  });
});
