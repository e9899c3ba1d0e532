import { exponentOf } from '../expressions/basis/power.js';
import type { Expression } from '../expressions/expression.js';
import { constant, product } from '../expressions/expression.js';
import { simplify } from '../expressions/simplify.js';
import { MAX_DEGREE } from '../kernels/moment-kernel.js';
import { type CutoffStyle, TAPERS } from '../potentials/cutoffs/index.js';
import { type NetworkShape, type Parameter, SubNetwork } from './subnetwork.js';

/** Settings of the three networks together. */
export interface EquationNetworkSettings {
  pair: NetworkShape;
  density: NetworkShape;
  embedding: NetworkShape;
  /** Å */
  cutoff: number;
  cutoffStyle: CutoffStyle;
  /** width of the taper, Å */
  taperWidth: number;
  /** length unit of the reduced distance, Å; near the nearest-neighbour distance */
  lengthUnit: number;
  /** density that every atom has without neighbours, in units of the printed density; keeps the slope of sqrt(rho) finite at rho = 0 */
  densityFloor: number;
  /** what the density scale of the search has been multiplied by when the gauge was fixed; 1 in the search */
  densityScale?: number;
  /** bound of the weights */
  weightBound?: number;
}

/** Neighbours of a close-packed crystal: the density network is scaled by its inverse so that densities are of the order of one. */
export const COORDINATION = 12;

/** The three printed equations, without cutoff factors. */
export interface Equations {
  pair: Expression;
  density: Expression;
  embedding: Expression;
}

/**
 * Pair, density and embedding networks with one flat parameter vector: pair parameters, density parameters, embedding
 * parameters. Distances enter as r / lengthUnit, densities as they are.
 */
export class EquationNetwork {
  readonly pair: SubNetwork;
  readonly density: SubNetwork;
  readonly embedding: SubNetwork;
  readonly size: number;
  readonly parameters: readonly (Parameter & { network: 'pair' | 'density' | 'embedding' })[];
  /** position of the first parameter of each network */
  readonly offset: { pair: number; density: number; embedding: number };
  /**
   * For each embedding term the power of sqrt(rho), when all of them are such powers up to rho^4 (then the compiled kernels
   * evaluate the embedding directly); undefined otherwise.
   */
  readonly sqrtPowers: readonly number[] | undefined;

  constructor(readonly settings: EquationNetworkSettings) {
    const { lengthUnit, weightBound } = settings;
    this.pair = new SubNetwork(settings.pair, 'r', lengthUnit, weightBound);
    this.density = new SubNetwork(settings.density, 'r', lengthUnit, weightBound);
    this.embedding = new SubNetwork(settings.embedding, 'rho', 1, weightBound);
    this.offset = { pair: 0, density: this.pair.size, embedding: this.pair.size + this.density.size };
    this.size = this.offset.embedding + this.embedding.size;
    this.parameters = (['pair', 'density', 'embedding'] as const).flatMap((network) =>
      this[network].parameters.map((parameter) => ({ ...parameter, network })),
    );
    const powers = this.embedding.basis.map((f) => 2 * (exponentOf(f.name, 'rho') ?? Number.NaN));
    const direct = this.embedding.outer.length === 0 && powers.every((m) => Number.isInteger(m) && m >= 1 && m <= MAX_DEGREE);
    this.sqrtPowers = direct ? powers : undefined;
  }

  /** The printed equations. Density and embedding are in the network's own gauge. */
  equations(p: ArrayLike<number>): Equations {
    return {
      pair: this.pair.expression(p, this.offset.pair),
      density: simplify(product(constant(1 / COORDINATION), this.density.expression(p, this.offset.density))),
      embedding: this.embedding.expression(p, this.offset.embedding),
    };
  }
}

/** Radial functions of a network at fixed distances, cut off, with their derivatives along the parameters. */
export class NodalEvaluator {
  readonly count: number;
  /** values, shape (count) */
  readonly pair: Float64Array;
  readonly density: Float64Array;
  /** derivatives along the parameters of each network, shape (size, count) */
  readonly pairJacobian: Float64Array;
  readonly densityJacobian: Float64Array;
  private readonly points: Float64Array;
  private readonly factor: Float64Array;
  private readonly shift: boolean;
  private readonly raw: Float64Array;
  private readonly rawJacobian: Float64Array;

  /** @param distances Å; values at and past the cutoff are zero (a shifted function goes on past it, so that its slope at the cutoff is its own) */
  constructor(
    readonly network: EquationNetwork,
    distances: ArrayLike<number>,
  ) {
    const { cutoff, cutoffStyle, taperWidth, lengthUnit } = network.settings;
    this.count = distances.length;
    this.shift = cutoffStyle === 'shift';
    // with a shift the value at the cutoff is one more point
    const points = Array.from(distances, (r) => r / lengthUnit);
    if (this.shift) points.push(cutoff / lengthUnit);
    this.points = Float64Array.from(points);
    const scratch = new Float64Array(1);
    this.factor = Float64Array.from(distances, (r) => {
      if (cutoffStyle === 'shift') return 1;
      return r >= cutoff ? 0 : TAPERS[cutoffStyle].evaluate(r, cutoff, taperWidth, scratch);
    });
    this.pair = new Float64Array(this.count);
    this.density = new Float64Array(this.count);
    this.pairJacobian = new Float64Array(network.pair.size * this.count);
    this.densityJacobian = new Float64Array(network.density.size * this.count);
    this.raw = new Float64Array(points.length);
    this.rawJacobian = new Float64Array(Math.max(network.pair.size, network.density.size) * points.length);
  }

  /** Evaluates both radial functions at parameters `p`; derivatives only when asked for. */
  evaluate(p: ArrayLike<number>, withJacobian: boolean): void {
    this.one(this.network.pair, this.network.offset.pair, 1, p, this.pair, withJacobian ? this.pairJacobian : undefined);
    this.one(
      this.network.density,
      this.network.offset.density,
      1 / COORDINATION,
      p,
      this.density,
      withJacobian ? this.densityJacobian : undefined,
    );
  }

  private one(net: SubNetwork, offset: number, scale: number, p: ArrayLike<number>, out: Float64Array, jacobian?: Float64Array): void {
    const n = this.count;
    const stride = this.points.length;
    net.evaluate(p, offset, this.points, this.raw, jacobian ? this.rawJacobian : undefined);
    const at = this.shift ? this.raw[n]! : 0;
    for (let k = 0; k < n; k++) out[k] = (this.raw[k]! - at) * this.factor[k]! * scale;
    if (!jacobian) return;
    for (let q = 0; q < net.size; q++) {
      const base = q * stride;
      const atCutoff = this.shift ? this.rawJacobian[base + n]! : 0;
      for (let k = 0; k < n; k++) jacobian[q * n + k] = (this.rawJacobian[base + k]! - atCutoff) * this.factor[k]! * scale;
    }
  }
}
