import type { Expression } from './expression.js';

/**
 * Number of nodes of the printed expression: each constant, each variable, each function call and each binary operator
 * (+, -, *, /, ^) counts one; an exponent is a constant. `c/r^6` has 5 nodes, `c/r` has 3, `c*exp(-a*r)` has 6.
 * A sign is part of its constant, so -x counts as -1*x only where no constant can carry the sign.
 */
export function complexity(expression: Expression): number {
  switch (expression.kind) {
    case 'constant':
    case 'variable':
      return 1;
    case 'sum':
      return expression.terms.reduce((total, term) => total + complexity(term), expression.terms.length - 1);
    case 'product': {
      let total = expression.factors.length - 1;
      let above = 0;
      for (const factor of expression.factors) {
        if (factor.kind === 'power' && factor.exponent < 0) {
          // a denominator: the division stands for the multiplication
          total += complexity(factor.base) + (factor.exponent === -1 ? 0 : 2);
        } else {
          above++;
          total += complexity(factor);
        }
      }
      return above === 0 ? total + 2 : total;
    }
    case 'power':
      if (expression.exponent === -1) return 2 + complexity(expression.base);
      return (expression.exponent < 0 ? 4 : 2) + complexity(expression.base);
    case 'call':
      return 1 + complexity(expression.argument);
  }
}
