import { EquationNetwork, type EquationNetworkSettings } from '../../src/fitting/equation-network.js';
import type { SubNetwork } from '../../src/fitting/subnetwork.js';
import type { RandomStream } from '../../src/math/random.js';

/** A network small enough to be differentiated by hand, with inner parameters in both radial parts. */
export const SMALL: EquationNetworkSettings = {
  pair: { basis: ['exp(-r)', 'r^-6', 'r^-9'] },
  density: { basis: ['exp(-r)', 'r^-6'] },
  embedding: { basis: ['rho^0.5', 'rho', 'rho^2'] },
  cutoff: 4.2,
  cutoffStyle: 'quintic',
  taperWidth: 1.6,
  lengthUnit: 2.5,
  densityFloor: 0.02,
};

/** The same with a second layer in the pair part, as SR1 has it. */
export const OUTER: EquationNetworkSettings = { ...SMALL, pair: { basis: ['exp(-r)', 'r^-1', 'r^-6'], outer: ['exp'] } };

/** The same with an embedding that is no sum of powers of sqrt(rho). */
export const LOGARITHM: EquationNetworkSettings = { ...SMALL, embedding: { basis: ['rho^0.5', 'rho*log(rho)', 'exp(-rho)'] } };

export const VARIANTS: readonly [string, EquationNetworkSettings][] = [
  ['one layer', SMALL],
  ['a second layer in the pair part', OUTER],
  [
    'a second layer of two functions in both radial parts',
    { ...OUTER, pair: { ...OUTER.pair, outer: ['exp', 'exp'] }, density: { basis: ['r^-1', 'exp(-r)'], outer: ['exp'] } },
  ],
  ['an embedding that is no power of sqrt(rho)', LOGARITHM],
  ['a second layer in the embedding', { ...SMALL, embedding: { basis: ['rho^0.5', 'rho'], outer: ['exp'] } }],
  ['a shift at the cutoff and no density floor', { ...SMALL, cutoffStyle: 'shift', taperWidth: 0, densityFloor: 0 }],
  ['the Mishin taper', { ...SMALL, cutoffStyle: 'mishin', taperWidth: 1 }],
  ['the polynomial taper', { ...OUTER, cutoffStyle: 'polynomial', taperWidth: 0 }],
];

/**
 * Network parameters and a reference energy, shape (size + 1), of a bonded solid: repulsive pair terms, positive densities, an
 * attractive embedding, so that a small change leaves everything allowed.
 */
export function bondedParameters(network: EquationNetwork, random: RandomStream): Float64Array {
  const p = new Float64Array(network.size + 1);
  const fill = (net: SubNetwork, at: number, low: number, high: number): void => {
    net.parameters.forEach(({ role }, q) => {
      const deep = net.outer.length > 0;
      if (role === 'inner') p[at + q] = random.range(1, 4);
      else if (role === 'outer') p[at + q] = random.range(low, high);
      else p[at + q] = deep ? random.range(-0.5, 0.5) : random.range(low, high);
    });
  };
  fill(network.pair, network.offset.pair, 0.05, 0.6);
  fill(network.density, network.offset.density, 0.2, 1.5);
  fill(network.embedding, network.offset.embedding, -1, -0.05);
  p[network.size] = random.range(-1, 1);
  return p;
}

export const smallNetwork = (): EquationNetwork => new EquationNetwork(SMALL);
