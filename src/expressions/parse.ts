import { InputError } from '../errors.js';
import { call, constant, type Expression, power, product, sum, variable } from './expression.js';
import { FUNCTIONS, type FunctionName } from './functions.js';

interface Token {
  text: string;
  /** 0-based offset in the source */
  at: number;
}

const TOKEN = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-z_][A-Za-z_0-9]*)|(\*\*|[-+*/^()]))/y;

/**
 * Parses an equation of one variable, such as `0.5*exp(-1.2*r) - 3/r^6`. Multiplication is written out; `^` and `**` mean power.
 * @param name the variable's name, for instance `r` or `rho`
 * @throws InputError that points at the column
 */
export function parseExpression(text: string, name: string): Expression {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (!match) throw fail(text, at, 'unexpected character');
    tokens.push({ text: match[0].trim(), at: TOKEN.lastIndex - match[0].trim().length });
  }
  let next = 0;
  const peek = (): string | undefined => tokens[next]?.text;
  const take = (): Token => {
    const token = tokens[next++];
    if (!token) throw fail(text, text.length, 'the equation ends too early');
    return token;
  };
  const expect = (wanted: string): void => {
    const token = take();
    if (token.text !== wanted) throw fail(text, token.at, `expected "${wanted}"`);
  };

  function additive(): Expression {
    const terms = [multiplicative()];
    while (peek() === '+' || peek() === '-') {
      const minus = take().text === '-';
      const term = multiplicative();
      terms.push(minus ? negate(term) : term);
    }
    return terms.length === 1 ? terms[0]! : sum(...terms);
  }
  function multiplicative(): Expression {
    const factors = [unary()];
    while (peek() === '*' || peek() === '/') {
      const divide = take().text === '/';
      const factor = unary();
      factors.push(!divide ? factor : reciprocal(factor));
    }
    return factors.length === 1 ? factors[0]! : product(...factors);
  }
  function unary(): Expression {
    if (peek() === '-') {
      take();
      return negate(unary());
    }
    if (peek() === '+') take();
    return exponentiation();
  }
  function exponentiation(): Expression {
    const base = atom();
    if (peek() !== '^' && peek() !== '**') return base;
    const at = take().at;
    const exponent = unary();
    if (exponent.kind !== 'constant') throw fail(text, at, 'an exponent must be a number');
    return power(base, exponent.value);
  }
  function atom(): Expression {
    const token = take();
    if (/^[\d.]/.test(token.text)) return constant(Number(token.text));
    if (token.text === '(') {
      const inner = additive();
      expect(')');
      return inner;
    }
    if (token.text === name) return variable;
    if (Object.hasOwn(FUNCTIONS, token.text)) {
      expect('(');
      const argument = additive();
      expect(')');
      return call(token.text as FunctionName, argument);
    }
    throw fail(text, token.at, `"${token.text}" is neither the variable ${name} nor one of ${Object.keys(FUNCTIONS).join(', ')}`);
  }

  const result = additive();
  if (next < tokens.length) throw fail(text, tokens[next]!.at, 'unexpected text after the equation');
  return result;
}

function negate(e: Expression): Expression {
  if (e.kind === 'constant') return constant(-e.value);
  if (e.kind === 'product' && e.factors[0]!.kind === 'constant') return product(constant(-e.factors[0]!.value), ...e.factors.slice(1));
  return product(constant(-1), e);
}

function reciprocal(e: Expression): Expression {
  if (e.kind === 'constant') return constant(1 / e.value);
  if (e.kind === 'power') return power(e.base, -e.exponent);
  return power(e, -1);
}

function fail(text: string, at: number, what: string): InputError {
  return new InputError(`${what} at column ${at + 1} of the equation\n  ${text}\n  ${' '.repeat(at)}^`);
}
