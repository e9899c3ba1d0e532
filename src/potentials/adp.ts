import type { Calculator, EamPotential, ScalarFunction } from './eam.js';

/**
 * An angular-dependent potential (Y. Mishin, M. J. Mehl, D. A. Papaconstantopoulos, Acta Mater. 53, 4029 (2005)): the energy of an
 * `EamPotential`, and at every atom the energies of a dipole and of a quadrupole vector of its bonds r_ij = r_j - r_i,
 * E = E_EAM + 1/2 sum_i |mu_i|^2 + 1/2 sum_i |lambda_i|^2 - 1/6 sum_i (tr lambda_i)^2,
 * mu_i = sum_j u_ab(r_ij) r_ij, lambda_i = sum_j w_ab(r_ij) r_ij r_ij^T.
 */
export interface AdpPotential extends EamPotential {
  /** u of elements a and b, eV^(1/2)/Å over Å; the same for (b, a); zero from the cutoff on */
  dipole(a: number, b: number): ScalarFunction;
  /** w of elements a and b, eV^(1/2)/Å² over Å; the same for (b, a); zero from the cutoff on */
  quadrupole(a: number, b: number): ScalarFunction;
}

/** True for potentials with angular terms, which no table of an embedded-atom potential can hold. */
export function isAdp(potential: EamPotential | Calculator): potential is AdpPotential {
  return 'dipole' in potential;
}

/** The potential with angular terms, which are zero where it has none. */
export function asAdp(potential: EamPotential): AdpPotential {
  return isAdp(potential) ? potential : { ...withFunctions(potential, {}), dipole: () => ZERO, quadrupole: () => ZERO };
}

const ZERO: ScalarFunction = {
  evaluate(_, derivative) {
    derivative[0] = 0;
    return 0;
  },
};

/** What becomes of the functions of a potential; what is left out stays. */
export interface FunctionChanges {
  /** of pair, density, dipole and quadrupole functions, each time they are asked for */
  radial?: (f: ScalarFunction) => ScalarFunction;
  /** of the embedding function of element a */
  embedding?: (f: ScalarFunction, a: number) => ScalarFunction;
}

/** The potential with other functions; one with angular terms keeps them. */
export function withFunctions(potential: EamPotential, { radial = same, embedding = same }: FunctionChanges): EamPotential {
  const changed: EamPotential = {
    elements: potential.elements,
    cutoff: potential.cutoff,
    pair: (a, b) => radial(potential.pair(a, b)),
    density: (a, b) => radial(potential.density(a, b)),
    embedding: (a) => embedding(potential.embedding(a), a),
  };
  if (!isAdp(potential)) return changed;
  const angular: AdpPotential = {
    ...changed,
    dipole: (a, b) => radial(potential.dipole(a, b)),
    quadrupole: (a, b) => radial(potential.quadrupole(a, b)),
  };
  return angular;
}

function same(f: ScalarFunction): ScalarFunction {
  return f;
}
