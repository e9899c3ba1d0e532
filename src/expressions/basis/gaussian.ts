import { call, constant, power, product, variable as x } from '../expression.js';
import type { BasisFamily } from './basis.js';

/** exp(-a (x^2 - 1)), a Gaussian centred at the origin, 1 at the length unit. */
export const gaussianFamily: BasisFamily = {
  family: 'gaussian',
  pattern: 'exp(-x^2)',
  parse(name, variable) {
    if (name.replaceAll(' ', '') !== `exp(-${variable}^2)`) return undefined;
    return {
      name: `exp(-${variable}^2)`,
      inner: true,
      innerStart: 1,
      innerBounds: [-2, 8],
      evaluate(value, a, derivatives) {
        const q = value * value - 1;
        const f = Math.exp(-a * q);
        derivatives[0] = -q * f;
        derivatives[1] = -2 * a * value * f;
        return f;
      },
      weightScale: (a) => Math.exp(a),
      innerScale: (unit) => -1 / (unit * unit),
      expression: (weight, a, unit) =>
        product(constant(weight * Math.exp(a)), call('exp', product(constant(-a / (unit * unit)), power(x, 2)))),
    };
  },
};
