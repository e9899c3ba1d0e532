import { expect } from 'chai';
import fc from 'fast-check';
import { pseudoWeight, realWeight, toReal } from '../../../src/fitting/search/pseudo-weights.js';
import type { Parameter } from '../../../src/fitting/subnetwork.js';
import { between } from '../../math/arbitrary.js';

const zones = between(0, 2);

describe('pseudo-weights', () => {
  it('are zero in the null zone and move towards zero by its half width outside', () => {
    // paper, Methods: a pseudo-weight within the null zone switches its term off
    expect(realWeight(0.3, 0.5)).to.equal(0);
    expect(realWeight(-0.49, 0.5)).to.equal(0);
    expect(realWeight(0.5, 0.5)).to.equal(0);
    expect(realWeight(-0.5, 0.5)).to.equal(0);
    expect(realWeight(1.75, 0.5)).to.equal(1.25);
    expect(realWeight(-1.75, 0.5)).to.equal(-1.25);
    expect(realWeight(-1.75, 0)).to.equal(-1.75);
  });

  it('give continuous, odd, growing real weights', () => {
    fc.assert(
      fc.property(between(-5, 5), between(-5, 5), zones, (a, b, zone) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        const [x, y] = [realWeight(low, zone), realWeight(high, zone)];
        expect(y).to.be.at.least(x);
        // never steeper than the pseudo-weight itself
        expect(y - x).to.be.at.most(high - low + 1e-12);
        expect(realWeight(-a, zone) + 0).to.equal(-realWeight(a, zone) + 0);
      }),
    );
  });

  it('can be had from real weights', () => {
    fc.assert(
      fc.property(between(-5, 5), zones, (w, zone) => {
        expect(realWeight(pseudoWeight(w, zone), zone)).to.be.closeTo(w, 1e-12);
        expect(pseudoWeight(0, zone)).to.equal(0);
      }),
    );
  });

  it('leave inner parameters as they are', () => {
    const parameter = (role: Parameter['role']): Parameter => ({ name: '', role, term: 0, unit: 0, bounds: [-5, 5] });
    const out = new Float64Array(4);
    toReal(
      Float64Array.of(0.2, 0.2, -1, 0.9),
      [parameter('inner'), parameter('weight'), parameter('weight'), parameter('outer')],
      0.5,
      out,
    );
    expect([...out]).to.deep.equal([0.2, 0, -0.5, 0.4]);
  });
});
