import { expect } from 'chai';
import fc from 'fast-check';
import { complexity } from '../../src/expressions/complexity.js';
import { mapConstants } from '../../src/expressions/expression.js';
import { parseExpression } from '../../src/expressions/parse.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { anyExpression } from './arbitrary.js';

describe('complexity', () => {
  const examples: [string, number][] = [
    ['2.5', 1],
    ['r', 1],
    ['3/r^6', 5],
    ['3/r', 3],
    ['2*exp(-1.2*r)', 6],
    ['-1.0*sqrt(r)', 4],
    ['2 + r - 3', 5],
    ['r^2', 3],
    ['1/r', 3],
    ['1/r^2', 5],
    ['-r', 3],
    ['exp(r)/r^2', 6],
  ];
  for (const [text, nodes] of examples)
    it(`of ${text} is ${nodes}`, () => {
      expect(complexity(parseExpression(text, 'r'))).to.equal(nodes);
    });

  it('counts 75 nodes in SR2: 37 in the pair term, 24 in the density, 14 in the embedding', () => {
    const { pair, density, embedding } = builtinModel('sr2');
    expect([pair, density, embedding].map(complexity)).to.deep.equal([37, 24, 14]);
  });

  it('does not depend on the values of the constants', () => {
    fc.assert(
      fc.property(anyExpression, (tree) => {
        expect(complexity(mapConstants(tree, (value) => value + 1))).to.equal(complexity(tree));
      }),
    );
  });
});
