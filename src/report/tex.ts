import { constants } from '../expressions/expression.js';
import { numberText } from '../expressions/print.js';
import { type EquationPart, equationParts } from './equation.js';
import { escapeLatex, latexPieces, roundConstants } from './latex.js';
import type { ReportEquation } from './report-data.js';

/** Significant digits of the typeset constants; a table holds all of them. */
const DIGITS = 6;
/** About how many characters of output fit on a line of the equations. */
const LINE = 62;

const NAMES = { phi: '\\phi', rho: '\\rho', F: 'F' } as const;
const VARIABLES = { r: 'r', rho: '\\rho' } as const;

/**
 * Content of `equation.tex`: a document that compiles by itself with any LaTeX that has amsmath; the parts between the comment
 * lines can be copied into a paper.
 */
export function equationTex(equation: ReportEquation): string {
  const parts = equationParts(equation);
  const references = Object.entries(equation.referenceEnergies);
  return `\\documentclass[11pt]{article}
\\usepackage[utf8]{inputenc}
\\usepackage{amsmath}
\\usepackage{longtable}
\\usepackage[margin=25mm]{geometry}
\\begin{document}
\\section*{${escapeLatex(equation.element)}: embedded-atom potential in closed form}
Energies are in eV, distances $r$ in \\AA{}. Sums over $j$ run over all neighbours of atom $i$ closer than the cutoff.
% energy
\\begin{equation*}
${equation.energyExpression.latex}
\\end{equation*}
% the three functions, constants rounded to ${DIGITS} significant digits
\\begin{align*}
${parts.map(alignedPart).join('\\\\[1ex]\n')}
\\end{align*}
${cutoffTex(equation)}
% constants
\\begin{itemize}
\\item cutoff: ${numberTex(equation.cutoff)} \\AA{}
${equation.densityFloor > 0 ? `\\item density of an atom without neighbours: $\\rho_0=${numberTex(equation.densityFloor)}$\n` : ''}${references.map(([symbol, energy]) => `\\item energy of the free atom, ${escapeLatex(symbol)}: $E_\\mathrm{ref}=${numberTex(energy)}$ eV/atom\n`).join('')}\\item complexity: ${equation.complexity} nodes
\\item ${escapeLatex(equation.coreText)}
\\end{itemize}
${constantsTable(parts)}${equation.citation ? `% citation\n\\noindent ${escapeLatex(equation.citation)}\n` : ''}\\end{document}
`;
}

function cutoffTex(equation: ReportEquation): string {
  const how = equation.cutoffStyle === 'shift' ? 'Both radial functions $f$ are shifted' : 'Both radial functions are multiplied by $t(r)$';
  return `% cutoff
${how} and vanish from the cutoff on:
\\begin{equation*}
${equation.cutoffLatex}
\\end{equation*}`;
}

/** One function in lines that fit the page. */
function alignedPart(part: EquationPart): string {
  const left = `${NAMES[part.symbol]}(${VARIABLES[part.variable]})`;
  if (!part.tree) return `${left} &= ${part.latex}`;
  const lines: string[] = [''];
  for (const piece of latexPieces(roundConstants(part.tree, DIGITS), VARIABLES[part.variable])) {
    const current = lines.at(-1)!;
    if (current !== '' && printedLength(current) + printedLength(piece) > LINE) lines.push(piece);
    else lines[lines.length - 1] = current === '' ? piece : `${current} ${piece}`;
  }
  return `${left} &= ${lines.join('\\\\\n &\\quad {}')}`;
}

/** Characters that a piece of LaTeX prints, roughly: of a fraction only the longer half counts. */
function printedLength(latex: string): number {
  const flat = latex.replace(/\\frac\{((?:[^{}]|\{[^{}]*\})*)\}\{((?:[^{}]|\{[^{}]*\})*)\}/g, (_, above: string, below: string) =>
    above.length > below.length ? above : below,
  );
  return flat
    .replace(/\\(?:left|right|Bigl|Bigr|,)/g, '')
    .replace(/\\[a-zA-Z]+/g, 'xx')
    .replace(/[{}^]/g, '').length;
}

/** Every constant with all its digits, in the order of printing. */
function constantsTable(parts: readonly EquationPart[]): string {
  const rows = parts.flatMap((part) =>
    (part.tree ? constants(part.tree) : []).map((value, k) => `$${NAMES[part.symbol]}$ & ${k + 1} & $${numberTex(value)}$\\\\`),
  );
  if (rows.length === 0) return '';
  return `% every digit of the constants
\\noindent Every digit of the constants, in the order of printing, each with its own sign:
\\begin{longtable}[l]{lrl}
\\hline
${rows.join('\n')}
\\hline
\\end{longtable}
`;
}

function numberTex(value: number): string {
  const [mantissa, exponent] = numberText(value).split('e');
  return exponent === undefined ? mantissa! : `${mantissa}\\times10^{${Number(exponent)}}`;
}
