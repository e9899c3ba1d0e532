import { type Expression, product } from '../expressions/expression.js';
import type { FunctionName } from '../expressions/functions.js';

/** What a breakable piece of an equation is made of, in writing order. */
export type Token =
  | { readonly kind: 'sign'; readonly sign: '+' | '-'; readonly leading: boolean }
  | { readonly kind: 'expression'; readonly expression: Expression }
  /** a function's name and its opening bracket; the matching `close` stands in a later piece, so both say whether they are tall */
  | { readonly kind: 'open'; readonly name: FunctionName; readonly tall: boolean }
  | { readonly kind: 'close'; readonly tall: boolean };

/** Tokens that stay together on a line. */
export type Piece = readonly Token[];

/** Calls whose argument has at least this many terms may be broken inside their brackets. */
const LONG = 4;

/**
 * Splits an equation at its plus and minus signs, and at those inside the brackets of a function of a long sum, so that a line
 * can end between any two pieces. Concatenated, the pieces are the whole equation.
 */
export function breakExpression(expression: Expression): Piece[] {
  if (expression.kind === 'sum') {
    return expression.terms.flatMap((term, k) => {
      const { negative, magnitude } = splitSign(term);
      const [first, ...rest] = breakExpression(magnitude);
      if (k === 0 && !negative) return [first!, ...rest];
      return [[{ kind: 'sign', sign: negative ? '-' : '+', leading: k === 0 } as const, ...first!], ...rest];
    });
  }
  if (expression.kind === 'product') {
    const { negative, magnitude } = splitSign(expression);
    if (negative) {
      const [first, ...rest] = breakExpression(magnitude);
      return [[{ kind: 'sign', sign: '-', leading: true }, ...first!], ...rest];
    }
    const at = expression.factors.findIndex(isLongCall);
    const divides = expression.factors.some((f) => f.kind === 'power' && f.exponent < 0);
    if (at >= 0 && !divides) {
      const before = expression.factors.slice(0, at);
      const after = expression.factors.slice(at + 1);
      return glue(before.length ? [whole(before)] : [], breakExpression(expression.factors[at]!), after.length ? [whole(after)] : []);
    }
  }
  if (isLongCall(expression)) {
    const tall = hasFraction(expression.argument);
    return glue([{ kind: 'open', name: expression.name, tall }], breakExpression(expression.argument), [{ kind: 'close', tall }]);
  }
  return [[{ kind: 'expression', expression }]];
}

function isLongCall(e: Expression): e is Expression & { kind: 'call' } {
  return e.kind === 'call' && e.name !== 'sqrt' && e.argument.kind === 'sum' && e.argument.terms.length >= LONG;
}

/** Whether brackets around the expression have to be higher than a line. */
export function hasFraction(e: Expression): boolean {
  if (e.kind === 'sum') return e.terms.some(hasFraction);
  if (e.kind === 'product') return e.factors.some(hasFraction);
  if (e.kind === 'call') return hasFraction(e.argument);
  return e.kind === 'power' && (e.exponent < 0 || hasFraction(e.base));
}

function whole(factors: Expression[]): Token {
  return { kind: 'expression', expression: factors.length === 1 ? factors[0]! : product(...factors) };
}

function glue(before: Token[], pieces: Piece[], after: Token[]): Piece[] {
  const out = [...pieces];
  out[0] = [...before, ...out[0]!];
  out[out.length - 1] = [...out[out.length - 1]!, ...after];
  return out;
}

/** The sign that a term of a sum is written with, and the rest. A constant that is only a sign disappears. */
export function splitSign(e: Expression): { negative: boolean; magnitude: Expression } {
  if (e.kind === 'constant' && e.value < 0) return { negative: true, magnitude: { kind: 'constant', value: -e.value } };
  const lead = e.kind === 'product' ? e.factors[0] : undefined;
  if (e.kind !== 'product' || lead?.kind !== 'constant' || !(lead.value < 0)) return { negative: false, magnitude: e };
  const rest = e.factors.slice(1);
  if (lead.value !== -1 || rest.length === 0)
    return { negative: true, magnitude: product({ kind: 'constant', value: -lead.value }, ...rest) };
  return { negative: true, magnitude: rest.length === 1 ? rest[0]! : product(...rest) };
}

/** Numerator and denominator of a product; factors of one are dropped. */
export function fractionOf(factors: readonly Expression[]): { above: Expression[]; below: { base: Expression; exponent: number }[] } {
  const above: Expression[] = [];
  const below: { base: Expression; exponent: number }[] = [];
  for (const factor of factors) {
    if (factor.kind === 'power' && factor.exponent < 0) below.push({ base: factor.base, exponent: -factor.exponent });
    else if (factor.kind !== 'constant' || factor.value !== 1) above.push(factor);
  }
  return { above, below };
}
