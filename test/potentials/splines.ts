import type { SplineKnots } from '../../src/math/cubic-spline.js';
import type { RandomStream } from '../../src/math/random.js';
import type { SMeamFunctions, SMeamModel } from '../../src/potentials/s-meam.js';
import type { Structure } from '../../src/structures/structure.js';

/** Which functions a potential has besides phi. */
export type Terms = 'phi' | 'phi rho' | 'phi f' | 'all';

/** A spline potential with random knots; grids differ from function to function, and some end before the cutoff. */
export function randomSMeam(elements: readonly string[], terms: Terms, random: RandomStream, cutoff = 4.5): SMeamModel {
  const n = elements.length;
  const spline = (first: number, last: number, count: number, ends: boolean): SplineKnots => {
    const values = Float64Array.from({ length: count }, () => random.normal());
    if (ends) values[count - 1] = 0;
    return { first, last, values, slopes: [random.normal(), ends ? 0 : random.normal()] };
  };
  const list = (count: number, make: () => SplineKnots) => Array.from({ length: count }, make);
  const pairs = (n * (n + 1)) / 2;
  const [rho, f] = [terms === 'phi rho' || terms === 'all', terms === 'phi f' || terms === 'all'];
  const functions: SMeamFunctions<SplineKnots> = {
    phi: list(pairs, () => spline(1.7, cutoff, 7, true)),
    rho: rho ? list(n, () => spline(1.9, cutoff - 0.4, 6, true)) : [],
    u: rho || f ? list(n, () => spline(-1, 1, 5, false)) : [],
    f: f ? list(n, () => spline(2, cutoff - 0.2, 5, true)) : [],
    g: f ? list(pairs, () => spline(-1, 1, 6, false)) : [],
  };
  return { title: 'random splines', elements, functions, core: { kind: 'none' }, referenceEnergies: {}, citation: 'none' };
}

/** A few atoms in a skewed periodic cell, none closer than 1.6 Å to another. */
export function smallStructure(elements: readonly string[], n: number, random: RandomStream): Structure {
  const a = 2.6 * Math.cbrt(n);
  const cell = Float64Array.of(a, 0.2, -0.1, 0.3, 1.05 * a, 0.2, -0.2, 0.1, 0.98 * a);
  for (;;) {
    const positions = Float64Array.from({ length: 3 * n }, () => random.range(0, a));
    let closest = Infinity;
    for (let i = 0; i < n; i++)
      for (let j = i + 1; j < n; j++)
        for (let s = 0; s < 27; s++) {
          const shift = [(s % 3) - 1, (Math.floor(s / 3) % 3) - 1, Math.floor(s / 9) - 1];
          let square = 0;
          for (let d = 0; d < 3; d++)
            square +=
              (positions[3 * i + d]! -
                positions[3 * j + d]! +
                shift[0]! * cell[d]! +
                shift[1]! * cell[3 + d]! +
                shift[2]! * cell[6 + d]!) **
              2;
          closest = Math.min(closest, square);
        }
    if (closest > 1.6 ** 2)
      return { cell, pbc: [true, true, true], species: Array.from({ length: n }, (_, i) => elements[i % elements.length]!), positions };
  }
}
