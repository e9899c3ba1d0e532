import { expect } from 'chai';
import fc from 'fast-check';
import {
  call,
  compile,
  constant,
  constants,
  mapConstants,
  power,
  product,
  substitute,
  sum,
  variable as x,
} from '../../src/expressions/expression.js';
import { FUNCTIONS } from '../../src/expressions/functions.js';
import { parseExpression } from '../../src/expressions/parse.js';
import { printText } from '../../src/expressions/print.js';
import { anyExpression, bounded, meaningful } from './arbitrary.js';

const anyX = fc.double({ min: 0.3, max: 3, noNaN: true });

describe('compile', () => {
  it('gives the value of the tree', () => {
    fc.assert(
      fc.property(anyExpression, anyX, (tree, at) => {
        const expected = bounded(tree, at);
        fc.pre(meaningful(expected));
        expect(Math.abs(compile(tree)(at, new Float64Array(1)) - expected.value)).to.be.at.most(4 * expected.error);
      }),
      { numRuns: 300 },
    );
  });

  it('gives the derivative of the tree', () => {
    const d = new Float64Array(1);
    fc.assert(
      fc.property(anyExpression, anyX, (tree, at) => {
        const here = bounded(tree, at);
        fc.pre(meaningful(here));
        const f = compile(tree);
        const difference = (h: number): number => (f(at + h, d) - f(at - h, d)) / (2 * h);
        const h = 1e-5 * at;
        const rough = difference(h);
        const fine = difference(h / 2);
        f(at, d);
        // truncation falls by four with the step: what is left of it, and rounding
        const tolerance = 2 * Math.abs(rough - fine) + (8 * here.error) / h + 1e-9 * Math.abs(fine);
        fc.pre(Number.isFinite(tolerance) && Number.isFinite(d[0]!) && Math.abs(rough - fine) < 1e-3 * Math.abs(fine) + 1e-12);
        expect(Math.abs(d[0]! - fine), printText(tree, 'x')).to.be.at.most(tolerance);
      }),
      { numRuns: 300 },
    );
  });

  it('handles zero where the powers allow it', () => {
    const d = new Float64Array(1);
    expect(compile(power(x, 2))(0, d)).to.equal(0);
    expect(d[0]).to.equal(0);
    expect(compile(power(x, 1))(0, d)).to.equal(0);
    expect(d[0]).to.equal(1);
    expect(compile(power(x, 0))(0, d)).to.equal(1);
    expect(compile(power(x, 0.5))(0, d)).to.equal(0);
    expect(d[0]).to.equal(Infinity);
    expect(compile(call('sqrt', x))(0, d)).to.equal(0);
  });

  it('has no state between calls', () => {
    const f = compile(parseExpression('exp(-x) + x^2*sqrt(x)', 'x'));
    const d = new Float64Array(1);
    const once = [f(1.3, d), d[0]];
    f(2.7, d);
    expect([f(1.3, d), d[0]]).to.deep.equal(once);
  });
});

describe('functions', () => {
  for (const [name, { evaluate }] of Object.entries(FUNCTIONS))
    it(`${name} has its derivative`, () => {
      const d = new Float64Array(1);
      for (const at of [0.2, 1, 1.7, 3.1]) {
        const h = 1e-5;
        const slope = (evaluate(at + h, d) - evaluate(at - h, d)) / (2 * h);
        evaluate(at, d);
        expect(d[0]).to.be.closeTo(slope, 1e-8 * Math.max(1, Math.abs(slope)));
      }
    });
});

describe('constants of a tree', () => {
  it('are listed and replaced in printing order, exponents left alone', () => {
    const tree = sum(product(constant(2), power(x, -6)), call('exp', product(constant(-3), x)), constant(5));
    expect(constants(tree)).to.deep.equal([2, -3, 5]);
    expect(
      printText(
        mapConstants(tree, (value) => value + 1),
        'x',
      ),
    ).to.equal('3/x^6 + exp(-2*x) + 6');
    expect(constants(tree)).to.deep.equal([2, -3, 5]);
  });

  it('can be replaced together with the variable', () => {
    fc.assert(
      fc.property(anyExpression, anyX, (tree, at) => {
        const inner = sum(product(constant(0.5), x), constant(0.1));
        const value = bounded(inner, at).value;
        const expected = bounded(tree, value);
        fc.pre(meaningful(expected));
        const found = bounded(substitute(tree, inner), at);
        expect(Math.abs(found.value - expected.value)).to.be.at.most(4 * (expected.error + found.error));
      }),
      { numRuns: 100 },
    );
  });
});
