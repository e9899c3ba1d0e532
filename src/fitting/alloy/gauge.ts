import { exponentOf } from '../../expressions/basis/power.js';
import { AlloyForm } from './form.js';

/** A form with parameters in a fixed gauge. */
export interface GaugedAlloy {
  form: AlloyForm;
  parameters: Float64Array;
  /** what all densities were multiplied by */
  scale: number;
}

/**
 * The energy does not change when the densities of all elements are scaled and all embedding functions rescaled with them. The scale is chosen so that the
 * first term of the first element's embedding function has the coefficient 1 in size, as in `fixGauge`. Embedding terms that are no powers
 * leave everything as it is.
 */
export function fixAlloyGauge(form: AlloyForm, parameters: Float64Array): GaugedAlloy {
  const p = parameters.slice();
  const exponents = form.settings.embedding.map((name) => exponentOf(name, 'rho'));
  const embeddings = form.functions.filter(({ kind }) => kind === 'embedding');
  const anchor = embeddings[0]!.weights.findIndex((weight) => p[weight] !== 0);
  if (anchor < 0 || exponents.some((exponent) => exponent === undefined)) return { form, parameters: p, scale: 1 };
  const weight = embeddings[0]!.weights[anchor]!;
  // c rho^e = c scale^-e (scale rho)^e
  const scale = Math.abs(p[weight]!) ** (1 / exponents[anchor]!);
  for (const { kind, weights } of form.functions) {
    if (kind === 'density') for (const q of weights) p[q]! *= scale;
    if (kind === 'embedding')
      weights.forEach((q, term) => {
        p[q]! *= scale ** -exponents[term]!;
      });
  }
  // exactly one in size, whatever the rounding
  p[weight] = Math.sign(p[weight]!);
  return { form: new AlloyForm({ ...form.settings, densityFloor: form.settings.densityFloor * scale }), parameters: p, scale };
}
