import type { ParametricFunction } from './parametric.js';

/** Parameters of one term of equation 16: length, amplitude, rate of the decay, and where it is cut off. */
export type ScreenedIndices = readonly [re: number, amplitude: number, rate: number, shift: number];

/**
 * amplitude exp[-rate (r/re - 1)] / [1 + (r/re - shift)^20]: the density and half of the pair energy (X. Chen et al., equations 15 and 16,
 * after X. W. Zhou et al., Phys. Rev. B 69, 144113 (2004)).
 * @param out slope, then derivatives along re, amplitude, rate and shift
 */
export function screenedExponential(
  r: number,
  p: ArrayLike<number>,
  [re, amplitude, rate, shift]: ScreenedIndices,
  out: Float64Array,
): number {
  const x = r / p[re]!;
  const d = x - p[shift]!;
  const d19 = d ** 19;
  const below = 1 / (1 + d19 * d);
  const decay = Math.exp(-p[rate]! * (x - 1)) * below;
  const value = p[amplitude]! * decay;
  const screening = 20 * d19 * below;
  const byX = -value * (p[rate]! + screening);
  out[0] = byX / p[re]!;
  out[1] = (-byX * x) / p[re]!;
  out[2] = decay;
  out[3] = -value * (x - 1);
  out[4] = value * screening;
  return value;
}

/** Equation 15. */
export function density(indices: ScreenedIndices): ParametricFunction {
  return { parameters: indices, evaluate: (r, p, out) => screenedExponential(r, p, indices, out) };
}

/** Equation 16: a repulsive term less an attractive one of the same length. */
export function pairEnergy(repulsive: ScreenedIndices, attractive: ScreenedIndices): ParametricFunction {
  const scratch = new Float64Array(5);
  return {
    parameters: [...repulsive, ...attractive.slice(1)],
    evaluate(r, p, out) {
      const value = screenedExponential(r, p, repulsive, out);
      const other = screenedExponential(r, p, attractive, scratch);
      out[0]! -= scratch[0]!;
      out[1]! -= scratch[1]!;
      for (let k = 2; k < 5; k++) out[3 + k] = -scratch[k]!;
      return value - other;
    },
  };
}

/** Equation 17: half of (rho_b/rho_a) phi_aa + (rho_a/rho_b) phi_bb. */
export function mixedPairEnergy(
  a: { density: ParametricFunction; pair: ParametricFunction },
  b: { density: ParametricFunction; pair: ParametricFunction },
): ParametricFunction {
  const parts = [a.density, a.pair, b.density, b.pair] as const;
  const parameters = [...new Set(parts.flatMap((part) => part.parameters))];
  const columns = parts.map((part) => part.parameters.map((q) => parameters.indexOf(q)));
  const scratch = parts.map((part) => new Float64Array(1 + part.parameters.length));
  return {
    parameters,
    evaluate(r, p, out) {
      const [rhoA, phiA, rhoB, phiB] = parts.map((part, k) => part.evaluate(r, p, scratch[k]!)) as [number, number, number, number];
      // derivatives along the four values
      const factors = [
        0.5 * (phiB / rhoB - (rhoB / rhoA ** 2) * phiA),
        (0.5 * rhoB) / rhoA,
        0.5 * (phiA / rhoA - (rhoA / rhoB ** 2) * phiB),
        (0.5 * rhoA) / rhoB,
      ];
      out.fill(0, 0, 1 + parameters.length);
      for (let k = 0; k < 4; k++) {
        out[0]! += factors[k]! * scratch[k]![0]!;
        for (const [c, column] of columns[k]!.entries()) out[1 + column]! += factors[k]! * scratch[k]![1 + c]!;
      }
      return factors[1]! * phiA + factors[3]! * phiB;
    },
  };
}

/** Parameters of a dipole or quadrupole function: strength, rate (1/Å), offset, end (Å), width (Å). */
export type AngularIndices = readonly [strength: number, rate: number, offset: number, end: number, width: number];

/** Equations 23 to 25: [d1 exp(-d2 r) + d3] psi((r - r0) / h) with psi(x) = x^4 / (1 + x^4) below zero, and zero above. */
export function angular(indices: AngularIndices): ParametricFunction {
  const [strength, rate, offset, end, width] = indices;
  return {
    parameters: indices,
    evaluate(r, p, out) {
      const x = (r - p[end]!) / p[width]!;
      if (x >= 0) {
        out.fill(0, 0, 6);
        return 0;
      }
      const x3 = x * x * x;
      const psi = (x3 * x) / (1 + x3 * x);
      const psiByX = (4 * x3) / (1 + x3 * x) ** 2;
      const decay = Math.exp(-p[rate]! * r);
      const strengthAt = p[strength]! * decay;
      const sum = strengthAt + p[offset]!;
      const byEnd = (-sum * psiByX) / p[width]!;
      out[0] = -p[rate]! * strengthAt * psi - byEnd;
      out[1] = decay * psi;
      out[2] = -r * strengthAt * psi;
      out[3] = psi;
      out[4] = byEnd;
      out[5] = byEnd * x;
      return sum * psi;
    },
  };
}

/** The function times a taper; both become zero at the cutoff. */
export function tapered(f: ParametricFunction, taper: (r: number, slope: Float64Array) => number, cutoff: number): ParametricFunction {
  const slope = new Float64Array(1);
  return {
    parameters: f.parameters,
    evaluate(r, p, out) {
      if (r >= cutoff) {
        out.fill(0, 0, 1 + f.parameters.length);
        return 0;
      }
      const factor = taper(r, slope);
      const value = f.evaluate(r, p, out);
      for (let k = 0; k <= f.parameters.length; k++) out[k]! *= factor;
      out[0]! += value * slope[0]!;
      return value * factor;
    },
  };
}
