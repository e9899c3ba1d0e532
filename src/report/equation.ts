import { complexity } from '../expressions/complexity.js';
import type { Expression } from '../expressions/expression.js';
import { parseExpression } from '../expressions/parse.js';
import { printLatex, printText } from '../expressions/print.js';
import { TAPERS } from '../potentials/cutoffs/index.js';
import type { EquationModel } from '../potentials/equation-potential.js';
import type { ReportEquation } from './report-data.js';

/** Everything a report says about an equation model. */
export function describeEquation(model: EquationModel): ReportEquation {
  const { pair, density, embedding, cutoff, cutoffStyle, taperWidth, densityFloor, core } = model;
  const shift = cutoffStyle === 'shift';
  return {
    element: model.element,
    pairText: printText(pair, 'r'),
    densityText: printText(density, 'r'),
    embeddingText: printText(embedding, 'rho'),
    pairLatex: printLatex(pair, 'r'),
    densityLatex: printLatex(density, 'r'),
    embeddingLatex: printLatex(embedding, '\\rho'),
    trees: { pair, density, embedding },
    energyExpression: energyExpression(densityFloor),
    cutoff,
    taperWidth,
    cutoffStyle,
    cutoffText: shift
      ? `shifted: phi(r) - phi(${cutoff}) and rho(r) - rho(${cutoff}) below ${cutoff} Å, zero beyond`
      : `phi and rho are multiplied by t(r) = ${TAPERS[cutoffStyle].text(cutoff, taperWidth)}; zero from ${cutoff} Å on`,
    cutoffLatex: shift ? `f(r)\\to f(r)-f(${cutoff})` : `t(r)=${TAPERS[cutoffStyle].latex(cutoff, taperWidth)}`,
    densityFloor,
    referenceEnergies: model.referenceEnergies,
    complexity: complexity(pair) + complexity(density) + complexity(embedding),
    coreText:
      core.kind === 'none'
        ? 'No core: the equations hold down to r = 0.'
        : core.kind === 'line'
          ? `Below ${core.inner} Å ${joinedTerm(core.embeddingSlope)} goes on as a straight line, and between ${core.outer} and ${core.inner} Å the density stops growing.`
          : `Below ${core.outer} Å ${joinedTerm(core.embeddingSlope)} goes over smoothly into the screened nuclear repulsion of Ziegler, Biersack and Littmark (ZBL), reached at ${core.inner} Å, and the density stops growing.`,
    citation: model.citation,
  };
}

/** Total energy of an EAM equation with a density floor. */
export function energyExpression(densityFloor: number): { text: string; latex: string } {
  const floor = densityFloor > 0;
  return {
    text: floor
      ? 'E = sum_i [ E_ref + F(rho_0 + sum_j rho(r_ij)) - F(rho_0) + 1/2 sum_j phi(r_ij) ]'
      : 'E = sum_i [ E_ref + F(sum_j rho(r_ij)) + 1/2 sum_j phi(r_ij) ]',
    latex: floor
      ? 'E=\\sum_i\\Bigl[E_\\mathrm{ref}+F\\Bigl(\\rho_0+\\sum_{j\\ne i}\\rho(r_{ij})\\Bigr)-F(\\rho_0)+\\tfrac12\\sum_{j\\ne i}\\phi(r_{ij})\\Bigr]'
      : 'E=\\sum_i\\Bigl[E_\\mathrm{ref}+F\\Bigl(\\sum_{j\\ne i}\\rho(r_{ij})\\Bigr)+\\tfrac12\\sum_{j\\ne i}\\phi(r_{ij})\\Bigr]',
  };
}

/** One of the three functions, ready to be written. */
export interface EquationPart {
  /** `phi`, `rho` or `F` */
  symbol: 'phi' | 'rho' | 'F';
  /** element, or pair of elements such as Ni-Mo, that it belongs to; absent where there is one of each */
  of?: string;
  /** such as `pair energy` */
  meaning: string;
  /** of the value */
  unit: string;
  /** `r` or `rho` */
  variable: 'r' | 'rho';
  text: string;
  latex: string;
  /** undefined when the text is no equation that can be read */
  tree: Expression | undefined;
}

/** The three functions in the order they are printed. */
export function equationParts(equation: ReportEquation): EquationPart[] {
  const { trees } = equation;
  return [
    {
      symbol: 'phi',
      meaning: 'pair energy',
      unit: 'eV',
      variable: 'r',
      text: equation.pairText,
      latex: equation.pairLatex,
      tree: trees?.pair ?? readTree(equation.pairText, 'r'),
    },
    {
      symbol: 'rho',
      meaning: 'density',
      unit: 'dimensionless',
      variable: 'r',
      text: equation.densityText,
      latex: equation.densityLatex,
      tree: trees?.density ?? readTree(equation.densityText, 'r'),
    },
    {
      symbol: 'F',
      meaning: 'embedding energy',
      unit: 'eV',
      variable: 'rho',
      text: equation.embeddingText,
      latex: equation.embeddingLatex,
      tree: trees?.embedding ?? readTree(equation.embeddingText, 'rho'),
    },
  ];
}

function readTree(text: string, variable: string): Expression | undefined {
  try {
    return parseExpression(text, variable);
  } catch {
    return undefined;
  }
}

/** What a core takes over: see `Core`. */
function joinedTerm(slope: number | undefined): string {
  return slope
    ? `the pair term with ${2 * slope} rho(r) added (and ${slope} rho taken from the embedding function in exchange)`
    : 'the pair term';
}
