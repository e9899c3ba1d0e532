import { expect } from 'chai';
import fc from 'fast-check';
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
  ];
  for (const [from, to] of examples)
    it(`turns ${from} into ${to}`, () => {
      const expected = printText(parseExpression(to, 'x'), 'x');
      expect(printText(simplify(parseExpression(from, 'x')), 'x')).to.equal(expected);
    });
});
