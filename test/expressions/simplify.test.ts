import { expect } from 'chai';
import fc from 'fast-check';
import { complexity } from '../../src/expressions/complexity.js';
import { call, type Expression, product, sum } from '../../src/expressions/expression.js';
import { parseExpression } from '../../src/expressions/parse.js';
import { printText } from '../../src/expressions/print.js';
import { simplify } from '../../src/expressions/simplify.js';
import { anyExpression, bounded, meaningful } from './arbitrary.js';

describe('simplify', () => {
  it('leaves the value of any tree unchanged', () => {
    fc.assert(
      fc.property(anyExpression, fc.double({ min: 0.3, max: 3, noNaN: true }), (tree, x) => {
        const expected = bounded(tree, x);
        fc.pre(meaningful(expected));
        const found = bounded(simplify(tree), x);
        expect(Math.abs(found.value - expected.value), `${printText(tree, 'x')}  ->  ${printText(simplify(tree), 'x')}`).to.be.at.most(
          8 * (expected.error + found.error),
        );
      }),
      { numRuns: 600 },
    );
  });

  it('does nothing more the second time', () => {
    fc.assert(
      fc.property(anyExpression, (tree) => {
        const once = simplify(tree);
        const twice = simplify(once);
        expect(printText(simplify(twice), 'x')).to.equal(printText(twice, 'x'));
      }),
      { numRuns: 200 },
    );
  });

  it('takes constants out of exponentials, unless they would overflow', () => {
    expect(printText(simplify(parseExpression('3*exp(2 - x)', 'x')), 'x')).to.equal(`${3 * Math.exp(2)}*exp(-x)`);
    expect(printText(simplify(parseExpression('exp(900 - x)', 'x')), 'x')).to.include('900');
  });

  it('collects like terms whatever the order of their parts', () => {
    const parts = ['x', 'x^2', 'exp(x)', 'log(x)', 'x^-4', 'tanh(x)'].map((text) => parseExpression(text, 'x'));
    const some = fc.shuffledSubarray(parts, { minLength: 2 });
    const shuffled = (list: Expression[]) => fc.shuffledSubarray(list, { minLength: list.length });
    const both = some.chain((list) => fc.tuple(fc.constant(list), shuffled(list)));
    fc.assert(
      fc.property(both, ([a, b]) => {
        for (const join of [sum, product]) {
          const one = call('tanh', join(...a));
          const two = simplify(sum(one, call('tanh', join(...b))));
          expect(complexity(two), printText(two, 'x')).to.equal(complexity(simplify(one)) + 2);
        }
      }),
      { numRuns: 60 },
    );
  });

  const examples: [string, string][] = [
    ['2*3*x', '6*x'],
    ['x + x', '2*x'],
    ['2*x - 2*x', '0'],
    ['0*exp(x) + 1', '1'],
    ['1*x + 0', 'x'],
    ['x*x^2/x^5', 'x^-2'],
    ['exp(x)*exp(-x^2)', 'exp(x - x^2)'],
    ['x^0.5', 'sqrt(x)'],
    ['2*(3*x + 1)', '6*x + 2'],
    ['(x^2)^3', 'x^6'],
    ['1/(1/x)', 'x'],
    ['(1 + 2) + (x + 4)', 'x + 7'],
    ['exp(0)', '1'],
    ['2/x^6 + 3/x^6', '5/x^6'],
    ['2*exp(-1.5*x) + 3*exp(-1.5*x)', '5*exp(-1.5*x)'],
    ['x*log(x) - 2*log(x)*x', '-1*x*log(x)'],
    ['exp(x + x^2) + exp(x^2 + x)', '2*exp(x + x^2)'],
    ['0.1/x^6 + 0.2/x^6 - 0.3/x^6 + x', 'x'],
    ['sqrt(x)*sqrt(x)', 'x'],
    ['x*sqrt(x)', 'x^1.5'],
    ['x/sqrt(x)', 'sqrt(x)'],
    ['sqrt(x)^4', 'x^2'],
    ['exp(x)^2', 'exp(2*x)'],
    ['exp(log(x))', 'x'],
    ['log(exp(2*x))', '2*x'],
    ['log(1)*x + x', 'x'],
    ['exp(x + 0)*exp(-x)', '1'],
  ];
  for (const [from, to] of examples)
    it(`turns ${from} into ${to}`, () => {
      const expected = printText(parseExpression(to, 'x'), 'x');
      expect(printText(simplify(parseExpression(from, 'x')), 'x')).to.equal(expected);
    });
});
