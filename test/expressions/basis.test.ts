import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../src/errors.js';
import { BASIS_FAMILIES, type BasisFunction, basisFunction, PAPER_BASIS } from '../../src/expressions/basis/index.js';
import { compile, constants } from '../../src/expressions/expression.js';
import { simplify } from '../../src/expressions/simplify.js';
import { between } from '../math/arbitrary.js';

const NAMES = ['r^-6', 'r^2', 'r^0.5', 'r', 'r^-1', 'exp(-r)', 'exp(-r^2)', 'r*log(r)'];
const scratch = new Float64Array(2);
/** an inner parameter that the function may have */
const inner = (f: BasisFunction, share: number): number => f.innerBounds[0] + share * (f.innerBounds[1] - f.innerBounds[0]);

describe('basis functions', () => {
  for (const name of NAMES)
    describe(name, () => {
      const f = basisFunction(name, 'r');

      it('keeps its name', () => {
        expect(f.name).to.equal(name);
        expect(basisFunction(name.replaceAll('r', 'rho').replace('exp(-rhoho', 'exp(-rho'), 'rho').inner).to.equal(f.inner);
      });

      it('has its derivatives along the variable and the inner parameter', () => {
        fc.assert(
          fc.property(between(0.4, 3), between(0.05, 0.95), (x, share) => {
            const a = inner(f, share);
            const value = f.evaluate(x, a, scratch);
            const [byInner, byX] = [scratch[0]!, scratch[1]!];
            const other = new Float64Array(2);
            const h = 1e-6;
            const size = 1e-6 * (Math.abs(value) * (1 + Math.abs(a) * 10) + 1);
            expect(byX).to.be.closeTo((f.evaluate(x + h, a, other) - f.evaluate(x - h, a, other)) / (2 * h), size);
            if (f.inner) expect(byInner).to.be.closeTo((f.evaluate(x, a + h, other) - f.evaluate(x, a - h, other)) / (2 * h), size * 10);
            else expect(byInner).to.equal(0);
          }),
        );
      });

      it('prints what it computes, in Å', () => {
        fc.assert(
          fc.property(between(1, 8), between(0, 1), between(0.5, 3), between(-5, 5), (r, share, unit, weight) => {
            const a = inner(f, share);
            const expected = weight * f.evaluate(r / unit, a, scratch);
            const printed = compile(simplify(f.expression(weight, a, unit)))(r, new Float64Array(1));
            // r log r is a difference of two terms in printed units
            const slack = Math.abs(weight) * (r / unit) * (Math.abs(Math.log(r)) + Math.abs(Math.log(unit)));
            expect(Math.abs(printed - expected)).to.be.at.most(1e-10 * Math.abs(expected) + 1e-14 * slack);
          }),
        );
      });

      it('states the scales of its printed constants', () => {
        fc.assert(
          fc.property(between(0.05, 0.95), between(0.5, 3), between(0.1, 5), (share, unit, weight) => {
            const a = inner(f, share);
            fc.pre((!f.inner || Math.abs(a) > 1e-3) && Math.abs(weight * f.weightScale(a, unit) - 1) > 1e-6);
            const printed = constants(simplify(f.expression(weight, a, unit)));
            expect(printed[0]! / (weight * f.weightScale(a, unit))).to.be.closeTo(1, 1e-12);
            if (f.inner && Math.abs(a * f.innerScale(unit) - 1) > 1e-6)
              expect(printed[1]! / (a * f.innerScale(unit))).to.be.closeTo(1, 1e-12);
          }),
        );
      });

      it('starts within its bounds', () => {
        if (f.inner) expect(f.innerStart).to.be.within(f.innerBounds[0], f.innerBounds[1]);
      });
    });

  it('is one at the length unit where it decays exponentially, so that the weight is an energy there', () => {
    for (const name of ['exp(-r)', 'exp(-r^2)']) expect(basisFunction(name, 'r').evaluate(1, 3.7, scratch)).to.equal(1);
  });

  it('goes on to zero density as the limits say', () => {
    expect(basisFunction('rho*log(rho)', 'rho').evaluate(0, 0, scratch)).to.equal(0);
    expect(basisFunction('rho^0.5', 'rho').evaluate(0, 0, scratch)).to.equal(0);
    expect(basisFunction('rho', 'rho').evaluate(0, 0, scratch)).to.equal(0);
    expect(scratch[1]).to.equal(1);
  });

  it('accepts the usual ways to write a power', () => {
    const aliases: [string, string][] = [
      ['1/r^9', 'r^-9'],
      ['r**-9', 'r^-9'],
      ['r^(-9)', 'r^-9'],
      ['1/r', 'r^-1'],
      ['sqrt(r)', 'r^0.5'],
      ['r^1', 'r'],
      [' r ^ -9 ', 'r^-9'],
      ['r^+2', 'r^2'],
      ['r^.5', 'r^0.5'],
    ];
    for (const [written, name] of aliases) expect(basisFunction(written, 'r').name, written).to.equal(name);
  });

  it('refuses what it does not know and says what can be written', () => {
    for (const wrong of ['x^-6', 'r^', 'r^r', 'exp(r)', 'sin(r)', '', 'r^--6', 'rr', '2*r'])
      expect(() => basisFunction(wrong, 'r'), wrong).to.throw(InputError, `"${wrong}" is not a basis function of r`);
    expect(() => basisFunction('rho^x', 'rho')).to.throw(InputError, 'rho^n, exp(-rho), exp(-rho^2), rho*log(rho)');
  });

  it('has a distinct pattern for every family, and knows the functions of the paper', () => {
    expect(new Set(BASIS_FAMILIES.map(({ pattern }) => pattern)).size).to.equal(BASIS_FAMILIES.length);
    for (const name of [...PAPER_BASIS.pair, ...PAPER_BASIS.density]) expect(basisFunction(name, 'r').name).to.equal(name);
    for (const name of PAPER_BASIS.embedding) expect(basisFunction(name, 'rho').name).to.equal(name);
  });
});
