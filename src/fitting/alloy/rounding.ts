import { COORDINATION } from '../equation-network.js';
import { alloyGauge } from './gauge.js';
import type { AlloyObjective } from './objective.js';

/** What rounding all constants together may cost, as a part of the loss. */
const ALLOWED = 1e-3;
const MAX_DIGITS = 12;

/**
 * The point with the printed constants rounded. With an error d of a constant the loss rises by d^2/2 times its curvature, which may be no more than its share
 * of a thousandth of the loss; where constants that hang together make it more, all get a digit more. The others are not refitted, which costs one or
 * two digits and saves a fit on all data for each of the many constants of an alloy.
 */
export function roundAlloy(objective: AlloyObjective, parameters: Float64Array): Float64Array {
  const { form } = objective;
  const n = objective.size;
  const gradient = new Float64Array(n);
  const hessian = new Float64Array(n * n);
  const loss = objective.linearise(parameters, gradient, hessian);
  const active = form.active(parameters);
  const { scale, exponents, anchor } = alloyGauge(form, parameters);
  const count = active.reduce((sum, on) => sum + on, 0);
  const digitsOf = (exact: number, factor: number, curvature: number): number => {
    const tolerated = Math.sqrt((2 * loss * ALLOWED) / count / Math.max(curvature, 1e-16)) * Math.abs(factor);
    const magnitude = Math.floor(Math.log10(Math.abs(exact))) + 1;
    return Math.max(2, magnitude - Math.floor(Math.log10(2 * tolerated)));
  };
  for (let more = 0; more <= MAX_DIGITS; more++) {
    const p = parameters.slice();
    const round = (q: number, factor: number): void => {
      if (!active[q] || q === anchor) return;
      const exact = parameters[q]! * factor;
      p[q] = Number(exact.toPrecision(Math.min(MAX_DIGITS, more + digitsOf(exact, factor, hessian[q * n + q]!)))) / factor;
    };
    for (const { kind, weights, inner, basis, unit } of form.functions) {
      // prefactors of exponentials depend on the exponent
      inner.forEach((q, term) => {
        if (q >= 0) round(q, basis[term]!.innerScale(unit));
      });
      weights.forEach((q, term) => {
        const a = inner[term]! < 0 ? 0 : p[inner[term]!]!;
        const own = basis[term]!.weightScale(a, unit);
        const factor = own * (kind === 'density' ? scale / COORDINATION : kind === 'embedding' ? scale ** -(exponents?.[term] ?? 0) : 1);
        round(q, factor);
      });
    }
    if (objective.loss(p) <= loss * (1 + 2 * ALLOWED)) return p;
  }
  return parameters;
}
