import { expect } from 'chai';
import fc from 'fast-check';
import { InputError } from '../../src/errors.js';
import { compile } from '../../src/expressions/expression.js';
import { parseExpression } from '../../src/expressions/parse.js';
import { numberText, printLatex, printText } from '../../src/expressions/print.js';
import { BUILTIN_NAMES, builtinModel } from '../../src/potentials/builtin.js';
import { anyExpression, bounded, meaningful } from './arbitrary.js';

const value = (text: string, x: number, name = 'r'): number => compile(parseExpression(text, name))(x, new Float64Array(1));

describe('parseExpression', () => {
  it('reads back what is printed, for any tree', () => {
    fc.assert(
      fc.property(anyExpression, fc.double({ min: 0.3, max: 3, noNaN: true }), (tree, x) => {
        const expected = bounded(tree, x);
        fc.pre(meaningful(expected));
        const text = printText(tree, 'r');
        const back = bounded(parseExpression(text, 'r'), x);
        expect(Math.abs(back.value - expected.value), text).to.be.at.most(4 * (expected.error + back.error));
      }),
      { numRuns: 400 },
    );
  });

  it('prints the published equations again as it read them', () => {
    for (const name of BUILTIN_NAMES) {
      const model = builtinModel(name);
      for (const tree of [model.pair, model.density, model.embedding]) {
        const text = printText(tree, 'x');
        expect(parseExpression(text, 'x')).to.deep.equal(tree);
        expect(printText(parseExpression(text, 'x'), 'x')).to.equal(text);
      }
    }
  });

  it('follows the usual precedence and associativity', () => {
    expect(value('-r^2', 3)).to.equal(-9);
    expect(value('(-r)^2', 3)).to.equal(9);
    expect(value('2*-r', 3)).to.equal(-6);
    expect(value('8/2/2', 1)).to.equal(2);
    expect(value('8/2*r', 3)).to.equal(12);
    expect(value('10 - 4 - r', 3)).to.equal(3);
    expect(value('1/r^2', 2)).to.equal(0.25);
    expect(value('r**-2', 2)).to.equal(0.25);
    expect(value('2^-1', 0)).to.equal(0.5);
    expect(value('+r', 3)).to.equal(3);
    expect(value(' exp ( r ) ', 0)).to.equal(1);
    expect(value('sqrt(rho) + log(rho)', 1, 'rho')).to.equal(1);
    expect(value('tanh(r)', 0.5)).to.equal(Math.tanh(0.5));
    expect(value('.5 + 1.e0 + 2E-1', 0)).to.be.closeTo(1.7, 1e-15);
  });

  it('reads equation 3 of the paper as it stands there', () => {
    // pair term of SR1 at 2.5 Å, evaluated by hand with the printed constants
    const r = 2.5;
    const inside = -0.0088 / r ** 10 - 2.4339 / r ** 9 + 10.1231 / r - 0.2701 / r ** 12 - 3.1511 / r ** 6 - 0.049 * Math.exp(1.5418 * r);
    const text = '0.0390*exp(-0.0088/r^10 - 2.4339/r^9 + 10.1231/r - 0.2701/r^12 - 3.1511/r^6 - 0.0490*exp(1.5418*r))';
    expect(value(text, r)).to.be.closeTo(0.039 * Math.exp(inside), 1e-14);
  });

  const errors: [string, string, number][] = [
    ['', 'ends too early', 1],
    ['2*', 'ends too early', 3],
    ['2 * foo(r)', '"foo" is neither the variable r nor one of exp, sqrt, log, tanh', 5],
    ['exp r', 'expected "("', 5],
    ['exp(r', 'ends too early', 6],
    ['(r + 1', 'ends too early', 7],
    ['r + 1)', 'unexpected text', 6],
    ['2 r', 'unexpected text', 3],
    ['r^r', 'exponent must be a number', 2],
    ['r $ 2', 'unexpected character', 2],
    ['x + 1', '"x" is neither', 1],
    ['1..2', 'unexpected text', 3],
    ['constructor(r)', 'is neither', 1],
  ];
  for (const [text, message, column] of errors)
    it(`points at column ${column} of "${text}"`, () => {
      const found = (() => {
        try {
          parseExpression(text, 'r');
          return undefined;
        } catch (error) {
          return error;
        }
      })();
      expect(found).to.be.instanceOf(InputError);
      const lines = (found as InputError).message.split('\n');
      expect(lines[0]).to.include(message);
      expect(lines[0]).to.include(`at column ${column} of the equation`);
      expect(lines[1]).to.equal(`  ${text}`);
      expect(lines[2]).to.equal(`${' '.repeat(column + 1)}^`);
    });
});

describe('printing', () => {
  it('writes numbers so that they read back exactly', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
        expect(Number(numberText(x))).to.equal(x === 0 ? 0 : x);
      }),
    );
  });

  it('writes fractions, signs and powers as a person would', () => {
    const text = (source: string): string => printText(parseExpression(source, 'r'), 'r');
    expect(text('3/r^6 - 2*r')).to.equal('3/r^6 - 2*r');
    expect(text('-r')).to.equal('-r');
    expect(text('r - (2 - r)')).to.equal('r - (2 - r)');
    expect(text('1/r')).to.equal('1/r');
    expect(text('(r + 1)^2')).to.equal('(r + 1)^2');
    expect(text('exp(r)^2')).to.equal('exp(r)^2');
  });

  it('writes LaTeX', () => {
    const latex = (source: string, name = 'r'): string => printLatex(parseExpression(source, name), name);
    expect(latex('3/r^6')).to.equal('\\frac{3}{r^{6}}');
    expect(latex('-2.5*exp(-1.2*r)')).to.equal('-2.5\\,\\exp\\left(-1.2\\,r\\right)');
    expect(latex('1e-7*r')).to.equal('1\\times10^{-7}\\,r');
    expect(latex('-1.5*sqrt(x)', 'x')).to.equal('-1.5\\,\\sqrt{x}');
    expect(latex('2*(r + 1)')).to.equal('2\\,\\left(r + 1\\right)');
    expect(latex('(r + 1)^2')).to.equal('\\left(r + 1\\right)^{2}');
    expect(latex('1/(r + 1)^2')).to.equal('\\frac{1}{\\left(r + 1\\right)^{2}}');
    expect(latex('r - 1/r')).to.equal('r - \\frac{1}{r}');
  });
});
