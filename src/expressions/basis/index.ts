import { InputError } from '../../errors.js';
import type { BasisFamily, BasisFunction } from './basis.js';
import { exponentialFamily } from './exponential.js';
import { gaussianFamily } from './gaussian.js';
import { logarithmFamily } from './logarithm.js';
import { powerFamily } from './power.js';

export type { BasisFamily, BasisFunction } from './basis.js';

/** Every family of basis functions. A new one is a file here and a line in this list. */
export const BASIS_FAMILIES: readonly BasisFamily[] = [powerFamily, exponentialFamily, gaussianFamily, logarithmFamily];

/**
 * The basis function of a name such as `r^-6` or `exp(-r)`.
 * @throws InputError that lists what can be written
 */
export function basisFunction(name: string, variable: string): BasisFunction {
  for (const family of BASIS_FAMILIES) {
    const found = family.parse(name, variable);
    if (found) return found;
  }
  const patterns = BASIS_FAMILIES.map((family) => family.pattern.replaceAll('x', variable).replace(`e${variable}p`, 'exp'));
  throw new InputError(`"${name}" is not a basis function of ${variable}`, {}, { hint: `write one of: ${patterns.join(', ')}` });
}

/** Basis functions of the paper's Table 5, and its embedding terms for SR2. */
export const PAPER_BASIS = {
  pair: ['exp(-r)', 'r^-1', 'r^-6', 'r^-7', 'r^-8', 'r^-9', 'r^-10', 'r^-12', 'r^-14'],
  density: ['exp(-r)', 'r^-1', 'r^-5', 'r^-6', 'r^-7', 'r^-8'],
  embedding: ['rho^0.5', 'rho', 'rho^2', 'rho^3', 'rho^4'],
} as const;
