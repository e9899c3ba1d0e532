import { equationParts } from '../equation.js';
import { markup } from '../markup.js';
import { plural, significant } from '../numbers.js';
import type { ReportEquation } from '../report-data.js';
import { facts, type Section } from '../section.js';
import { typesetCutoff, typesetEnergy, typesetPart } from '../typeset.js';

/** Significant digits of the typeset constants; the text below each equation has all of them. */
const DIGITS = 6;

/** The equation with everything that defines its energies, typeset and as text to copy. */
export function equationSection(equation: ReportEquation): Section {
  const references = Object.entries(equation.referenceEnergies);
  return {
    id: 'equation',
    title: 'The equation in full',
    body: markup`<h3>Energy of a structure</h3>
${typesetEnergy(equation)}
<p class="plain"><code class="copy">${equation.energyExpression.text}</code></p>
${equationParts(equation).map(
  (
    part,
  ) => markup`<h3>${part.meaning[0]!.toUpperCase()}${part.meaning.slice(1)}${part.unit === 'dimensionless' ? ', dimensionless' : ` in ${part.unit}`}${part.variable === 'r' && ', r in Å'}</h3>
${typesetPart(part, DIGITS)}
<p class="plain"><code class="copy">${part.symbol}(${part.variable}) = ${part.text}</code></p>
`,
)}<h3>Cutoff and core</h3>
${typesetCutoff(equation)}
<p class="plain">${unbroken(equation.cutoffText)}</p>
<p>${unbroken(equation.coreText)}</p>
${facts([
  ['cutoff', `${significant(equation.cutoff, 6)}\u00a0Å`],
  ...(equation.densityFloor > 0
    ? [[markup`ρ<sub>0</sub>, density without neighbours`, significant(equation.densityFloor, 8)] as const]
    : []),
  ...references.map(([symbol, energy]) => [markup`E<sub>ref</sub> of ${symbol}`, `${significant(energy, 10)}\u00a0eV/atom`] as const),
  ['complexity', plural(equation.complexity, 'node')],
])}
${equation.citation && markup`<p class="note">${equation.citation}</p>`}
<details><summary>LaTeX</summary><pre class="copy">${equationParts(equation).map((part) => `${part.symbol === 'F' ? 'F' : `\\${part.symbol}`}(${part.variable === 'r' ? 'r' : '\\rho'}) = ${part.latex}\n`)}${equation.cutoffLatex}</pre></details>
<p class="note">Typeset constants are rounded to ${DIGITS} significant digits; the lines below them hold every digit. A click selects such a line.</p>`,
  };
}

/** Keeps a number and its unit on one line. */
function unbroken(text: string): string {
  return text.replaceAll(' Å', '\u00a0Å');
}
