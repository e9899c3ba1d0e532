import { InputError } from '../errors.js';
import type { EamPotential, ScalarFunction } from './eam.js';
import { pairIndex, type SMeamPotential } from './s-meam.js';

/** Å; where the sign of a density is looked at */
const STEP = 0.01;
/** of densities, for rounding next to the cutoff */
const NEGATIVE = -1e-9;
const slope = new Float64Array(1);

/**
 * A spline potential without three-body terms as functions of the embedded-atom method, which LAMMPS runs several times as fast from
 * tables as from splines: pair_style meam/spline goes through all triplets even where f and g are zero. Densities that are negative
 * everywhere change their sign, and U its argument.
 * @throws InputError for three-body terms, and for densities of both signs: the tables of LAMMPS begin at density zero
 */
export function twoBodyEam(potential: SMeamPotential): EamPotential {
  const { elements, cutoff, functions, core } = potential;
  const n = elements.length;
  const hint = { hint: 'export it as meam/spline, without --format' };
  if (functions.f.length > 0) throw new InputError('the potential has three-body terms, which tables of eam cannot hold', {}, hint);
  const sign = functions.rho.some((rho) => rho.evaluate(0.5 * cutoff, slope) < 0) ? -1 : 1;
  functions.rho.forEach((rho, e) => {
    for (let r = STEP; r < cutoff; r += STEP)
      if (sign * rho.evaluate(r, slope) < NEGATIVE)
        throw new InputError(
          `the density of ${elements[e]} has both signs (it changes at ${r.toFixed(2)} Å), and tables of eam begin at density zero`,
          {},
          hint,
        );
  });
  return {
    elements,
    cutoff,
    pair: (a, b) => sum(functions.phi[pairIndex(a, b, n)]!, core?.[pairIndex(a, b, n)]),
    density: (_, b) => (functions.rho[b] ? scaled(functions.rho[b], sign) : fading(cutoff)),
    embedding: (a) => (functions.u[a] ? fromZero(functions.u[a], sign) : NOTHING),
  };
}

const NOTHING: ScalarFunction = {
  evaluate(_, derivative) {
    derivative[0] = 0;
    return 0;
  },
};

/** A density for potentials that have none: tables need one that is not zero everywhere, and F is zero. */
function fading(cutoff: number): ScalarFunction {
  return {
    evaluate(r, derivative) {
      const x = Math.max(0, 1 - r / cutoff);
      derivative[0] = (-4 * x ** 3) / cutoff;
      return x ** 4;
    },
  };
}

function sum(one: ScalarFunction, other: ScalarFunction | undefined): ScalarFunction {
  if (!other) return one;
  return {
    evaluate(r, derivative) {
      const value = other.evaluate(r, derivative);
      const first = derivative[0]!;
      const total = value + one.evaluate(r, derivative);
      derivative[0]! += first;
      return total;
    },
  };
}

function scaled(f: ScalarFunction, factor: number): ScalarFunction {
  return {
    evaluate(r, derivative) {
      const value = factor * f.evaluate(r, derivative);
      derivative[0]! *= factor;
      return value;
    },
  };
}

/** x -> U(sign x) - U(0), as the energy counts from free atoms */
function fromZero(u: ScalarFunction, sign: number): ScalarFunction {
  const zero = u.evaluate(0, slope);
  return {
    evaluate(x, derivative) {
      const value = u.evaluate(sign * x, derivative) - zero;
      derivative[0]! *= sign;
      return value;
    },
  };
}
