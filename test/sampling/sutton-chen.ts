import { builtinModel } from '../../src/potentials/builtin.js';
import type { EamPotential } from '../../src/potentials/eam.js';
import { EquationPotential } from '../../src/potentials/equation-potential.js';
import { cubic } from '../../src/structures/lattices.js';
import { repeat, type Structure } from '../../src/structures/structure.js';

/** Sutton-Chen copper, equation 1 of the SR1/SR2 paper */
export const suttonChen = (cutoff = 6): EamPotential => new EquationPotential(builtinModel('sutton-chen-cu', { cutoff }));

/** an alloy of two made-up elements in which each density depends on both, as Finnis-Sinclair forms allow */
export function asymmetricAlloy(): EamPotential {
  const cutoff = 5;
  const power = (scale: number, p: number) => ({
    evaluate(r: number, derivative: Float64Array) {
      const x = r >= cutoff ? 0 : (1 - r / cutoff) ** 2;
      const dx = r >= cutoff ? 0 : (-2 / cutoff) * (1 - r / cutoff);
      const f = scale * (2.5 / r) ** p;
      derivative[0] = f * dx - ((p * f) / r) * x;
      return f * x;
    },
  });
  return {
    elements: ['Cu', 'Ag'],
    cutoff,
    pair: (a, b) => power(1 + a + b, 9),
    density: (a, b) => power(1 + 2 * a + 5 * b, 5 + a),
    embedding: (a) => ({
      evaluate(rho, derivative) {
        derivative[0] = -(1 + a) / (2 * Math.sqrt(rho));
        return -(1 + a) * Math.sqrt(rho);
      },
    }),
  };
}

export const copper = (counts: readonly [number, number, number] = [2, 2, 2]): Structure => repeat(cubic('fcc', 'Cu', 3.61), counts);
