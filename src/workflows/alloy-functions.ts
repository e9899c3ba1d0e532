import { complexity } from '../expressions/complexity.js';
import type { Expression } from '../expressions/expression.js';
import { printLatex, printText } from '../expressions/print.js';
import type { AlloyForm } from '../fitting/alloy/form.js';
import { type AlloyModel, AlloyPotential, pairNames } from '../potentials/alloy/model.js';
import { TAPERS } from '../potentials/cutoffs/index.js';
import type { EquationPart } from '../report/equation.js';
import type { ReportSplines } from '../report/sections/splines.js';
import { tidy } from './finish.js';
import { eamFigures } from './function-figures.js';

/** The printed equations of a form, as a model has them. */
export function alloyFunctions(form: AlloyForm, parameters: ArrayLike<number>): Pick<AlloyModel, 'pair' | 'density' | 'embedding'> {
  const all = form.equations(parameters).map((equation) => tidy(equation));
  const of = (kind: string) => all.filter((_, k) => form.functions[k]!.kind === kind);
  return { pair: of('pair'), density: of('density'), embedding: of('embedding') };
}

/** The equations in the order they are printed: by pair, by element that brings the density, by element of the site. */
export function alloyParts({ elements, pair, density, embedding }: AlloyModel): EquationPart[] {
  const part = (
    symbol: EquationPart['symbol'],
    of: string,
    tree: Expression,
    what: Pick<EquationPart, 'meaning' | 'unit' | 'variable'>,
  ): EquationPart => ({
    symbol,
    of,
    ...what,
    text: printText(tree, what.variable),
    latex: printLatex(tree, what.variable === 'r' ? 'r' : '\\rho'),
    tree,
  });
  return [
    ...pairNames(elements).map(({ name }, k) => part('phi', name, pair[k]!, { meaning: 'pair energy', unit: 'eV', variable: 'r' })),
    ...elements.map((name, k) => part('rho', name, density[k]!, { meaning: 'density', unit: 'dimensionless', variable: 'r' })),
    ...elements.map((name, k) => part('F', name, embedding[k]!, { meaning: 'embedding energy', unit: 'eV', variable: 'rho' })),
  ];
}

const ENERGY = 'E = sum_i [ E_ref(a) + F_a(rho_0 + sum_j rho_b(r_ij)) - F_a(rho_0) + 1/2 sum_j phi_ab(r_ij) ]';

function coreText({ core }: AlloyModel): string {
  return core.kind === 'none'
    ? 'No core: the equations hold down to r = 0.'
    : `Below ${core.outer} Å the pair energies go over into ${core.kind === 'zbl' ? 'the screened nuclear repulsion of Ziegler, Biersack and Littmark (ZBL)' : 'straight lines'}, reached at ${core.inner} Å, and the densities stop growing.`;
}

function taperText({ cutoff, cutoffStyle, taperWidth }: AlloyModel): string {
  return cutoffStyle === 'shift'
    ? `shifted: phi(r) - phi(${cutoff}) and rho(r) - rho(${cutoff}) below ${cutoff} Å, zero beyond`
    : `phi and rho are multiplied by t(r) = ${TAPERS[cutoffStyle].text(cutoff, taperWidth)}; zero from ${cutoff} Å on`;
}

/** Nodes of all printed equations together. */
export function modelComplexity({ pair, density, embedding }: AlloyModel): number {
  return [...pair, ...density, ...embedding].reduce((total, equation) => total + complexity(equation), 0);
}

/** Content of `equation.txt`: all equations in plain text with every digit, enough to compute energies from them. */
export function alloyText(model: AlloyModel): string {
  const lines = [
    `${model.elements.join('-')}: embedded-atom potential in closed form. Energies in eV, r in angstrom.`,
    '',
    ENERGY,
    'a is the element of atom i, b that of atom j; the sums over j run over all neighbours closer than the cutoff, periodic images included.',
    '',
    ...alloyParts(model).map(({ symbol, of, variable, text }) => `${symbol}_${of}(${variable}) = ${text}`),
    '',
    `cutoff = ${model.cutoff} angstrom`,
    `cutoff function: ${taperText(model)}`,
    `rho_0 = ${model.densityFloor} (density of an atom without neighbours)`,
    ...Object.entries(model.referenceEnergies).map(([symbol, energy]) => `E_ref(${symbol}) = ${energy} eV/atom`),
    `core: ${coreText(model)}`,
    `complexity: ${modelComplexity(model)} nodes`,
    ...(model.citation ? ['', model.citation] : []),
  ];
  return `${lines.join('\n').replaceAll('Å', 'angstrom')}\n`;
}

/** Alloy equations as a report shows them. */
export function describeAlloy(model: AlloyModel, count: number): ReportSplines {
  const { cutoff, range } = model;
  return {
    title: 'The equations in full',
    introduction: `One pair energy for each pair of elements, one density for each element that brings it, and one embedding function for each element of a site; together ${modelComplexity(model)} nodes.`,
    energyText: ENERGY,
    densityText: 'a: element of atom i, b: element of atom j',
    cutoff,
    parameters: count,
    counted: 'constants',
    equations: alloyParts(model),
    notes: [taperText(model), `rho_0 = ${model.densityFloor}`],
    functions: eamFigures(new AlloyPotential(model), range, 'density ρ'),
    referenceEnergies: model.referenceEnergies,
    coreText: coreText(model),
    citation: model.citation,
  };
}
