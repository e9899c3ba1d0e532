import { call, constant, type Expression, power, product, sum } from './expression.js';
import { FUNCTIONS, type FunctionName } from './functions.js';

/**
 * Algebraic clean-up: nested sums and products are flattened, constants folded, zeros and ones dropped, like terms and like
 * factors collected whatever the order that they are written in, terms that cancel up to rounding dropped, roots counted as powers, `x^0.5`
 * written as a square root, exponentials and logarithms of each other undone, constants taken out of exponentials. Where the expression
 * has a value, it is unchanged up to rounding.
 */
export function simplify(expression: Expression): Expression {
  switch (expression.kind) {
    case 'constant':
    case 'variable':
      return expression;
    case 'call':
      return simplifyCall(expression.name, simplify(expression.argument));
    case 'power':
      return simplifyPower(simplify(expression.base), expression.exponent);
    case 'product':
      return simplifyProduct(expression.factors.map(simplify));
    case 'sum':
      return simplifySum(expression.terms.map(simplify));
  }
}

/** Constants larger than this stay inside an exponential, whose value would overflow. */
const LARGEST_EXPONENT = 100;

function simplifyCall(name: FunctionName, argument: Expression): Expression {
  if (argument.kind === 'constant') {
    const value = FUNCTIONS[name].evaluate(argument.value, new Float64Array(1));
    return Number.isFinite(value) ? constant(value) : call(name, argument);
  }
  if (name === 'log' && argument.kind === 'call' && argument.name === 'exp') return argument.argument;
  if (name === 'exp') {
    if (argument.kind === 'call' && argument.name === 'log') return argument.argument;
    const last = argument.kind === 'sum' ? argument.terms.find((term) => term.kind === 'constant') : undefined;
    if (argument.kind === 'sum' && last?.kind === 'constant' && Math.abs(last.value) <= LARGEST_EXPONENT) {
      const rest = argument.terms.filter((term) => term !== last);
      return simplifyProduct([constant(Math.exp(last.value)), simplifyCall('exp', rest.length === 1 ? rest[0]! : sum(...rest))]);
    }
  }
  return call(name, argument);
}

function simplifyPower(base: Expression, exponent: number): Expression {
  if (exponent === 0) return constant(1);
  if (exponent === 1) return base;
  if (base.kind === 'constant') return constant(base.value ** exponent);
  if (base.kind === 'call' && base.name === 'sqrt') return simplifyPower(base.argument, exponent / 2);
  if (base.kind === 'call' && base.name === 'exp') return simplifyCall('exp', simplifyProduct([constant(exponent), base.argument]));
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
    const root = factor.kind === 'call' && factor.name === 'sqrt';
    const base = factor.kind === 'power' ? factor.base : root ? factor.argument : factor;
    const exponent = factor.kind === 'power' ? factor.exponent : root ? 0.5 : 1;
    const key = keyOf(base);
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
  else if (exponentials.length > 1) {
    const merged = simplifyCall('exp', simplifySum(exponentials));
    for (const factor of merged.kind === 'product' ? merged.factors : [merged]) {
      if (factor.kind === 'constant') scale *= factor.value;
      else factors.push(factor);
    }
  }
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
  const groups = new Map<string, { rest: Expression; coefficient: number; size: number; count: number }>();
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
    const key = keyOf(rest);
    const group = groups.get(key);
    if (group) {
      group.coefficient += coefficient;
      group.size += Math.abs(coefficient);
      group.count++;
    } else {
      groups.set(key, { rest, coefficient, size: Math.abs(coefficient), count: 1 });
      order.push(key);
    }
  };
  raw.forEach(add);
  const terms: Expression[] = [];
  for (const key of order) {
    const { rest, coefficient, size, count } = groups.get(key)!;
    // what is left of terms that cancel is rounding
    if (Math.abs(coefficient) <= (count - 1) * Number.EPSILON * size) continue;
    terms.push(coefficient === 1 ? rest : product(constant(coefficient), ...(rest.kind === 'product' ? rest.factors : [rest])));
  }
  if (offset !== 0 || terms.length === 0) terms.push(constant(offset));
  return terms.length === 1 ? terms[0]! : sum(...terms);
}

/** Text that is the same for sums and products of the same parts in any order. */
function keyOf(expression: Expression): string {
  switch (expression.kind) {
    case 'constant':
      return String(expression.value);
    case 'variable':
      return 'x';
    case 'sum':
      return `(${expression.terms.map(keyOf).sort().join('+')})`;
    case 'product':
      return `(${expression.factors.map(keyOf).sort().join('*')})`;
    case 'power':
      return `${keyOf(expression.base)}^${expression.exponent}`;
    case 'call':
      return `${expression.name}(${keyOf(expression.argument)})`;
  }
}
