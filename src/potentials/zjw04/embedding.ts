import type { ParametricFunction } from './parametric.js';

/** Names of the parameters of an embedding function, in the order of its indices. */
export const EMBEDDING_PARAMETERS = ['rho_e', 'rho_s', 'Fn1', 'Fn2', 'Fn3', 'F0', 'F1', 'F2', 'F3', 'eta', 'Fe'] as const;

/** Ends of the middle branch over rho_e. */
const LOW = 0.85;
const HIGH = 1.15;
/** Rate of the switches between the branches (equations 20 and 21), per unit of density. */
const SWITCH = 2;

/**
 * Equations 19 to 22: three branches joined by smooth switches, counted from zero density. F_n0 is not a parameter: it is F_n1 - F_n2 + F_n3, so that the
 * lowest branch is zero for an atom without neighbours, as in the published potentials; of the middle one a share is left there, which is taken off.
 */
export function embedding(parameters: readonly number[]): ParametricFunction {
  const [rhoE, rhoS, n1, n2, n3, f0, f1, f2, f3, eta, fe] = parameters as readonly [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  // share of the middle branch at zero density, and its derivative along rho_e
  let share = { e: Number.NaN, value: 0, slope: 0 };
  const shareOf = (e: number): typeof share => {
    const c1 = 1 / (1 + Math.exp(-SWITCH * LOW * e));
    const c3 = 1 / (1 + Math.exp(SWITCH * HIGH * e));
    return { e, value: 1 - c1 - c3, slope: SWITCH * (HIGH * c3 * (1 - c3) - LOW * c1 * (1 - c1)) };
  };
  return {
    parameters,
    evaluate(rho, p, out) {
      const e = p[rhoE]!;
      if (e !== share.e) share = shareOf(e);
      const left = p[f0]! - p[f1]! + p[f2]! - p[f3]!;
      const [low, high] = [LOW * e, HIGH * e];
      const c1 = 1 / (1 + Math.exp(SWITCH * (rho - low)));
      const c3 = 1 / (1 + Math.exp(SWITCH * (high - rho)));
      const c2 = 1 - c1 - c3;
      const slope1 = -SWITCH * c1 * (1 - c1);
      const slope3 = SWITCH * c3 * (1 - c3);
      const x = rho / low - 1;
      const lowest = p[n1]! * (x + 1) + p[n2]! * (x * x - 1) + p[n3]! * (x * x * x + 1);
      const lowestByX = p[n1]! + x * (2 * p[n2]! + 3 * x * p[n3]!);
      const y = rho / e - 1;
      const middle = p[f0]! + y * (p[f1]! + y * (p[f2]! + y * p[f3]!));
      const middleByY = p[f1]! + y * (2 * p[f2]! + 3 * y * p[f3]!);
      // at zero the limit for a positive eta
      const z = rho / p[rhoS]!;
      const power = z > 0 ? z ** p[eta]! : 0;
      const log = z > 0 ? Math.log(z) : 0;
      const bracket = 1 - p[eta]! * log;
      const highest = p[fe]! * bracket * power;
      // d/dz of (1 - eta ln z) z^eta is -eta^2 ln z z^(eta - 1)
      const highestByLogZ = -p[fe]! * p[eta]! ** 2 * log * power;
      const bySwitch = slope1 * (lowest - middle) + slope3 * (highest - middle);
      out[0] = bySwitch + (c1 * lowestByX) / low + (c2 * middleByY) / e + (rho > 0 ? (c3 * highestByLogZ) / rho : 0);
      // the switches move with rho_e
      out[1] =
        -LOW * slope1 * (lowest - middle) -
        HIGH * slope3 * (highest - middle) -
        (c1 * lowestByX * (x + 1)) / e -
        (c2 * middleByY * (y + 1)) / e -
        share.slope * left;
      out[2] = (-c3 * highestByLogZ) / p[rhoS]!;
      out[3] = c1 * (x + 1);
      out[4] = c1 * (x * x - 1);
      out[5] = c1 * (x * x * x + 1);
      out[6] = c2 - share.value;
      out[7] = c2 * y + share.value;
      out[8] = c2 * y * y - share.value;
      out[9] = c2 * y * y * y + share.value;
      out[10] = c3 * p[fe]! * power * (log * bracket - log);
      out[11] = c3 * bracket * power;
      return c1 * lowest + c2 * middle + c3 * highest - share.value * left;
    },
  };
}
