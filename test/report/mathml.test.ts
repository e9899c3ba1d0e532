import { expect } from 'chai';
import fc from 'fast-check';
import { call, compile, constant, type Expression, power, product, sum, variable } from '../../src/expressions/expression.js';
import { parseExpression } from '../../src/expressions/parse.js';
import { mathmlPieces, printMathml } from '../../src/report/mathml.js';
import { type Element, elements, parseXml, textOf } from './xml.js';

/** https://www.w3.org/TR/mathml-core/ elements that browsers lay out; anything else would be shown as plain text */
const CORE = new Set(['math', 'mrow', 'mi', 'mn', 'mo', 'mfrac', 'msup', 'msub', 'msqrt', 'mspace', 'munder', 'mtext']);

/** Reads MathML back into an equation's text. As a reader sees it: an mrow has no brackets of its own. */
function readBack(e: Element): string {
  const kids = e.children.filter((c): c is Element => typeof c !== 'string');
  switch (e.name) {
    case 'mn':
      return textOf(e);
    case 'mi':
      return { ρ: 'rho', ln: 'log' }[textOf(e)] ?? textOf(e);
    case 'mo':
      return { '−': '-', '×': '*', '\u2061': '', '[': '(', ']': ')' }[textOf(e)] ?? textOf(e);
    case 'mspace':
      return '*';
    case 'mfrac':
      return `((${readBack(kids[0]!)})/(${readBack(kids[1]!)}))`;
    case 'msup':
      return `${readBack(kids[0]!)}^(${readBack(kids[1]!)})`;
    case 'msqrt':
      return `sqrt(${kids.map(readBack).join('')})`;
    default:
      return kids.map(readBack).join('');
  }
}

function evaluate(e: Expression, x: number): number {
  return compile(e)(x, new Float64Array(1));
}

const number = fc.oneof(
  fc.double({ min: 1e-3, max: 1e3, noNaN: true }),
  fc.double({ min: -1e3, max: -1e-3, noNaN: true }),
  fc.constantFrom(1, -1, 2.5e-7, -3e9),
);
const { tree } = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(number.map(constant), fc.constant(variable)),
    fc.array(tie('tree'), { minLength: 2, maxLength: 6 }).map((terms) => sum(...terms)),
    fc.array(tie('tree'), { minLength: 2, maxLength: 4 }).map((factors) => product(...factors)),
    fc.tuple(tie('tree'), fc.constantFrom(-12, -2, -1, -0.5, 0.5, 2, 3, 7)).map(([base, n]) => power(base, n)),
    fc.tuple(fc.constantFrom('exp', 'tanh', 'sqrt', 'log') as fc.Arbitrary<'exp'>, tie('tree')).map(([name, e]) => call(name, e)),
  ),
}));

describe('MathML of equations', () => {
  it('sets the published SR2 equations', () => {
    const density = parseExpression('9.0593/r^7 + 2.5137*exp(-1.3516*r)', 'r');
    const text = printMathml(density, 'r');
    expect(text).to.contain(
      '<mfrac><mrow><mn>9.0593</mn></mrow><mrow><msup><mrow><mi>r</mi></mrow><mrow><mn>7</mn></mrow></msup></mrow></mfrac>',
    );
    expect(text).to.contain('<mi>exp</mi>');
    expect(printMathml(parseExpression('-1.5788*sqrt(rho) - 0.0009*rho^2', 'rho'), 'rho')).to.match(
      /<mn>1.5788<\/mn>.*<msqrt><mi>ρ<\/mi><\/msqrt>.*>−</,
    );
  });

  it('breaks a long exponent of SR2 between its terms', () => {
    const pair = parseExpression(
      '0.0396*exp(-0.0088/r^10 - 2.4353/r^9 + 10.1196/r - 0.2730/r^12 - 3.1447/r^6 - 0.0490*exp(1.5427*r))',
      'r',
    );
    const pieces = mathmlPieces(pair, 'r');
    expect(pieces).to.have.length(6);
    expect(pieces[0]).to.contain('>[<');
    expect(pieces[5]).to.contain('>]<');
    for (const piece of pieces) parseXml(piece);
  });

  it('rounds to the digits asked for', () => {
    expect(printMathml(constant(0.0395906722), 'r', { digits: 4 })).to.contain('<mn>0.03959</mn>');
    expect(printMathml(constant(1.23456e-9), 'r', { digits: 3 })).to.contain('<mn>1.23</mn><mo>×</mo><msup><mn>10</mn>');
  });

  it('means the same as the equation, for any expression', () => {
    fc.assert(
      fc.property(tree, (e) => {
        const text = printMathml(e, 'r');
        const root = parseXml(text);
        for (const element of elements(root)) expect(CORE.has(element.name), element.name).to.equal(true);
        const back = parseExpression(readBack(root), 'r');
        for (const x of [0.7, 1.9, 3.3]) {
          const wanted = evaluate(e, x);
          const found = evaluate(back, x);
          if (!Number.isFinite(wanted) || Math.abs(wanted) > 1e200) continue;
          expect(found, readBack(root)).to.satisfy(
            (v: number) => Math.abs(v - wanted) <= 1e-6 * Math.max(1e-6, Math.abs(wanted)) || Math.abs(wanted) < 1e-200 || cancels(e, x, v),
          );
        }
      }),
      { numRuns: 400, seed: 5 },
    );
  });
});

/** Sums of terms of opposite sign lose digits when they are added in another grouping; then only the size of the terms counts. */
function cancels(e: Expression, x: number, found: number): boolean {
  const nudged = evaluate(e, x * (1 + 1e-9));
  return Math.abs(found - evaluate(e, x)) <= 1e3 * Math.abs(nudged - evaluate(e, x)) + 1e-9;
}
