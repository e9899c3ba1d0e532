import { expect } from 'chai';
import fc from 'fast-check';
import { chebyshevValues, interpolate, nodalTransform, radialMap, radiusOf, reduced } from '../../src/math/chebyshev.js';

const radii = fc
  .tuple(fc.double({ min: 0.5, max: 3, noNaN: true }), fc.double({ min: 0.5, max: 8, noNaN: true }))
  .map(([shortest, range]) => [shortest, shortest + range] as const);

describe('Chebyshev interpolation in 1/r', () => {
  it('maps the interval onto [-1, 1] and back', () => {
    fc.assert(
      fc.property(radii, fc.double({ min: -1, max: 1, noNaN: true }), ([shortest, cutoff], s) => {
        expect(reduced(shortest, shortest, cutoff)).to.be.closeTo(1, 1e-10);
        expect(reduced(cutoff, shortest, cutoff)).to.be.closeTo(-1, 1e-10);
        expect(reduced(radiusOf(s, shortest, cutoff), shortest, cutoff)).to.be.closeTo(s, 1e-9);
      }),
    );
  });

  it('has its nodes inside the interval, growing', () => {
    const { nodes } = radialMap(1.8, 5.5, 24);
    expect(nodes.length).to.equal(24);
    for (let k = 0; k < 24; k++) {
      expect(nodes[k]).to.be.within(1.8, 5.5);
      if (k > 0) expect(nodes[k]).to.be.above(nodes[k - 1]!);
    }
  });

  it('computes T_m by its defining property T_m(cos x) = cos(m x)', () => {
    const out = new Float64Array(20);
    fc.assert(
      fc.property(fc.double({ min: 0, max: Math.PI, noNaN: true }), (x) => {
        chebyshevValues(Math.cos(x), 18, out, 2);
        for (let m = 0; m < 18; m++) expect(out[2 + m]).to.be.closeTo(Math.cos(m * x), 1e-10);
      }),
    );
  });

  it('reproduces every polynomial in 1/r of degree below K, and the nodal values', () => {
    const coefficient = fc.double({ min: -2, max: 2, noNaN: true });
    fc.assert(
      fc.property(radii, fc.array(coefficient, { minLength: 8, maxLength: 8 }), ([shortest, cutoff], c) => {
        const f = (r: number): number => c.reduce((total, value, n) => total + value * (shortest / r) ** n, 0);
        const map = radialMap(shortest, cutoff, 8);
        const values = map.nodes.map(f);
        for (const r of [shortest, 0.3 * shortest + 0.7 * cutoff, cutoff]) expect(interpolate(map, values, r)).to.be.closeTo(f(r), 1e-11);
        map.nodes.forEach((r, k) => {
          expect(interpolate(map, values, r)).to.be.closeTo(values[k]!, 1e-11);
        });
      }),
    );
  });

  it('converges geometrically for a smooth function that is no polynomial', () => {
    const f = (r: number): number => Math.exp(-1.4 * r);
    const errorOf = (count: number): number => {
      const map = radialMap(2, 6, count);
      const values = map.nodes.map(f);
      let error = 0;
      for (let r = 2; r <= 6; r += 0.05) error = Math.max(error, Math.abs(interpolate(map, values, r) - f(r)));
      return error;
    };
    const errors = [6, 12, 18].map(errorOf);
    expect(errors[1]).to.be.below(errors[0]! / 20);
    expect(errors[2]).to.be.below(errors[1]! / 20);
  });

  it('has a transform whose columns are the interpolants of unit values', () => {
    const count = 10;
    const transform = nodalTransform(count);
    const t = new Float64Array(count);
    for (let node = 0; node < count; node++) {
      chebyshevValues(Math.cos((Math.PI * (node + 0.5)) / count), count, t);
      for (let k = 0; k < count; k++) {
        let value = 0;
        for (let m = 0; m < count; m++) value += t[m]! * transform[m * count + k]!;
        expect(value).to.be.closeTo(k === node ? 1 : 0, 1e-13);
      }
    }
  });
});
