import type { RadialMap } from '../math/chebyshev.js';
import { embeddingDerivatives } from './embedding.js';
import { type EquationNetwork, NodalEvaluator } from './equation-network.js';
import type { LossSettings } from './loss.js';
import { addRow } from './normal-equations.js';

/** Radial functions that must not be negative are kept this far above zero (density units, eV), save close to the cutoff (Å). */
const SIGN_MARGIN = 2e-5;
const SIGN_TAIL = 0.3;
const SIGN_STIFFNESS = 1e5;
/** The short range reaches from this part of the shortest distance of the data to this part of the length unit. */
const SHORTEST_PART = 0.94;
const LONGEST_PART = 0.65;
const SHORT_POINTS = 10;
/** A core takes over at this part of the shortest distance at the latest. */
const JOIN_PART = 0.75;
/** In the short range dimers repel by at least this, eV/Å. */
const STEEPNESS = 5;
/** 1/eV: a tenth of an eV in the wrong direction costs as much as 10 meV/atom. */
const REPULSION_STIFFNESS = 2;
/** Densities below this count as this in the walls, so that roots stay finite. */
const LEAST_DENSITY = 1e-6;

/**
 * What the loss demands of the functions themselves, as stiff quadratic walls that a local optimiser can slide along (the tree search and
 * the final choice apply the hard penalties of equation 6):
 * - no negative density or pair energy inside the cutoff, where the settings forbid it;
 * - in the short range, where few frames or none say so, a positive density and a dimer whose energy rises on the way in, so that a
 *   repulsive core can be joined on.
 */
export class Walls {
  /** distance from zero (density units of the search, eV) that functions of forbidden sign keep; raised where the wall has been dented */
  margin = SIGN_MARGIN;
  private readonly short: NodalEvaluator;
  private readonly repels: boolean;
  private readonly distances: Float64Array;
  private readonly row: Float64Array;

  constructor(
    private readonly network: EquationNetwork,
    private readonly map: RadialMap,
    private readonly settings: Pick<LossSettings, 'negativeDensity' | 'negativePair'>,
  ) {
    const to = LONGEST_PART * network.settings.lengthUnit;
    // data that ends outside the short range leaves the dimer to the core; the density has to stay positive where the core takes over
    this.repels = map.shortest < to;
    const [from, end] = this.repels ? [SHORTEST_PART * map.shortest, to] : [JOIN_PART * map.shortest, map.shortest];
    this.distances = Float64Array.from({ length: SHORT_POINTS }, (_, k) => from + ((end - from) * k) / (SHORT_POINTS - 1));
    this.short = new NodalEvaluator(network, this.distances);
    this.row = new Float64Array(network.size + 1);
  }

  /** Value of all walls at p; gradient (size) and Gauss-Newton matrix (size, size; lower triangle) are added to when given. */
  add(p: Float64Array, nodal: NodalEvaluator, gradient?: Float64Array, hessian?: Float64Array): number {
    const { network, map, settings } = this;
    const scale = network.settings.densityScale ?? 1;
    const inside = network.settings.cutoff - SIGN_TAIL;
    let total = 0;
    if (settings.negativeDensity)
      total += this.sign(nodal.density, nodal.densityJacobian, map.nodes, inside, 'density', scale, gradient, hessian);
    if (settings.negativePair) total += this.sign(nodal.pair, nodal.pairJacobian, map.nodes, inside, 'pair', 1, gradient, hessian);
    const { short } = this;
    if (!this.repels && !settings.negativeDensity) return total;
    short.evaluate(p, gradient !== undefined);
    if (settings.negativeDensity)
      total += this.sign(short.density, short.densityJacobian, this.distances, inside, 'density', scale, gradient, hessian);
    return this.repels ? total + this.repulsion(p, short, gradient, hessian) : total;
  }

  private sign(
    values: Float64Array,
    jacobian: Float64Array,
    distances: Float64Array,
    inside: number,
    name: 'pair' | 'density',
    scale: number,
    gradient?: Float64Array,
    hessian?: Float64Array,
  ): number {
    const count = values.length;
    const n = this.network.size + 1;
    const { size } = this.network[name];
    const offset = this.network.offset[name];
    const stiffness = SIGN_STIFFNESS / (scale * scale);
    let total = 0;
    for (let k = 0; k < count; k++) {
      const r = values[k]! - this.margin * scale;
      if (r >= 0 || distances[k]! > inside) continue;
      total += 0.5 * stiffness * r * r;
      if (!gradient) continue;
      for (let a = 0; a < size; a++) {
        const v = stiffness * jacobian[a * count + k]!;
        gradient[offset + a]! += v * r;
        if (hessian) for (let b = 0; b <= a; b++) hessian[(offset + a) * n + offset + b]! += v * jacobian[b * count + k]!;
      }
    }
    return total;
  }

  private repulsion(p: Float64Array, short: NodalEvaluator, gradient?: Float64Array, hessian?: Float64Array): number {
    const { network, row } = this;
    const { pair, density, embedding } = network.offset;
    const count = short.count;
    const n = network.size + 1;
    const least = LEAST_DENSITY * (network.settings.densityScale ?? 1);
    const raw = short.density.map((x) => x + network.settings.densityFloor);
    const F = embeddingDerivatives(
      network,
      p,
      raw.map((x) => Math.max(x, least)),
    );
    const dimer = raw.map((_, k) => short.pair[k]! + 2 * F.values[k]!);
    const spacing = this.distances[1]! - this.distances[0]!;
    let total = 0;
    for (let k = 0; k + 1 < count; k++) {
      const r = dimer[k]! - dimer[k + 1]! - STEEPNESS * spacing;
      if (!(r < 0)) continue;
      total += 0.5 * REPULSION_STIFFNESS * r * r;
      if (!gradient) continue;
      row.fill(0);
      for (const [point, direction] of [
        [k, 1],
        [k + 1, -1],
      ] as const) {
        for (let q = 0; q < network.pair.size; q++) row[pair + q]! += direction * short.pairJacobian[q * count + point]!;
        if (raw[point]! > least)
          for (let q = 0; q < network.density.size; q++)
            row[density + q]! += direction * 2 * F.slopes[point]! * short.densityJacobian[q * count + point]!;
        for (let q = 0; q < network.embedding.size; q++) row[embedding + q]! += direction * 2 * F.byParameter[q * count + point]!;
      }
      addRow(row, 0, n, REPULSION_STIFFNESS, r, gradient, hessian);
    }
    return total;
  }
}
