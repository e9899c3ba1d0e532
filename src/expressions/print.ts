import type { Expression } from './expression.js';
import { FUNCTIONS } from './functions.js';

/** Shortest text of a number that reads back to the same double. */
export function numberText(value: number): string {
  return String(value);
}

/** The equation as text that `parseExpression` reads back. */
export function printText(expression: Expression, name: string): string {
  switch (expression.kind) {
    case 'constant':
      return numberText(expression.value);
    case 'variable':
      return name;
    case 'sum':
      return joinTerms(expression.terms.map((term) => printText(term, name)));
    case 'product': {
      const { above, below } = fraction(expression.factors);
      const wrap = (e: Expression): string => (e.kind === 'sum' ? `(${printText(e, name)})` : printText(e, name));
      const [lead, ...rest] = above;
      const minusOne = lead?.kind === 'constant' && lead.value === -1 && rest.length > 0;
      const top = (minusOne ? '-' : '') + (minusOne ? rest : above).map(wrap).join('*');
      return (top || '1') + below.map(({ base, exponent }) => `/${powerText(base, exponent, name)}`).join('');
    }
    case 'power':
      return expression.exponent < 0
        ? `1/${powerText(expression.base, -expression.exponent, name)}`
        : powerText(expression.base, expression.exponent, name);
    case 'call':
      return `${expression.name}(${printText(expression.argument, name)})`;
  }
}

/** The equation as LaTeX. */
export function printLatex(expression: Expression, name: string): string {
  switch (expression.kind) {
    case 'constant':
      return latexNumber(expression.value);
    case 'variable':
      return name;
    case 'sum':
      return joinTerms(expression.terms.map((term) => printLatex(term, name)));
    case 'product': {
      const { above, below } = fraction(expression.factors);
      const wrap = (e: Expression): string => (e.kind === 'sum' ? `\\left(${printLatex(e, name)}\\right)` : printLatex(e, name));
      const lead = above[0];
      const sign = lead?.kind === 'constant' && lead.value < 0 ? '-' : '';
      const shown = above.map((e, k) => (k === 0 && sign && e.kind === 'constant' ? { kind: 'constant' as const, value: -e.value } : e));
      const kept = shown.length > 1 && shown[0]!.kind === 'constant' && shown[0]!.value === 1 ? shown.slice(1) : shown;
      const top = kept.map(wrap).join('\\,') || '1';
      if (below.length === 0) return sign + top;
      return `${sign}\\frac{${top}}{${below.map(({ base, exponent }) => latexPower(base, exponent, name)).join('\\,')}}`;
    }
    case 'power':
      return expression.exponent < 0
        ? `\\frac{1}{${latexPower(expression.base, -expression.exponent, name)}}`
        : latexPower(expression.base, expression.exponent, name);
    case 'call':
      return FUNCTIONS[expression.name].latex(printLatex(expression.argument, name));
  }
}

function joinTerms(terms: string[]): string {
  return terms.map((term, k) => (k === 0 ? term : term.startsWith('-') ? ` - ${term.slice(1)}` : ` + ${term}`)).join('');
}

function fraction(factors: readonly Expression[]): { above: Expression[]; below: { base: Expression; exponent: number }[] } {
  const above: Expression[] = [];
  const below: { base: Expression; exponent: number }[] = [];
  for (const factor of factors) {
    if (factor.kind === 'power' && factor.exponent < 0) below.push({ base: factor.base, exponent: -factor.exponent });
    else above.push(factor);
  }
  return { above, below };
}

function powerText(base: Expression, exponent: number, name: string): string {
  const simple = base.kind === 'variable' || base.kind === 'call' || (base.kind === 'constant' && base.value >= 0);
  const text = simple ? printText(base, name) : `(${printText(base, name)})`;
  return exponent === 1 ? text : `${text}^${numberText(exponent)}`;
}

function latexPower(base: Expression, exponent: number, name: string): string {
  const simple = base.kind === 'variable' || (base.kind === 'constant' && base.value >= 0 && !numberText(base.value).includes('e'));
  const text = simple ? printLatex(base, name) : `\\left(${printLatex(base, name)}\\right)`;
  return exponent === 1 ? printLatex(base, name) : `${text}^{${numberText(exponent)}}`;
}

function latexNumber(value: number): string {
  const text = numberText(value);
  const match = /^(-?[\d.]+)e([+-]?\d+)$/.exec(text);
  return match ? `${match[1]}\\times10^{${Number(match[2])}}` : text;
}
