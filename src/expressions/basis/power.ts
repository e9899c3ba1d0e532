import { constant, power, product, variable as x } from '../expression.js';
import type { BasisFamily } from './basis.js';

/** x^n: `r^-6`, `rho^0.5`, `rho`, `1/r^9`, `sqrt(rho)`. An inner factor would only rescale the weight, so there is none. */
export const powerFamily: BasisFamily = {
  family: 'power',
  pattern: 'x^n',
  parse(name, variable) {
    const exponent = exponentOf(name.replaceAll(' ', ''), variable);
    if (exponent === undefined) return undefined;
    return {
      name: exponent === 1 ? variable : `${variable}^${exponent}`,
      inner: false,
      innerStart: 0,
      innerBounds: [0, 0],
      evaluate(value, _a, derivatives) {
        derivatives[0] = 0;
        derivatives[1] = exponent * value ** (exponent - 1);
        return value ** exponent;
      },
      weightScale: (_a, unit) => unit ** -exponent,
      innerScale: () => 1,
      expression: (weight, _a, unit) => product(constant(weight * unit ** -exponent), power(x, exponent)),
    };
  },
};

/** The exponent of a power written in one of the accepted ways. */
export function exponentOf(name: string, variable: string): number | undefined {
  if (name === variable) return 1;
  if (name === `sqrt(${variable})`) return 0.5;
  if (name === `1/${variable}`) return -1;
  const match = /^(1\/)?([a-z]+)(?:\^|\*\*)\(?([-+]?\d*\.?\d+)\)?$/.exec(name);
  if (!match || match[2] !== variable) return undefined;
  return (match[1] ? -1 : 1) * Number(match[3]);
}
