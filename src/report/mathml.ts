import type { Expression } from '../expressions/expression.js';
import { breakExpression, fractionOf, hasFraction, type Piece, splitSign } from './line-breaking.js';
import { escapeText } from './markup.js';
import { scientificParts } from './numbers.js';

/** How an equation is set. */
export interface MathmlOptions {
  /** significant digits of the constants; all of them when absent */
  digits?: number;
}

/** Names of variables and functions that are not shown as they are written in an equation's text. */
const SHOWN: Record<string, string> = { rho: 'ρ', phi: 'φ', log: 'ln' };

/**
 * The equation as one `<mrow>` of presentation MathML (MathML Core: no other elements than browsers draw by themselves).
 * @param name the variable's name as in the equation's text, `r` or `rho`
 */
export function printMathml(expression: Expression, name: string, options: MathmlOptions = {}): string {
  const writer = new Writer(name, options.digits ?? 17);
  return row(
    breakExpression(expression)
      .map((piece) => writer.piece(piece))
      .join(''),
  );
}

/**
 * The equation as pieces that a line may be broken between, each the content of a `<math>` element of its own: MathML Core knows
 * no line breaking, but a paragraph breaks between inline elements.
 */
export function mathmlPieces(expression: Expression, name: string, options: MathmlOptions = {}): string[] {
  const writer = new Writer(name, options.digits ?? 17);
  return breakExpression(expression).map((piece) => row(writer.piece(piece)));
}

/** A number of MathML, rounded; very large and very small ones with a power of ten. */
export function mathmlNumber(value: number, digits = 17): string {
  if (!Number.isFinite(value)) return `<mi>${Number.isNaN(value) ? '?' : value < 0 ? '−∞' : '∞'}</mi>`;
  const { mantissa, exponent } = scientificParts(Math.abs(value), Math.min(digits, 17));
  const shown =
    digits >= 17 ? { mantissa: String(Math.abs(value)).split('e')[0]!, exponent: allDigitsExponent(value) } : { mantissa, exponent };
  const sign = value < 0 ? '<mo form="prefix">−</mo>' : '';
  if (shown.exponent === undefined) return `${sign}<mn>${shown.mantissa}</mn>`;
  return `${sign}<mn>${shown.mantissa}</mn><mo>×</mo><msup><mn>10</mn>${row(mathmlNumber(shown.exponent))}</msup>`;
}

function allDigitsExponent(value: number): number | undefined {
  const exponent = String(value).split('e')[1];
  return exponent === undefined ? undefined : Number(exponent);
}

/** An identifier, with Greek names as letters: `rho` is ρ. */
export function mathmlName(name: string): string {
  return `<mi>${escapeText(SHOWN[name] ?? name)}</mi>`;
}

function row(content: string): string {
  return `<mrow>${content}</mrow>`;
}

const THIN_SPACE = '<mspace width="0.17em"></mspace>';
const APPLY = '<mo>\u2061</mo>';

class Writer {
  constructor(
    private readonly name: string,
    private readonly digits: number,
  ) {}

  piece(tokens: Piece): string {
    let out = '';
    for (const [k, token] of tokens.entries()) {
      if (token.kind === 'sign') out += sign(token.sign === '-', token.leading, k === 0);
      else if (token.kind === 'open')
        out += `${this.spaceAfter(tokens[k - 1])}${mathmlName(token.name)}${APPLY}${fence('[', 'prefix', token.tall ? 'tall' : 'line')}`;
      else if (token.kind === 'close') out += fence(']', 'postfix', token.tall ? 'tall' : 'line');
      else out += (tokens[k - 1]?.kind === 'close' ? THIN_SPACE : '') + this.sequence(token.expression);
    }
    return out;
  }

  private spaceAfter(token: Piece[number] | undefined): string {
    return token?.kind === 'expression' ? THIN_SPACE : '';
  }

  /** elements that stand side by side */
  private sequence(e: Expression): string {
    switch (e.kind) {
      case 'constant':
        return mathmlNumber(e.value, this.digits);
      case 'variable':
        return mathmlName(this.name);
      case 'sum':
        return e.terms
          .map((term, k) => {
            const { negative, magnitude } = splitSign(term);
            return (k > 0 || negative ? sign(negative, k === 0) : '') + this.sequence(magnitude);
          })
          .join('');
      case 'product': {
        const { negative, magnitude } = splitSign(e);
        if (negative) return sign(true, true) + this.sequence(magnitude);
        const { above, below } = fractionOf(e.factors);
        if (below.length === 0) return this.factors(above);
        return `<mfrac>${row(this.factors(above))}${row(below.map(({ base, exponent }) => this.power(base, exponent)).join(THIN_SPACE))}</mfrac>`;
      }
      case 'power':
        if (e.exponent < 0) return `<mfrac><mn>1</mn>${row(this.power(e.base, -e.exponent))}</mfrac>`;
        return this.power(e.base, e.exponent);
      case 'call':
        if (e.name === 'sqrt') return `<msqrt>${this.sequence(e.argument)}</msqrt>`;
        return mathmlName(e.name) + APPLY + this.bracketed(e.argument);
    }
  }

  private factors(factors: readonly Expression[]): string {
    if (factors.length === 0) return '<mn>1</mn>';
    return factors
      .map((factor, k) => {
        const written = needsBrackets(factor, k > 0) ? this.bracketed(factor) : this.sequence(factor);
        const between = k === 0 ? '' : factor.kind === 'constant' ? '<mo>×</mo>' : THIN_SPACE;
        return between + written;
      })
      .join('');
  }

  private power(base: Expression, exponent: number): string {
    if (exponent === 0.5) return `<msqrt>${this.sequence(base)}</msqrt>`;
    // a number with a power of ten would show two exponents in a row
    const plain = base.kind === 'constant' && base.value >= 0 && !mathmlNumber(base.value, this.digits).includes('<msup>');
    const simple = base.kind === 'variable' || plain;
    const written = simple ? this.sequence(base) : this.bracketed(base);
    return exponent === 1
      ? row(simple || base.kind === 'call' ? this.sequence(base) : written)
      : `<msup>${row(written)}${row(mathmlNumber(exponent))}</msup>`;
  }

  private bracketed(e: Expression): string {
    const height = hasFraction(e) ? 'content' : 'line';
    return row(fence('(', 'prefix', height) + this.sequence(e) + fence(')', 'postfix', height));
  }
}

function needsBrackets(factor: Expression, inside: boolean): boolean {
  return (
    factor.kind === 'sum' ||
    (inside && factor.kind === 'constant' && factor.value < 0) ||
    (inside && factor.kind === 'product' && splitSign(factor).negative)
  );
}

/** @param atStart of a piece: the space before it is the one between the pieces */
function sign(negative: boolean, leading: boolean, atStart = false): string {
  const form = leading ? 'form="prefix"' : `form="infix" lspace="${atStart ? 0 : 0.24}em" rspace="0.24em"`;
  return `<mo ${form}>${negative ? '−' : '+'}</mo>`;
}

/**
 * A bracket as high as a line, as its content, or as a fraction whatever stands beside it. Brackets that need not stretch must not:
 * some fonts have wide margins in their stretched ones.
 */
function fence(bracket: string, form: 'prefix' | 'postfix', height: 'line' | 'content' | 'tall'): string {
  const stretch = height === 'line' ? 'stretchy="false"' : height === 'content' ? 'stretchy="true"' : 'stretchy="true" minsize="2.6em"';
  return `<mo form="${form}" ${stretch}>${bracket}</mo>`;
}
