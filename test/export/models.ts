import type { ExportModel } from '../../src/export/exportable.js';
import type { AdpPotential } from '../../src/potentials/adp.js';
import type { EamPotential, ScalarFunction } from '../../src/potentials/eam.js';
import { cubic } from '../../src/structures/lattices.js';
import { repeat, type Structure } from '../../src/structures/structure.js';

/** A function with its derivative brought smoothly to zero at the cutoff: times (1 - x)^3 (1 + 3x + 6x^2) over the last `width` Å. */
export function tapered(f: (r: number) => [number, number], cutoff: number, width: number): ScalarFunction {
  return {
    evaluate(r, derivative) {
      if (r >= cutoff) {
        derivative[0] = 0;
        return 0;
      }
      const [value, slope] = f(r);
      const x = (r - cutoff + width) / width;
      if (x <= 0) {
        derivative[0] = slope;
        return value;
      }
      const t = (1 - x) ** 3 * (1 + 3 * x + 6 * x * x);
      derivative[0] = slope * t - (value * 30 * x * x * (1 - x) ** 2) / width;
      return value * t;
    },
  };
}

/** A term shifted to zero at the cutoff, where its slope jumps. */
export function shifted(f: (r: number) => [number, number], cutoff: number): ScalarFunction {
  const atCutoff = f(cutoff)[0];
  return {
    evaluate(r, derivative) {
      const [value, slope] = f(r);
      derivative[0] = r < cutoff ? slope : 0;
      return r < cutoff ? value - atCutoff : 0;
    },
  };
}

function power(c: number, n: number): (r: number) => [number, number] {
  return (r) => [c / r ** n, (-n * c) / r ** (n + 1)];
}

const minusRoot: ScalarFunction = {
  evaluate(rho, derivative) {
    derivative[0] = -0.5 / Math.sqrt(rho);
    return -Math.sqrt(rho);
  },
};

/**
 * Sutton-Chen copper, phi = 1289.3050/r^9, rho = 527.6214/r^6, F = -sqrt(rho) (the constants with which a symbolic-regression
 * study of copper used it: E = sum of pairs + sum of F), with the cutoff of that study, 8 Å.
 */
export function suttonChen(style: 'shift' | 'taper'): EamPotential {
  const cut = (f: (r: number) => [number, number]) => (style === 'shift' ? shifted(f, 8) : tapered(f, 8, 1));
  const pair = cut(power(1289.305, 9));
  const density = cut(power(527.6214, 6));
  return { elements: ['Cu'], cutoff: 8, pair: () => pair, density: () => density, embedding: () => minusRoot };
}

/** A toy Finnis-Sinclair potential of two elements whose densities differ for every ordered pair, with F smooth at zero. */
export function toyAlloy(): EamPotential {
  const cutoff = 5.5;
  const exponential = (c: number, k: number) => tapered((r) => [c * Math.exp(-k * r), -k * c * Math.exp(-k * r)], cutoff, 1.5);
  const pairs = [exponential(2000, 3.1), exponential(3000, 3.2), exponential(4500, 3.25)];
  // [site][neighbour]
  const densities = [
    [exponential(20, 1.4), exponential(35, 1.55)],
    [exponential(15, 1.3), exponential(28, 1.45)],
  ];
  const embedding = [-1.5, -2.2].map(
    (c): ScalarFunction => ({
      evaluate(rho, derivative) {
        derivative[0] = (0.5 * c) / Math.sqrt(rho + 0.3);
        return c * (Math.sqrt(rho + 0.3) - Math.sqrt(0.3));
      },
    }),
  );
  return {
    elements: ['Ni', 'Al'],
    cutoff,
    pair: (a, b) => pairs[a + b]!,
    density: (a, b) => densities[a]![b]!,
    embedding: (a) => embedding[a]!,
  };
}

/** A toy alloy whose densities are the same at all sites. */
export function toyAlloyOfOneDensity(): EamPotential {
  const alloy = toyAlloy();
  const densities = [alloy.density(0, 0), alloy.density(1, 1)];
  return { ...alloy, density: (_, b) => densities[b]! };
}

/** The same with dipole and quadrupole functions of Mishin's form, (d1 exp(-d2 r) + d3) x^4/(1 + x^4), x = (r - cutoff)/h. */
export function toyAdp(): AdpPotential {
  const alloy = toyAlloyOfOneDensity();
  const mishin = (d1: number, d2: number, d3: number, h: number): ScalarFunction => ({
    evaluate(r, derivative) {
      const x = Math.min(0, (r - alloy.cutoff) / h);
      const psi = x ** 4 / (1 + x ** 4);
      const value = d1 * Math.exp(-d2 * r) + d3;
      derivative[0] = -d2 * d1 * Math.exp(-d2 * r) * psi + (value * 4 * x ** 3) / (1 + x ** 4) ** 2 / h;
      return value * psi;
    },
  });
  const dipole = [mishin(5, 1.2, 0.01, 1.5), mishin(-8, 1.4, 0.02, 1.2), mishin(3, 0.9, -0.03, 0.9)];
  const quadrupole = [mishin(-3, 1.1, 0.005, 1.1), mishin(4, 1.3, -0.01, 1.4), mishin(6, 1.5, 0.004, 1)];
  return { ...alloy, dipole: (a, b) => dipole[a + b]!, quadrupole: (a, b) => quadrupole[a + b]! };
}

/** A model around a potential. */
export function modelOf(potential: EamPotential, rMin: number, rhoMax: number): ExportModel {
  return { potential, title: 'test potential', citation: 'nobody (2000)', date: '2000-01-01', rMin, rhoMax };
}

/** A disordered fcc alloy of 32 atoms. */
export function wobbly(symbols: readonly string[], a0 = 3.7): Structure {
  const structure = repeat(cubic('fcc', 'Cu', a0), [2, 2, 2]);
  const positions = structure.positions.map((x, k) => x + 0.15 * Math.sin(7 * k + 1));
  return { ...structure, positions, species: structure.species.map((_, i) => symbols[i % symbols.length]!) };
}
