import { elementOf } from '../../structures/elements.js';
import type { AdpPotential } from '../adp.js';
import { type Core, withDensityCore, withPairCore } from '../core.js';
import type { EamPotential, ScalarFunction } from '../eam.js';
import { pairIndex } from '../s-meam.js';
import type { SeenRange } from '../seen-range.js';
import { Zjw04Form, type Zjw04Settings } from './form.js';
import type { ParametricFunction } from './parametric.js';

/** A Zjw04 potential with everything that defines its energy. */
export interface Zjw04Model extends Zjw04Settings {
  title: string;
  /** in the order of `Zjw04Form.parameters` */
  parameters: Float64Array;
  core: Core;
  /** energy of the free atom on the scale of the data, eV/atom, per element; empty when unknown */
  referenceEnergies: Readonly<Record<string, number>>;
  /** where it was published or made */
  citation: string;
  /** distances and densities met in the data; undefined for published potentials */
  range?: SeenRange;
}

/** The functions of a Zjw04 potential without angular terms. */
export class Zjw04Potential implements EamPotential {
  readonly elements: readonly string[];
  readonly cutoff: number;
  protected readonly form: Zjw04Form;
  private readonly pairs: readonly ScalarFunction[];
  private readonly densities: readonly ScalarFunction[];
  private readonly embeddings: readonly ScalarFunction[];

  constructor(readonly model: Zjw04Model) {
    const { elements, cutoff, core } = model;
    this.elements = elements;
    this.cutoff = cutoff;
    this.form = new Zjw04Form(model);
    const bare = this.form.density.map((f) => this.scalar(f));
    this.densities = bare.map((f) => withDensityCore(f, core));
    const z = elements.map((symbol) => elementOf(symbol).z);
    const pairs: ScalarFunction[] = [];
    for (let a = 0; a < z.length; a++)
      for (let b = a; b < z.length; b++) {
        const k = pairIndex(a, b, z.length);
        pairs[k] = withPairCore(this.scalar(this.form.pair[k]!), bare[b]!, core, z[a]!, z[b]!);
      }
    this.pairs = pairs;
    this.embeddings = this.form.embedding.map((f) => this.scalar(f));
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

  /** A function at the parameters of the model. */
  protected scalar(f: ParametricFunction): ScalarFunction {
    const { parameters } = this.model;
    const out = new Float64Array(1 + f.parameters.length);
    return {
      evaluate(x, derivative) {
        const value = f.evaluate(x, parameters, out);
        derivative[0] = out[0]!;
        return value;
      },
    };
  }
}

/** The same with dipole and quadrupole functions. */
class Zjw04AdpPotential extends Zjw04Potential implements AdpPotential {
  private readonly dipoles = this.form.dipole.map((f) => this.scalar(f));
  private readonly quadrupoles = this.form.quadrupole.map((f) => this.scalar(f));

  dipole(a: number, b: number): ScalarFunction {
    return this.dipoles[pairIndex(a, b, this.elements.length)]!;
  }
  quadrupole(a: number, b: number): ScalarFunction {
    return this.quadrupoles[pairIndex(a, b, this.elements.length)]!;
  }
}

/** The functions of a model, with angular terms where it has them. */
export function zjw04Potential(model: Zjw04Model): Zjw04Potential {
  return model.kind === 'adp' ? new Zjw04AdpPotential(model) : new Zjw04Potential(model);
}
