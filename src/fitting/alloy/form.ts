import { type BasisFunction, basisFunction } from '../../expressions/basis/index.js';
import { constant, type Expression, product, sum } from '../../expressions/expression.js';
import { simplify } from '../../expressions/simplify.js';
import { pairNames } from '../../potentials/alloy/model.js';
import { type CutoffStyle, TAPERS } from '../../potentials/cutoffs/index.js';
import type { ParametricFunction } from '../../potentials/zjw04/parametric.js';
import { COORDINATION } from '../equation-network.js';
import type { ParametricForm } from '../zjw04/objective.js';

/** The functions of an alloy potential, as plain data. */
export interface AlloySettings {
  /** chemical symbols */
  elements: readonly string[];
  /** names of the basis functions of all functions of a kind */
  pair: readonly string[];
  density: readonly string[];
  embedding: readonly string[];
  /** whether all functions of a kind have the same terms, each with constants of its own, or each function has terms of its own */
  structure: 'shared' | 'own';
  /** Å */
  cutoff: number;
  cutoffStyle: Exclude<CutoffStyle, 'shift'>;
  taperWidth: number;
  /** what distances are divided by, Å, by element; that of a pair is the mean */
  lengthUnits: readonly number[];
  /** density of every atom without neighbours, above zero */
  densityFloor: number;
}

type Kind = 'pair' | 'density' | 'embedding';

/** One function of the potential as a network of one layer. */
export interface AlloyFunction {
  kind: Kind;
  /** element, or pair of elements such as Ni-Mo */
  of: string;
  /** by term: index of its weight, and of its inner parameter, -1 without one */
  weights: readonly number[];
  inner: readonly number[];
  basis: readonly BasisFunction[];
  /** Å; 1 for densities */
  unit: number;
}

/** Terms that are on or off together. */
export interface TermGroup {
  kind: Kind;
  term: number;
  /** indices in `AlloyForm.functions` */
  functions: readonly number[];
}

/**
 * Equation networks of one layer for several elements over one vector of parameters: a pair function for each unordered pair of elements, a density for each
 * element that brings it, an embedding function for each element of a site. A weight of zero takes its term out of the equation.
 */
export class AlloyForm implements ParametricForm {
  readonly settings: AlloySettings & { kind: 'eam' };
  readonly parameters: readonly { of: string; name: string }[];
  readonly size: number;
  readonly linear: Uint8Array;
  readonly positive: Uint8Array;
  readonly functions: readonly AlloyFunction[];
  readonly groups: readonly TermGroup[];
  readonly pair: readonly ParametricFunction[];
  readonly density: readonly ParametricFunction[];
  readonly embedding: readonly ParametricFunction[];
  readonly dipole: readonly ParametricFunction[] = [];
  readonly quadrupole: readonly ParametricFunction[] = [];

  constructor(settings: AlloySettings) {
    const { elements, lengthUnits, densityFloor } = settings;
    this.settings = { ...settings, kind: 'eam' };
    const parameters: { of: string; name: string }[] = [];
    const linear: number[] = [];
    const add = (of: string, name: string, isLinear: boolean): number => {
      linear.push(isLinear ? 1 : 0);
      return parameters.push({ of, name }) - 1;
    };
    const network = (kind: Kind, of: string, unit: number): AlloyFunction => {
      const basis = settings[kind].map((name) => basisFunction(name, kind === 'embedding' ? 'rho' : 'r'));
      return {
        kind,
        of,
        unit,
        basis,
        weights: basis.map(({ name }) => add(of, `${kind} ${name}`, kind !== 'density')),
        inner: basis.map(({ name, inner }) => (inner ? add(of, `${kind} a of ${name}`, false) : -1)),
      };
    };
    const pairs = pairNames(elements).map(({ a, b, name }) => network('pair', name, 0.5 * (lengthUnits[a]! + lengthUnits[b]!)));
    const densities = elements.map((element, a) => network('density', element, lengthUnits[a]!));
    const embeddings = elements.map((element) => network('embedding', element, 1));
    this.functions = [...pairs, ...densities, ...embeddings];
    this.parameters = parameters;
    this.size = parameters.length;
    this.linear = Uint8Array.from(linear);
    this.positive = new Uint8Array(this.size);
    this.pair = pairs.map((f) => radial(f, settings, 1));
    this.density = densities.map((f) => radial(f, settings, 1 / COORDINATION));
    this.embedding = embeddings.map((f) => fromFloor(f, densityFloor));
    this.groups = (['pair', 'density', 'embedding'] as const).flatMap((kind) => {
      const own = this.functions.flatMap((f, k) => (f.kind === kind ? [k] : []));
      return settings[kind].flatMap((_, term): TermGroup[] =>
        settings.structure === 'shared' ? [{ kind, term, functions: own }] : own.map((k) => ({ kind, term, functions: [k] })),
      );
    });
  }

