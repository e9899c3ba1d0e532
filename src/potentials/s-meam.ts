import { CubicSpline, type SplineKnots } from '../math/cubic-spline.js';
import { elementOf } from '../structures/elements.js';
import type { Structure } from '../structures/structure.js';
import type { Calculator, Evaluation, ScalarFunction } from './eam.js';
import { evaluateSMeam } from './evaluate-s-meam.js';
import { LammpsZbl } from './lammps-zbl.js';

/** The five kinds of functions of s-MEAM, in the order of LAMMPS's file. */
export const S_MEAM_KINDS = ['phi', 'rho', 'u', 'f', 'g'] as const;
export type SMeamKind = (typeof S_MEAM_KINDS)[number];

/**
 * Functions of s-MEAM by kind. phi and g have one for each unordered pair of elements in the order of `pairIndex`, the others one an
 * element. Kinds that a potential does not have are empty: rho, or f and g, or rho, u, f and g.
 */
export type SMeamFunctions<T> = Readonly<Record<SMeamKind, readonly T[]>>;

/** Repulsion of the nuclei below the shortest distance of the data, as LAMMPS's `pair_style zbl` adds it; lengths in Å. */
export type OverlaidCore = { kind: 'none' } | { kind: 'zbl'; inner: number; outer: number };

/**
 * A spline-based modified embedded-atom potential (J. A. Vita and D. R. Trinkle, Comput. Mater. Sci. 200, 110752 (2021), equations 1
 * and 2): E = sum_{i<j} phi_ij(r_ij) + sum_i [U_i(n_i) - U_i(0)],
 * n_i = sum_j rho_j(r_ij) + sum_{j<k} f_j(r_ij) f_k(r_ik) g_jk(cos theta_jik). LAMMPS subtracts U(0), so that free atoms have no energy.
 */
export interface SMeamModel {
  title: string;
  /** chemical symbols */
  elements: readonly string[];
  functions: SMeamFunctions<SplineKnots>;
  core: OverlaidCore;
  /** energy of the free atom on the scale of the data, eV/atom, per element; empty when unknown */
  referenceEnergies: Readonly<Record<string, number>>;
  /** where it was published or made */
  citation: string;
  /** shortest distance (Å) and the densities met in the data; undefined for published potentials */
  range?: { shortest: number; lowestDensity: number; highestDensity: number };
}

/** Index of an unordered pair of n elements: (0,0), (0,1), ..., (1,1), ... as LAMMPS's meam/spline has it. */
export function pairIndex(a: number, b: number, n: number): number {
  const low = Math.min(a, b);
  return Math.max(a, b) + low * n - (low * (low + 1)) / 2;
}

/** The functions of an s-MEAM potential, ready to be evaluated. */
export class SMeamPotential implements Calculator {
  readonly elements: readonly string[];
  readonly cutoff: number;
  readonly functions: SMeamFunctions<ScalarFunction>;
  /** the nuclear repulsion of each pair, by `pairIndex`; undefined without a core */
  readonly core: readonly ScalarFunction[] | undefined;

  constructor(readonly model: SMeamModel) {
    const { functions, core, elements } = model;
    this.elements = elements;
    this.cutoff = Math.max(...[...functions.phi, ...functions.rho, ...functions.f].map(({ last }) => last));
    const splines = (kind: SMeamKind) => functions[kind].map((knots) => new CubicSpline(knots));
    this.functions = { phi: splines('phi'), rho: splines('rho'), u: splines('u'), f: splines('f'), g: splines('g') };
    const z = elements.map((symbol) => elementOf(symbol).z);
    this.core = core.kind === 'none' ? undefined : z.flatMap((a, i) => z.slice(i).map((b) => new LammpsZbl(a, b, core.inner, core.outer)));
  }

  get referenceEnergies(): Readonly<Record<string, number>> {
    return this.model.referenceEnergies;
  }

  evaluate(structure: Structure): Evaluation {
    return evaluateSMeam(this, structure);
  }
}
