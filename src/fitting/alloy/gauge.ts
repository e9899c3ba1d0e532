import { exponentOf } from '../../expressions/basis/power.js';
import { AlloyForm } from './form.js';

/** How a point is brought to the gauge that is printed. */
interface AlloyGauge {
  /** what all densities are multiplied by */
  scale: number;
  /** of the embedding terms, by term; undefined where they are not all powers, and nothing is scaled */
  exponents: readonly number[] | undefined;
  /** index of the weight that becomes one in size; -1 without */
  anchor: number;
}

/** A form with parameters in a fixed gauge. */
export interface GaugedAlloy {
  form: AlloyForm;
  parameters: Float64Array;
  scale: number;
}

/**
 * The energy does not change when the densities of all elements are scaled and all embedding functions rescaled with them. The scale is chosen so that the
 * first term of the first element's embedding function has the coefficient 1 in size, as in `fixGauge`. Embedding terms that are no powers
 * leave everything as it is.
 */
export function alloyGauge(form: AlloyForm, p: ArrayLike<number>): AlloyGauge {
  const exponents = form.settings.embedding.flatMap((name) => exponentOf(name, 'rho') ?? []);
  const { weights } = form.functions.find(({ kind }) => kind === 'embedding')!;
  const term = weights.findIndex((weight) => p[weight] !== 0);
  if (term < 0 || exponents.length < weights.length) return { scale: 1, exponents: undefined, anchor: -1 };
  // c rho^e = c scale^-e (scale rho)^e
  return { scale: Math.abs(p[weights[term]!]!) ** (1 / exponents[term]!), exponents, anchor: weights[term]! };
}

/** The point in that gauge. */
export function fixAlloyGauge(form: AlloyForm, parameters: ArrayLike<number>): GaugedAlloy {
  const p = Float64Array.from(parameters);
  const { scale, exponents, anchor } = alloyGauge(form, p);
  if (!exponents) return { form, parameters: p, scale };
  for (const { kind, weights } of form.functions) {
    if (kind === 'density') for (const q of weights) p[q]! *= scale;
    if (kind === 'embedding')
      weights.forEach((q, term) => {
        p[q]! *= scale ** -exponents[term]!;
      });
  }
  // exactly one in size, whatever the rounding
  p[anchor] = Math.sign(p[anchor]!);
  return { form: new AlloyForm({ ...form.settings, densityFloor: form.settings.densityFloor * scale }), parameters: p, scale };
}
