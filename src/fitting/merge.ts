import { exponentOf } from '../expressions/basis/power.js';
import type { EquationNetwork } from './equation-network.js';

/** Two terms that one could stand for: the parameters with one of them merged into the other. */
export interface Merge {
  parameters: Float64Array;
  /** weight that is gone */
  removed: number;
  /** weight that has taken its part over */
  kept: number;
}

/**
 * Points with one term fewer, where one term stands for two that are alike: two terms of a function with an inner parameter (exponentials
 * of nearly equal rate, also where they nearly cancel), and powers next to each other. At the length unit, where every basis function
 * is one, the merged term has their value; two exponentials keep their slope as well. The closest pairs come first; they are starts for a
 * refinement, not results.
 */
export function merges(network: EquationNetwork, p: Float64Array): Merge[] {
  const out: (Merge & { distance: number })[] = [];
  for (const name of ['pair', 'density'] as const) {
    const net = network[name];
    const at = network.offset[name];
    const innerOf = new Map(net.parameters.flatMap(({ role, term }, q) => (role === 'inner' ? [[term, at + q] as const] : [])));
    const terms = net.parameters.flatMap(({ role, term, unit }, q) =>
      role === 'weight' && p[at + q] !== 0 ? [{ weight: at + q, unit, inner: innerOf.get(term), name: net.basis[term]!.name }] : [],
    );
    terms.forEach((a, k) => {
      for (const b of terms.slice(k + 1)) {
        if (a.unit !== b.unit) continue;
        const total = p[a.weight]! + p[b.weight]!;
        if (total === 0) continue;
        if (a.inner !== undefined && b.inner !== undefined && a.name === b.name) {
          const [x, y] = [p[a.inner]!, p[b.inner]!];
          const parameters = p.slice();
          parameters[a.weight] = total;
          parameters[b.weight] = 0;
          const [low, high] = [Math.min(x, y), Math.max(x, y)];
          // of terms that nearly cancel the slope would ask for any rate
          const rate = (p[a.weight]! * x + p[b.weight]! * y) / total;
          parameters[a.inner] = Math.min(high + (high - low), Math.max(low - (high - low), rate));
          out.push({ parameters, removed: b.weight, kept: a.weight, distance: high - low });
          continue;
        }
        const [m, n] = [exponentOf(a.name, 'r'), exponentOf(b.name, 'r')];
        if (m === undefined || n === undefined || Math.abs(m - n) > NEIGHBOURS) continue;
        for (const [kept, removed] of [
          [a.weight, b.weight],
          [b.weight, a.weight],
        ] as const) {
          const parameters = p.slice();
          parameters[kept] = total;
          parameters[removed] = 0;
          out.push({ parameters, removed, kept, distance: Math.abs(m - n) });
        }
      }
    });
  }
  return out.sort((a, b) => a.distance - b.distance);
}

/** Powers further apart than this do not resemble each other over the range of a potential. */
const NEIGHBOURS = 2;
