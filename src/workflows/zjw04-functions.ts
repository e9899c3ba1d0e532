import { isAdp } from '../potentials/adp.js';
import { TAPERS } from '../potentials/cutoffs/index.js';
import type { Zjw04Form } from '../potentials/zjw04/form.js';
import { type Zjw04Model, zjw04Potential } from '../potentials/zjw04/model.js';
import type { ReportSplines } from '../report/sections/splines.js';
import { eamFigures, radialFigure } from './function-figures.js';

/** A Zjw04 potential as a report shows it. */
export function describeZjw04(model: Zjw04Model, form: Zjw04Form, count: number): ReportSplines {
  const { elements, cutoff, core, range, parameters } = model;
  const potential = zjw04Potential(model);
  const shortest = range?.shortest ?? 0.5 * cutoff;
  const pairs = elements.flatMap((one, a) => elements.slice(a).map((other, k) => ({ name: `${one}-${other}`, a, b: a + k })));
  const functions = eamFigures(potential, range, 'density n');
  if (isAdp(potential))
    for (const { name, a, b } of pairs)
      functions.push(
        radialFigure(`μ of ${name}`, '√eV/Å', potential.dipole(a, b), model),
        radialFigure(`ω of ${name}`, '√eV/Å²', potential.quadrupole(a, b), model),
      );
  const owners = [...new Set(form.parameters.map(({ of }) => of))];
  const names = [...new Set(form.parameters.map(({ name }) => name))];
  const angular = model.kind === 'adp';
  return {
    title: 'The functions in full',
    introduction: `The functions of X. W. Zhou and others (Zjw04) with the branches of F joined by smooth switches${angular ? ', and the dipole and quadrupole functions of Y. Mishin' : ''}. They go to zero over the last ${model.taperWidth} Å before the cutoff.`,
    energyText: `E = sum_i E_ref + sum_{i<j} phi_ij(r_ij) + sum_i [ F_i(n_i) - F_i(0) ]${angular ? ' + sum_i [ |mu_i|^2/2 + |lambda_i|^2/2 - (tr lambda_i)^2/6 ]' : ''}`,
    densityText: 'n_i = sum_j rho_j(r_ij)',
    formulas: formulasOf(model),
    cutoff,
    parameters: count,
    counted: 'fitted',
    functions,
    constants: {
      columns: owners,
      rows: names.map((name) => ({
        name,
        values: owners.map((of) => {
          const q = form.parameters.findIndex((one) => one.of === of && one.name === name);
          return q < 0 ? undefined : parameters[q]!;
        }),
      })),
    },
    referenceEnergies: model.referenceEnergies,
    coreText:
      core.kind === 'none'
        ? 'No core: the functions are what they are below the shortest distance of the data.'
        : `Below ${core.outer} Å${core.outer > shortest ? ` (the shortest distance of the data is ${shortest.toFixed(2)} Å: no join below it is sound)` : ', the shortest distance of the data,'} the pair energies go over into ${core.kind === 'zbl' ? 'the screened nuclear repulsion of Ziegler, Biersack and Littmark' : 'straight lines'}.`,
    citation: model.citation,
  };
}

/** Equations 15 to 25 with the names of the table of constants. */
function formulasOf({ kind, cross, elements, cutoff, taperWidth }: Zjw04Model): string[] {
  return [
    'phi(r) = t(r) { A exp[-alpha (r/re - 1)] / [1 + (r/re - kappa)^20] - B exp[-beta (r/re - 1)] / [1 + (r/re - lambda)^20] }',
    ...(cross === 'mixed' && elements.length > 1
      ? ['phi_ab(r) = t(r) [ phi_aa(r) rho_b(r)/rho_a(r) + phi_bb(r) rho_a(r)/rho_b(r) ] / 2 of unlike elements, without their t(r)']
      : []),
    'rho(r) = t(r) fe exp[-beta (r/re - 1)] / [1 + (r/re - lambda)^20]',
    `t(r) = ${TAPERS.quintic.text(cutoff, taperWidth)}`,
    'F(n) = c1 F_low(n) + (1 - c1 - c3) F_mid(n) + c3 F_high(n), c1 = 1/(1 + exp[2 (n - 0.85 rho_e)]), c3 = 1/(1 + exp[2 (1.15 rho_e - n)])',
    'F_low(n) = Fn1 - Fn2 + Fn3 + Fn1 x + Fn2 x^2 + Fn3 x^3, x = n/(0.85 rho_e) - 1',
    'F_mid(n) = F0 + F1 y + F2 y^2 + F3 y^3, y = n/rho_e - 1',
    'F_high(n) = Fe [1 - eta ln(n/rho_s)] (n/rho_s)^eta',
    ...(kind === 'adp'
      ? [
          'mu(r) = t(r) [d1 exp(-d2 r) + d3] psi((r - r0)/h), omega(r) = t(r) [q1 exp(-q2 r) + q3] psi((r - r0)/h), psi(x) = x^4/(1 + x^4) for x < 0, else 0',
          'mu_i = sum_j mu(r_ij) r_ij, lambda_i = sum_j omega(r_ij) r_ij r_ij^T (vectors)',
        ]
      : []),
  ];
}
