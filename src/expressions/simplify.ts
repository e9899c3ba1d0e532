import { call, constant, type Expression, power, product, sum } from './expression.js';
import { printText } from './print.js';

/**
 * Algebraic clean-up: nested sums and products are flattened, constants folded, zeros and ones dropped, like terms and like
 * factors collected, `x^0.5` written as a square root. The value is unchanged up to rounding.
 */
export function simplify(expression: Expression): Expression {
  switch (expression.kind) {
    case 'constant':
    case 'variable':
      return expression;
    case 'call': {
      const argument = simplify(expression.argument);
      if (argument.kind === 'constant' && expression.name === 'exp') return constant(Math.exp(argument.value));
      return call(expression.name, argument);
    }
    case 'power':
      return simplifyPower(simplify(expression.base), expression.exponent);
    case 'product':
      return simplifyProduct(expression.factors.map(simplify));
    case 'sum':
      return simplifySum(expression.terms.map(simplify));
  }
}

function simplifyPower(base: Expression, exponent: number): Expression {
  if (exponent === 0) return constant(1);
  if (exponent === 1) return base;
  if (base.kind === 'constant') return constant(base.value ** exponent);
  if (base.kind === 'power' && Number.isInteger(exponent)) return simplifyPower(base.base, base.exponent * exponent);
  if (exponent === 0.5) return call('sqrt', base);
  return power(base, exponent);
}

function simplifyProduct(raw: Expression[]): Expression {
  let scale = 1;
  const order: string[] = [];
  const groups = new Map<string, { base: Expression; exponent: number }>();
  const exponentials: Expression[] = [];
  const add = (factor: Expression): void => {
    if (factor.kind === 'product') {
      factor.factors.forEach(add);
      return;
    }
    if (factor.kind === 'constant') {
      scale *= factor.value;
      return;
    }
    if (factor.kind === 'call' && factor.name === 'exp') {
      exponentials.push(factor.argument);
      return;
    }
    const base = factor.kind === 'power' ? factor.base : factor;
    const exponent = factor.kind === 'power' ? factor.exponent : 1;
    const key = printText(base, 'x');
    const group = groups.get(key);
    if (group) group.exponent += exponent;
    else {
      groups.set(key, { base, exponent });
      order.push(key);
    }
  };
  raw.forEach(add);
  if (scale === 0) return constant(0);
  const factors: Expression[] = [];
  for (const key of order) {
    const { base, exponent } = groups.get(key)!;
    const factor = simplifyPower(base, exponent);
    if (factor.kind === 'constant') scale *= factor.value;
    else factors.push(factor);
  }
  if (exponentials.length === 1) factors.push(call('exp', exponentials[0]!));
  else if (exponentials.length > 1) factors.push(call('exp', simplifySum(exponentials)));
  if (factors.length === 0) return constant(scale);
  // a constant in front of a sum goes into its terms
  if (factors.length === 1 && factors[0]!.kind === 'sum' && scale !== 1)
    return simplifySum(factors[0]!.terms.map((term) => simplifyProduct([constant(scale), term])));
  if (scale !== 1) factors.unshift(constant(scale));
  return factors.length === 1 ? factors[0]! : product(...factors);
}

function simplifySum(raw: Expression[]): Expression {
  let offset = 0;
  const order: string[] = [];
  const groups = new Map<string, { rest: Expression; coefficient: number }>();
  const add = (term: Expression): void => {
    if (term.kind === 'sum') {
      term.terms.forEach(add);
      return;
    }
    if (term.kind === 'constant') {
      offset += term.value;
      return;
    }
    const leads = term.kind === 'product' && term.factors[0]!.kind === 'constant';
    const coefficient = leads ? (term.factors[0] as { value: number }).value : 1;
    const others = leads ? term.factors.slice(1) : [term];
    const rest = others.length === 1 ? others[0]! : product(...others);
    const key = printText(rest, 'x');
    const group = groups.get(key);
    if (group) group.coefficient += coefficient;
    else {
      groups.set(key, { rest, coefficient });
      order.push(key);
    }
  };
  raw.forEach(add);
  const terms: Expression[] = [];
  for (const key of order) {
    const { rest, coefficient } = groups.get(key)!;
    if (coefficient === 0) continue;
    terms.push(coefficient === 1 ? rest : product(constant(coefficient), ...(rest.kind === 'product' ? rest.factors : [rest])));
  }
  if (offset !== 0 || terms.length === 0) terms.push(constant(offset));
  return terms.length === 1 ? terms[0]! : sum(...terms);
}
