import { call, constant, product, variable as x } from '../expression.js';
import type { BasisFamily } from './basis.js';

/** exp(-a (x - 1)), a decaying exponential that is 1 at the length unit (so that its weight is an energy there). */
export const exponentialFamily: BasisFamily = {
  family: 'exponential',
  pattern: 'exp(-x)',
  parse(name, variable) {
    if (name.replaceAll(' ', '') !== `exp(-${variable})`) return undefined;
    return {
      name: `exp(-${variable})`,
      inner: true,
      innerStart: 2,
      innerBounds: [-5, 15],
      evaluate(value, a, derivatives) {
        const f = Math.exp(-a * (value - 1));
        derivatives[0] = -(value - 1) * f;
        derivatives[1] = -a * f;
        return f;
      },
      weightScale: (a) => Math.exp(a),
      innerScale: (unit) => -1 / unit,
      expression: (weight, a, unit) => product(constant(weight * Math.exp(a)), call('exp', product(constant(-a / unit), x))),
    };
  },
};