  /** Indices of the weights of a group. */
  weightsOf({ functions, term }: TermGroup): number[] {
    return functions.map((k) => this.functions[k]!.weights[term]!);
  }

  /** Parameters that may move: weights that are not zero, and the inner parameters of their terms, shape (size). */
  active(p: ArrayLike<number>): Uint8Array {
    const active = new Uint8Array(this.size);
    for (const { weights, inner } of this.functions)
      weights.forEach((weight, term) => {
        if (p[weight] === 0) return;
        active[weight] = 1;
        if (inner[term]! >= 0) active[inner[term]!] = 1;
      });
    return active;
  }

  /** The printed equations, in the order of `functions`. */
  equations(p: ArrayLike<number>): Expression[] {
    return this.functions.map(({ kind, weights, inner, basis, unit }) => {
      const terms = weights.flatMap((weight, term) =>
        p[weight] === 0 ? [] : [basis[term]!.expression(p[weight]!, inner[term]! < 0 ? 0 : p[inner[term]!]!, unit)],
      );
      return simplify(kind === 'density' ? product(constant(1 / COORDINATION), sum(...terms)) : sum(...terms));
    });
  }
}

/** The network of an embedding function. */
function embedding({ weights, inner, basis }: AlloyFunction): ParametricFunction {
  const parameters = [...weights, ...inner.filter((q) => q >= 0)];
  const derivatives = new Float64Array(2);
  return {
    parameters,
    evaluate(rho, p, out) {
      let value = 0;
      let slope = 0;
      let next = 1 + weights.length;
      for (let term = 0; term < weights.length; term++) {
        const w = p[weights[term]!]!;
        const a = inner[term]!;
        const b = basis[term]!.evaluate(rho, a < 0 ? 0 : p[a]!, derivatives);
        out[1 + term] = b;
        if (a >= 0) out[next++] = w === 0 ? 0 : w * derivatives[0]!;
        // a term that is off has no say, also where it has no finite value
        if (w === 0) continue;
        value += w * b;
        slope += w * derivatives[1]!;
      }
      out[0] = slope;
      return value;
    },
  };
}

/** Distances that a radial function remembers its fixed parts at: those of the tables, which are the same at every step of a fit. */
const REMEMBERED = 4096;

/** A radial function with a factor, cut off. */
function radial(f: AlloyFunction, { cutoff, cutoffStyle, taperWidth }: AlloySettings, scale: number): ParametricFunction {
  const { weights, inner, basis, unit } = f;
  const taper = TAPERS[cutoffStyle];
  const derivatives = new Float64Array(2);
  const parameters = [...weights, ...inner.filter((q) => q >= 0)];
  /** factor and its slope, then value and slope of each term without inner parameter */
  const known = new Map<number, Float64Array>();
  const fixedParts = (r: number): Float64Array => {
    let parts = known.get(r);
    if (parts) return parts;
    parts = new Float64Array(2 + 2 * weights.length);
    parts[0] = scale * taper.evaluate(r, cutoff, taperWidth, derivatives);
    parts[1] = scale * derivatives[0]!;
    for (let term = 0; term < weights.length; term++) {
      if (inner[term]! >= 0) continue;
      parts[2 + 2 * term] = basis[term]!.evaluate(r / unit, 0, derivatives);
      parts[3 + 2 * term] = derivatives[1]! / unit;
    }
    if (known.size >= REMEMBERED) known.clear();
    known.set(r, parts);
    return parts;
  };
  return {
    parameters,
    evaluate(r, p, out) {
      if (r >= cutoff) {
        out.fill(0, 0, 1 + parameters.length);
        return 0;
      }
      const parts = fixedParts(r);
      const factor = parts[0]!;
      let value = 0;
      let slope = 0;
      let next = 1 + weights.length;
      for (let term = 0; term < weights.length; term++) {
        const w = p[weights[term]!]!;
        const a = inner[term]!;
        let b = parts[2 + 2 * term]!;
        let bSlope = parts[3 + 2 * term]!;
        if (a >= 0) {
          b = basis[term]!.evaluate(r / unit, p[a]!, derivatives);
          bSlope = derivatives[1]! / unit;
          out[next++] = w === 0 ? 0 : factor * w * derivatives[0]!;
        }
        out[1 + term] = factor * b;
        // a term that is off has no say, also where it has no finite value
        if (w === 0) continue;
        value += w * b;
        slope += w * bSlope;
      }
      out[0] = slope * factor + value * parts[1]!;
      return value * factor;
    },
  };
}

/** An embedding function counted from its value at the density floor. */
function fromFloor(f: AlloyFunction, floor: number): ParametricFunction {
  const { parameters, evaluate } = embedding(f);
  const atFloor = new Float64Array(1 + parameters.length);
  return {
    parameters,
    evaluate(rho, p, out) {
      const base = evaluate(floor, p, atFloor);
      const value = evaluate(rho + floor, p, out);
      for (let k = 1; k <= parameters.length; k++) out[k]! -= atFloor[k]!;
      return value - base;
    },
  };
}
