import type { AdpPotential } from '../../src/potentials/adp.js';
import type { ScalarFunction } from '../../src/potentials/eam.js';
import { asymmetricAlloy } from '../sampling/sutton-chen.js';

/** a exp(-b r) (1 - r/cutoff)^3 */
function decaying(a: number, b: number, cutoff: number): ScalarFunction {
  return {
    evaluate(r, derivative) {
      const x = Math.max(0, 1 - r / cutoff);
      const value = a * Math.exp(-b * r);
      derivative[0] = value * x * x * (-b * x - 3 / cutoff);
      return value * x ** 3;
    },
  };
}

/** a made-up alloy with dipole and quadrupole functions for each pair of elements, times `strength` */
export function angularAlloy(strength = 1): AdpPotential {
  const alloy = asymmetricAlloy();
  const { cutoff } = alloy;
  const u = [decaying(3, 0.8, cutoff), decaying(-6, 1.1, cutoff), decaying(2, 0.5, cutoff)];
  const w = [decaying(-2, 0.9, cutoff), decaying(1.5, 0.7, cutoff), decaying(4, 1.2, cutoff)];
  const times = (f: ScalarFunction): ScalarFunction => ({
    evaluate(r, derivative) {
      const value = f.evaluate(r, derivative);
      derivative[0]! *= strength;
      return strength * value;
    },
  });
  return { ...alloy, dipole: (a, b) => times(u[a + b]!), quadrupole: (a, b) => times(w[a + b]!) };
}
