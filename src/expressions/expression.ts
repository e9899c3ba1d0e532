import { FUNCTIONS, type FunctionName } from './functions.js';

/** A closed expression of one variable. Immutable. */
export type Expression =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'variable' }
  | { readonly kind: 'sum'; readonly terms: readonly Expression[] }
  | { readonly kind: 'product'; readonly factors: readonly Expression[] }
  | { readonly kind: 'power'; readonly base: Expression; readonly exponent: number }
  | { readonly kind: 'call'; readonly name: FunctionName; readonly argument: Expression };

export const constant = (value: number): Expression => ({ kind: 'constant', value });
export const variable: Expression = { kind: 'variable' };
export const sum = (...terms: Expression[]): Expression => ({ kind: 'sum', terms });
export const product = (...factors: Expression[]): Expression => ({ kind: 'product', factors });
export const power = (base: Expression, exponent: number): Expression => ({ kind: 'power', base, exponent });
export const call = (name: FunctionName, argument: Expression): Expression => ({ kind: 'call', name, argument });

/** value at x, with the first derivative written to `derivative[0]` */
export type CompiledExpression = (x: number, derivative: Float64Array) => number;

/** Turns the tree into nested closures that carry the value and the first derivative (forward mode). */
export function compile(expression: Expression): CompiledExpression {
  switch (expression.kind) {
    case 'constant': {
      const { value } = expression;
      return (_x, d) => {
        d[0] = 0;
        return value;
      };
    }
    case 'variable':
      return (x, d) => {
        d[0] = 1;
        return x;
      };
    case 'sum': {
      const terms = expression.terms.map(compile);
      return (x, d) => {
        let value = 0;
        let slope = 0;
        for (const term of terms) {
          value += term(x, d);
          slope += d[0]!;
        }
        d[0] = slope;
        return value;
      };
    }
    case 'product': {
      const factors = expression.factors.map(compile);
      return (x, d) => {
        let value = 1;
        let slope = 0;
        for (const factor of factors) {
          const v = factor(x, d);
          slope = slope * v + value * d[0]!;
          value *= v;
        }
        d[0] = slope;
        return value;
      };
    }
    case 'power': {
      const base = compile(expression.base);
      const n = expression.exponent;
      if (n === -1)
        return (x, d) => {
          const inverse = 1 / base(x, d);
          d[0] = -d[0]! * inverse * inverse;
          return inverse;
        };
      return (x, d) => {
        const v = base(x, d);
        const below = v ** (n - 1);
        d[0] = n * below * d[0]!;
        return v === 0 ? v ** n : below * v;
      };
    }
    case 'call': {
      const argument = compile(expression.argument);
      const { evaluate } = FUNCTIONS[expression.name];
      return (x, d) => {
        const v = argument(x, d);
        const inner = d[0]!;
        const value = evaluate(v, d);
        d[0] = d[0]! * inner;
        return value;
      };
    }
  }
}

/** Constants of the expression in the order they are printed; exponents are structure, not constants. */
export function constants(expression: Expression): number[] {
  const out: number[] = [];
  mapConstants(expression, (value) => {
    out.push(value);
    return value;
  });
  return out;
}

/** The expression with each constant replaced, in printing order. */
export function mapConstants(expression: Expression, replace: (value: number) => number): Expression {
  switch (expression.kind) {
    case 'constant':
      return constant(replace(expression.value));
    case 'variable':
      return expression;
    case 'sum':
      return sum(...expression.terms.map((term) => mapConstants(term, replace)));
    case 'product':
      return product(...expression.factors.map((factor) => mapConstants(factor, replace)));
    case 'power':
      return power(mapConstants(expression.base, replace), expression.exponent);
    case 'call':
      return call(expression.name, mapConstants(expression.argument, replace));
  }
}

/** The expression with the variable replaced by another expression. */
export function substitute(expression: Expression, replacement: Expression): Expression {
  switch (expression.kind) {
    case 'constant':
      return expression;
    case 'variable':
      return replacement;
    case 'sum':
      return sum(...expression.terms.map((term) => substitute(term, replacement)));
    case 'product':
      return product(...expression.factors.map((factor) => substitute(factor, replacement)));
    case 'power':
      return power(substitute(expression.base, replacement), expression.exponent);
    case 'call':
      return call(expression.name, substitute(expression.argument, replacement));
  }
}
