import { expect } from 'chai';
import fc from 'fast-check';
import { CUTOFF_STYLES, TAPERS } from '../../src/potentials/cutoffs/index.js';
import { between } from '../math/arbitrary.js';
import { expectDerivative, expectSmoothAt } from '../math/smoothness.js';

describe('tapers', () => {
  it('are all offered besides the shift', () => {
    expect(CUTOFF_STYLES).to.deep.equal(['shift', 'quintic', 'mishin', 'polynomial']);
    for (const [name, taper] of Object.entries(TAPERS)) expect(taper.name).to.equal(name);
  });

  for (const taper of Object.values(TAPERS))
    describe(taper.name, () => {
      const d = new Float64Array(1);
      const cutoff = 5.5;
      const width = taper.defaultWidth(cutoff);
      const f = (r: number, derivative: Float64Array): number => taper.evaluate(r, cutoff, width, derivative);

      it('falls from about one to zero and never rises', () => {
        fc.assert(
          fc.property(between(0, 6), between(0, 6), (a, b) => {
            const [near, far] = a < b ? [a, b] : [b, a];
            expect(f(near, d)).to.be.at.least(f(far, d));
            expect(d[0]).to.be.at.most(0);
            expect(f(near, d)).to.be.within(0, 1);
          }),
        );
        expect(f(0, d)).to.be.above(0.99);
        expect(f(cutoff, d)).to.equal(0);
        expect(d[0]).to.equal(0);
        expect(f(cutoff + 1, d)).to.equal(0);
      });

      it('has its derivative everywhere, joins included', () => {
        expectDerivative(f, [0.7, 2, cutoff - width - 1e-7, cutoff - width, cutoff - width + 1e-4, 4, 5, cutoff - 1e-4, cutoff, 5.6]);
      });

      it('has two continuous derivatives', () => {
        expectSmoothAt(f, cutoff, 2);
        expectSmoothAt(f, cutoff - width, 2);
      });

      it('is described by its text', () => {
        // the text is arithmetic once x and ^ are spelled for JavaScript
        const [factor, inner] = taper.text(cutoff, width).split(', x = ');
        const script = (text: string): string => text.replaceAll('^', '**').replaceAll('max', 'Math.max');
        const value = new Function('r', `${inner ? `const x = ${script(inner)};` : ''} return ${script(factor!)};`) as (
          r: number,
        ) => number;
        for (const r of [1, 3, 3.9, 4.5, 5.4]) expect(value(r)).to.be.closeTo(f(r, d), 1e-12);
        expect(taper.latex(cutoff, width)).to.include(`${cutoff}`.slice(0, 1));
      });
    });

  it('have the values that their definitions give by hand', () => {
    const d = new Float64Array(1);
    // half way down: 1 - (10/8 - 15/16 + 6/32) = 1/2
    expect(TAPERS.quintic.evaluate(5, 6, 2, d)).to.equal(0.5);
    // x = -1: 1/2
    expect(TAPERS.mishin.evaluate(5, 6, 1, d)).to.equal(0.5);
    // (1 - 1/4)^3
    expect(TAPERS.polynomial.evaluate(3, 6, 0, d)).to.equal(27 / 64);
  });

  it('prints a beginning without rounding noise', () => {
    expect(TAPERS.quintic.text(6.3, 2.4)).to.include('r - 3.9)');
  });
});
