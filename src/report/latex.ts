import { type Expression, mapConstants } from '../expressions/expression.js';
import { printLatex } from '../expressions/print.js';
import { breakExpression, type Piece, type Token } from './line-breaking.js';

/** The expression with its constants rounded to significant digits. */
export function roundConstants(expression: Expression, digits: number): Expression {
  return mapConstants(expression, (value) => (Number.isFinite(value) ? Number(value.toPrecision(digits)) : value));
}

/**
 * LaTeX of an equation as pieces that a line may be broken between. Brackets that a line may end inside have a fixed size,
 * because `\left` and `\right` must stand on one line.
 * @param name LaTeX of the variable
 */
export function latexPieces(expression: Expression, name: string): string[] {
  return breakExpression(expression).map((piece) => latexPiece(piece, name));
}

function latexPiece(piece: Piece, name: string): string {
  return piece
    .map((token) => latexToken(token, name))
    .join('')
    .trim();
}

function latexToken(token: Token, name: string): string {
  switch (token.kind) {
    case 'sign':
      return token.leading ? token.sign : ` ${token.sign} `;
    case 'open':
      return `\\,\\${token.name === 'log' ? 'ln' : token.name}\\Bigl[`;
    case 'close':
      return '\\Bigr]';
    case 'expression':
      return printLatex(token.expression, name);
  }
}

/** Characters of a plain text as LaTeX text; what has no LaTeX here becomes `?`. */
export function escapeLatex(text: string): string {
  return [...text.replace(/\s+/g, ' ')].map((c) => SPECIAL[c] ?? (c >= ' ' && c <= '~' ? c : /\p{L}/u.test(c) ? c : '?')).join('');
}

const SPECIAL: Record<string, string> = {
  '\\': '\\textbackslash{}',
  '{': '\\{',
  '}': '\\}',
  $: '\\$',
  '&': '\\&',
  '#': '\\#',
  '%': '\\%',
  _: '\\_',
  '^': '\\textasciicircum{}',
  '~': '\\textasciitilde{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '"': "''",
  Å: '\\AA{}',
  ρ: '$\\rho$',
  φ: '$\\phi$',
  '·': '$\\cdot$',
  '×': '$\\times$',
  '±': '$\\pm$',
  '−': '$-$',
  '≤': '$\\le$',
  '≥': '$\\ge$',
  '²': '$^2$',
  '³': '$^3$',
  '–': '--',
  '—': '---',
  '’': "'",
  '“': '``',
  '”': "''",
  '…': '\\dots{}',
  '°': '$^\\circ$',
  µ: '$\\mu$',
  μ: '$\\mu$',
};
