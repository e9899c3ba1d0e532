import type { Expression } from '../../expressions/expression.js';
import { elementOf } from '../../structures/elements.js';
import { type Core, withDensityCore, withPairCore } from '../core.js';
import type { CutoffStyle } from '../cutoffs/index.js';
import type { EamPotential, ScalarFunction } from '../eam.js';
import { aboveFloor, cutOff } from '../equation-potential.js';
import { pairIndex } from '../s-meam.js';
import type { SeenRange } from '../seen-range.js';

/**
 * An EAM potential of several elements as printed equations: E = sum_i [ F_a(rho_0 + sum_j rho_b(r_ij)) - F_a(rho_0) + 1/2 sum_j phi_ab(r_ij) ] with
 * atoms i of element a and j of element b.
 */
export interface AlloyModel {
  title: string;
  /** chemical symbols */
  elements: readonly string[];
  /** eV over r in Å, without the cutoff factor, one for each unordered pair of elements in the order of `pairIndex` */
  pair: readonly Expression[];
  /** over r in Å, without the cutoff factor: what an atom of each element brings to any site */
  density: readonly Expression[];
  /** eV over rho, by the element of the site */
  embedding: readonly Expression[];
  /** Å */
  cutoff: number;
  cutoffStyle: CutoffStyle;
  /** Å; not used by `shift` and by tapers without a width */
  taperWidth: number;
  /** density rho_0 that every atom has besides its neighbours' sum */
  densityFloor: number;
  core: Core;
  /** energy of the free atom on the scale of the data, eV/atom, per element; empty when unknown */
  referenceEnergies: Readonly<Record<string, number>>;
  /** where the equations were published or made */
  citation: string;
  /** distances and densities met in the data; undefined for published equations */
  range?: SeenRange;
}

/** The exact functions of an alloy model. */
export class AlloyPotential implements EamPotential {
  readonly elements: readonly string[];
  readonly cutoff: number;
  private readonly pairs: readonly ScalarFunction[];
  private readonly densities: readonly ScalarFunction[];
  private readonly embeddings: readonly ScalarFunction[];

  constructor(readonly model: AlloyModel) {
    const { elements, core } = model;
    this.elements = elements;
    this.cutoff = model.cutoff;
    const bare = model.density.map((density) => cutOff(density, model));
    this.densities = bare.map((density) => withDensityCore(density, core));
    this.embeddings = model.embedding.map((embedding) => aboveFloor(embedding, model.densityFloor));
    const z = elements.map((symbol) => elementOf(symbol).z);
    this.pairs = pairNames(elements).map(({ a, b }, k) => withPairCore(cutOff(model.pair[k]!, model), bare[b]!, core, z[a]!, z[b]!));
  }

  pair(a: number, b: number): ScalarFunction {
    return this.pairs[pairIndex(a, b, this.elements.length)]!;
  }
  density(_: number, b: number): ScalarFunction {
    return this.densities[b]!;
  }
  embedding(a: number): ScalarFunction {
    return this.embeddings[a]!;
  }
  get referenceEnergies(): Readonly<Record<string, number>> {
    return this.model.referenceEnergies;
  }
}

/** Unordered pairs of elements in the order of `pairIndex`, with names such as Ni-Mo. */
export function pairNames(elements: readonly string[]): { a: number; b: number; name: string }[] {
  const out: { a: number; b: number; name: string }[] = [];
  elements.forEach((one, a) => {
    elements.forEach((other, b) => {
      if (b >= a) out[pairIndex(a, b, elements.length)] = { a, b, name: `${one}-${other}` };
    });
  });
  return out;
}
