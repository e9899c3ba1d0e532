import { equationParts } from './equation.js';
import type { ReportEquation } from './report-data.js';

/**
 * Content of `equation.txt`: the whole equation in plain text with every digit, enough to compute energies from it.
 * The three lines that define functions can be read back by `parseExpression`.
 */
export function equationText(equation: ReportEquation): string {
  const references = Object.entries(equation.referenceEnergies);
  const lines = [
    `${equation.element}: embedded-atom potential in closed form. Energies in eV, r in angstrom.`,
    '',
    equation.energyExpression.text,
    'The sums over j run over all neighbours of atom i closer than the cutoff, periodic images included.',
    '',
    ...equationParts(equation).map((part) => `${part.symbol}(${part.variable}) = ${part.text}`),
    '',
    `cutoff = ${equation.cutoff} angstrom`,
    `cutoff function: ${equation.cutoffText}`,
    ...(equation.densityFloor > 0 ? [`rho_0 = ${equation.densityFloor} (density of an atom without neighbours)`] : []),
    ...(references.length > 0
      ? references.map(([symbol, energy]) => `E_ref(${symbol}) = ${energy} eV/atom`)
      : ['E_ref = 0 (the scale of the data is not known)']),
    `core: ${equation.coreText}`,
    `complexity: ${equation.complexity} nodes`,
    ...(equation.citation ? ['', equation.citation] : []),
  ];
  return `${lines.join('\n').replaceAll('Å', 'angstrom')}\n`;
}
