import { TAPERS } from '../cutoffs/index.js';
import { pairIndex } from '../s-meam.js';
import { EMBEDDING_PARAMETERS, embedding } from './embedding.js';
import type { ParametricFunction } from './parametric.js';
import { type AngularIndices, angular, density, mixedPairEnergy, pairEnergy, type ScreenedIndices, tapered } from './radial.js';

/** What a potential of this form consists of, as plain data. */
export interface Zjw04Settings {
  /** chemical symbols */
  elements: readonly string[];
  /** eam: pair, density and embedding; adp: dipole and quadrupole functions of each pair of elements besides */
  kind: 'eam' | 'adp';
  /** pair energy of unlike elements: equation 17, or a function with parameters of its own */
  cross: 'mixed' | 'free';
  /** Å; radial functions go to zero over `taperWidth` before it */
  cutoff: number;
  taperWidth: number;
}

/** Parameters of the radial functions of an element; those of its embedding function come after them. */
const RADIAL = ['re', 'fe', 'alpha', 'beta', 'A', 'B', 'kappa', 'lambda'] as const;
const CROSS = ['re', 'alpha', 'beta', 'A', 'B', 'kappa', 'lambda'] as const;
const ANGULAR = ['d1', 'd2', 'd3', 'q1', 'q2', 'q3', 'r0', 'h'] as const;
export const ELEMENT_PARAMETERS = [...RADIAL, ...EMBEDDING_PARAMETERS] as const;

/**
 * Parameters in which energies are linear when the others stay. B is not among them: with the linear part of F it only moves energy between the
 * density and the pair term, and a step that is not damped along both has no bound.
 */
const LINEAR: ReadonlySet<string> = new Set(['A', 'Fn1', 'Fn2', 'Fn3', 'F0', 'F1', 'F2', 'F3', 'Fe']);
/** Parameters that only make sense above zero. */
const POSITIVE: ReadonlySet<string> = new Set(['re', 'fe', 'rho_e', 'rho_s', 'eta', 'h']);

/** One parameter of a potential. */
export interface Zjw04Parameter {
  /** element, or pair of elements such as Mo-Ni */
  of: string;
  name: string;
}

/**
 * The functions of a Zjw04 potential (X. Chen et al., Machine learning enhanced empirical potentials for metals and alloys, equations 15 to 25) over
 * one vector of parameters. Functions of pairs are in the order of `pairIndex`.
 */
export class Zjw04Form {
  readonly parameters: readonly Zjw04Parameter[];
  readonly size: number;
  /** 1 where energies are linear in the parameter, shape (size) */
  readonly linear: Uint8Array;
  /** 1 for lengths, densities and exponents that have to be above zero, shape (size) */
  readonly positive: Uint8Array;
  readonly density: readonly ParametricFunction[];
  readonly embedding: readonly ParametricFunction[];
  readonly pair: readonly ParametricFunction[];
  /** of dipoles and quadrupoles; empty without */
  readonly dipole: readonly ParametricFunction[];
  readonly quadrupole: readonly ParametricFunction[];
  private readonly index = new Map<string, number>();

  constructor(readonly settings: Zjw04Settings) {
    const { elements, kind, cross, cutoff, taperWidth } = settings;
    const parameters: Zjw04Parameter[] = [];
    const add = (of: string, names: readonly string[]): void => {
      for (const name of names) {
        this.index.set(`${of} ${name}`, parameters.length);
        parameters.push({ of, name });
      }
    };
    for (const element of elements) add(element, ELEMENT_PARAMETERS);
    const pairs = pairsOf(elements);
    if (cross === 'free') for (const { a, b, name } of pairs) if (a !== b) add(name, CROSS);
    if (kind === 'adp') for (const { name } of pairs) add(name, ANGULAR);
    this.parameters = parameters;
    this.size = parameters.length;
    this.linear = Uint8Array.from(parameters, ({ name }) => (LINEAR.has(name) ? 1 : 0));
    this.positive = Uint8Array.from(parameters, ({ name }) => (POSITIVE.has(name) ? 1 : 0));
    const at = (of: string) => (name: string) => this.at(of, name);
    const raw = elements.map((element) => {
      const of = at(element);
      const attractive = [of('re'), of('B'), of('beta'), of('lambda')] as ScreenedIndices;
      return {
        density: density([of('re'), of('fe'), of('beta'), of('lambda')]),
        pair: pairEnergy([of('re'), of('A'), of('alpha'), of('kappa')], attractive),
      };
    });
    const ends = (f: ParametricFunction): ParametricFunction =>
      tapered(f, (r, slope) => TAPERS.quintic.evaluate(r, cutoff, taperWidth, slope), cutoff);
    this.density = raw.map((one) => ends(one.density));
    this.embedding = elements.map((element) => embedding(EMBEDDING_PARAMETERS.map(at(element))));
    this.pair = pairs.map(({ a, b, name }) => {
      if (a === b) return ends(raw[a]!.pair);
      if (cross === 'mixed') return ends(mixedPairEnergy(raw[a]!, raw[b]!));
      const of = at(name);
      return ends(pairEnergy([of('re'), of('A'), of('alpha'), of('kappa')], [of('re'), of('B'), of('beta'), of('lambda')]));
    });
    const angularOf = (letter: 'd' | 'q'): ParametricFunction[] =>
      kind === 'eam'
        ? []
        : pairs.map(({ name }) =>
            ends(angular([`${letter}1`, `${letter}2`, `${letter}3`, 'r0', 'h'].map(at(name)) as unknown as AngularIndices)),
          );
    this.dipole = angularOf('d');
    this.quadrupole = angularOf('q');
  }

  /** Index of a parameter of an element, or of a pair of elements in either order. @throws RangeError for a name that it does not have */
  at(of: string, name: string): number {
    const [a, b] = of.split('-');
    const found = this.index.get(`${of} ${name}`) ?? this.index.get(`${b}-${a} ${name}`);
    if (found === undefined) throw new RangeError(`there is no parameter ${name} of ${of}`);
    return found;
  }
}

/** Unordered pairs of elements, in the order of `pairIndex`, with the names of their parameters: the element itself for like atoms. */
function pairsOf(elements: readonly string[]): { a: number; b: number; name: string }[] {
  const out: { a: number; b: number; name: string }[] = [];
  elements.forEach((one, a) => {
    elements.forEach((other, b) => {
      if (b >= a) out[pairIndex(a, b, elements.length)] = { a, b, name: a === b ? one : `${one}-${other}` };
    });
  });
  return out;
}
