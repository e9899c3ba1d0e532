import { call, constant, product, sum, variable as x } from '../expression.js';
import type { BasisFamily } from './basis.js';

/** x log x, the classic embedding term of Johnson and of the Rose equation. */
export const logarithmFamily: BasisFamily = {
  family: 'logarithm',
  pattern: 'x*log(x)',
  parse(name, variable) {
    if (name.replaceAll(' ', '') !== `${variable}*log(${variable})`) return undefined;
    return {
      name: `${variable}*log(${variable})`,
      inner: false,
      innerStart: 0,
      innerBounds: [0, 0],
      evaluate(value, _a, derivatives) {
        derivatives[0] = 0;
        derivatives[1] = Math.log(value) + 1;
        return value === 0 ? 0 : value * Math.log(value);
      },
      weightScale: (_a, unit) => 1 / unit,
      innerScale: () => 1,
      expression: (weight, _a, unit) =>
        product(constant(weight / unit), x, sum(call('log', x), ...(unit === 1 ? [] : [constant(-Math.log(unit))]))),
    };
  },
};
