import fc from 'fast-check';
import { call, constant, type Expression, power, product, sum, variable } from '../../src/expressions/expression.js';
import { FUNCTIONS, type FunctionName } from '../../src/expressions/functions.js';

const anyConstant = fc.oneof(
  fc.double({ min: -10, max: 10, noNaN: true }).filter((value) => Math.abs(value) > 1e-9),
  fc.constantFrom(-1, 1, 2, -3, 0, 0.5, 1e-7, -2.5e-9, 1e21, 132.5196),
);
const anyExponent = fc.oneof(fc.integer({ min: -14, max: 14 }), fc.constantFrom(0.5, -0.5, 1.5, -2.5, 0.25));

/** Random expression trees, with every kind of node and every function. */
export const anyExpression: fc.Arbitrary<Expression> = fc.letrec<{ tree: Expression }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4, depthIdentifier: 'tree' },
    fc.oneof(anyConstant.map(constant), fc.constant(variable)),
    fc.array(tie('tree'), { minLength: 1, maxLength: 4, depthIdentifier: 'tree' }).map((terms) => sum(...terms)),
    fc.array(tie('tree'), { minLength: 1, maxLength: 4, depthIdentifier: 'tree' }).map((factors) => product(...factors)),
    fc.tuple(tie('tree'), anyExponent).map(([base, exponent]) => power(base, exponent)),
    fc.tuple(fc.constantFrom(...(Object.keys(FUNCTIONS) as FunctionName[])), tie('tree')).map(([name, argument]) => call(name, argument)),
  ),
})).tree;

/** A value with a bound on what rounding in any order of evaluation does to it (running error analysis, first order). */
export interface Bounded {
  value: number;
  error: number;
}

const EPSILON = 2.3e-16;

/** Value of the tree at x, computed independently of `compile`, with its rounding error bound: infinite near under- and overflow. */
export function bounded(expression: Expression, x: number): Bounded {
  const result = step(expression, x);
  const size = Math.abs(result.value);
  const vanished = size === 0 && (expression.kind === 'power' || expression.kind === 'call');
  return (size > 1e-100 && size < 1e100) || (size === 0 && !vanished) ? result : { value: result.value, error: Infinity };
}

function step(expression: Expression, x: number): Bounded {
  switch (expression.kind) {
    case 'constant':
      return { value: expression.value, error: EPSILON * Math.abs(expression.value) };
    case 'variable':
      return { value: x, error: 0 };
    case 'sum': {
      const terms = expression.terms.map((term) => bounded(term, x));
      const size = terms.reduce((total, term) => total + Math.abs(term.value), 0);
      return {
        value: terms.reduce((total, term) => total + term.value, 0),
        error: terms.reduce((total, term) => total + term.error, terms.length * EPSILON * size),
      };
    }
    case 'product': {
      const factors = expression.factors.map((factor) => bounded(factor, x));
      const value = factors.reduce((total, factor) => total * factor.value, 1);
      const largest = factors.reduce((total, factor) => total * (Math.abs(factor.value) + factor.error), 1);
      return { value, error: largest - Math.abs(value) + 2 * factors.length * EPSILON * largest };
    }
    case 'power': {
      const { value: v, error } = bounded(expression.base, x);
      const n = expression.exponent;
      const value = v ** n;
      const relative = error / Math.abs(v);
      return { value, error: Math.abs(value) * (Math.expm1(2 * Math.abs(n) * relative) + 4 * EPSILON * (1 + Math.abs(n))) };
    }
    case 'call': {
      const { value: v, error } = bounded(expression.argument, x);
      const value = { exp: Math.exp, log: Math.log, sqrt: Math.sqrt, tanh: Math.tanh }[expression.name](v);
      const slope = { exp: Math.exp(v), log: 1 / v, sqrt: 0.5 / Math.sqrt(v), tanh: 1 }[expression.name];
      return { value, error: 2 * Math.abs(slope) * error + 4 * EPSILON * Math.abs(value) };
    }
  }
}

/** Whether the value means anything: finite, and rounding leaves several digits. */
export const meaningful = ({ value, error }: Bounded): boolean => Number.isFinite(value) && error < 1e-3 * (1e-3 + Math.abs(value));
