import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { RandomStream } from '../../math/random.js';

/** Losses of a whole population at once, written to `losses`. The points are reused by the next generation: copy what is to be kept. */
export type BatchLoss = (points: Float64Array[], losses: Float64Array) => Promise<void> | void;

/** Where a CMA-ES starts and how it samples. */
export interface CmaEsOptions {
  /** mean of the first generation, shape (n) */
  start: ArrayLike<number>;
  /** standard deviation of each coordinate in the first generation, shape (n): about a third of the range in which the minimum is thought to be */
  deviations: ArrayLike<number>;
  /** lower and upper bound of each coordinate, shape (n); infinite where there is none. Points outside are never evaluated */
  bounds?: readonly (readonly [number, number])[];
  /** points of a generation; default 4 + 3 ln n. Larger ones cost more a generation and see more of a rugged loss */
  population?: number;
  /** points, best first, that the mean is made of; default half of the population */
  parents?: number;
}

/** Why a CMA-ES has nothing left to gain. */
export type CmaEsEnd = 'steps too small' | 'no gain' | 'condition';

/** Everything that a CMA-ES needs to go on exactly as if it had not been interrupted; plain data for a checkpoint. */
export interface CmaEsState {
  random: readonly number[];
  generation: number;
  evaluations: number;
  sigma: number;
  mean: number[];
  covariance: number[];
  axes: number[];
  lengths: number[];
  axesAt: number;
  sigmaPath: number[];
  covariancePath: number[];
  recent: number[];
  best: number[];
  bestLoss: number;
  ended?: CmaEsEnd | undefined;
}

/** Relative size of steps, spread of the recent best losses and condition of the covariance that end a run (tutorial, B.3). */
const TOL_X = 1e-11;
const TOL_LOSS = 1e-11;
const CONDITION = 1e14;
/** Share of the width between two bounds that lies in the rounded part of the map at each end. */
const MARGIN = 0.05;

/**
 * Covariance matrix adaptation evolution strategy, (mu/mu_w, lambda) with rank-one and rank-mu updates, negative weights and cumulative
 * step-size control: N. Hansen, The CMA Evolution Strategy: A Tutorial, arXiv:1604.00772, figure 6 and table 1. It sees losses by their
 * order only, so that any monotone function of a loss gives the same run; infinite and undefined losses come last. Bounds are kept by a
 * smooth periodic map of the coordinates, which leaves the inner part of each interval as it is (as in N. Hansen's pycma).
 */
export class CmaEs {
  /** number of coordinates */
  readonly size: number;
  readonly population: number;
  /** the last generation as it was evaluated, shape (population, n), and its losses */
  readonly points: Float64Array[];
  readonly losses: Float64Array;
  /** best point met, its loss */
  readonly best: Float64Array;
  bestLoss = Infinity;
  generation = 0;
  evaluations = 0;
  /** set when going on would gain nothing; a further step is allowed */
  ended: CmaEsEnd | undefined;
  private random: RandomStream;
  private readonly weights: Float64Array;
  private readonly rates: Rates;
  private readonly scale: Float64Array;
  private readonly bounds: readonly (readonly [number, number])[] | undefined;
  private sigma = 1;
  private readonly mean: Float64Array;
  /** covariance, its eigenvectors in columns and the roots of its eigenvalues */
  private readonly covariance: Float64Array;
  private readonly axes: Float64Array;
  private readonly lengths: Float64Array;
  private axesAt = 0;
  private readonly sigmaPath: Float64Array;
  private readonly covariancePath: Float64Array;
  /** best losses of the latest generations */
  private recent: number[] = [];
  /** standard normal samples and the steps they give, shape (population, n) */
  private readonly normals: Float64Array;
  private readonly steps: Float64Array;
  private readonly order: Int32Array;
  private readonly direction: Float64Array;
  private readonly projected: Float64Array;

  constructor(
    options: CmaEsOptions,
    private readonly evaluate: BatchLoss,
    random: RandomStream,
  ) {
    const n = options.start.length;
    this.size = n;
    this.random = random;
    this.population = Math.max(4, Math.round(options.population ?? 4 + Math.floor(3 * Math.log(n))));
    const parents = Math.max(1, Math.min(this.population, Math.round(options.parents ?? Math.floor(this.population / 2))));
    ({ weights: this.weights, rates: this.rates } = strategy(n, this.population, parents));
    // coordinates are counted in their first deviations, so that sigma starts at one
    this.scale = Float64Array.from(options.deviations);
    this.bounds = options.bounds?.map(([low, high], q) => [low / this.scale[q]!, high / this.scale[q]!] as const);
    this.mean = Float64Array.from(options.start, (x, q) => x / this.scale[q]!);
    if (this.bounds) for (let q = 0; q < n; q++) this.mean[q] = insideOf(this.mean[q]!, this.bounds[q]!);
    this.covariance = identity(n);
    this.axes = identity(n);
    this.lengths = new Float64Array(n).fill(1);
    this.sigmaPath = new Float64Array(n);
    this.covariancePath = new Float64Array(n);
    this.points = Array.from({ length: this.population }, () => new Float64Array(n));
    this.losses = new Float64Array(this.population);
    this.best = Float64Array.from(options.start);
    this.normals = new Float64Array(this.population * n);
    this.steps = new Float64Array(this.population * n);
    this.order = new Int32Array(this.population);
    this.direction = new Float64Array(n);
    this.projected = new Float64Array(n);
  }

  /** One generation: samples, evaluates and learns. */
  async step(): Promise<void> {
    this.sample();
    await this.evaluate(this.points, this.losses);
    this.evaluations += this.population;
    this.generation++;
    this.rank();
    this.learn();
    this.checkEnd();
  }

  private sample(): void {
    const { size: n, axes, lengths, mean, sigma, normals, steps, bounds, scale, random } = this;
    for (let k = 0; k < this.population; k++) {
      const at = k * n;
      for (let q = 0; q < n; q++) normals[at + q] = random.normal();
      const point = this.points[k]!;
      for (let q = 0; q < n; q++) {
        let y = 0;
        for (let a = 0; a < n; a++) y += axes[q * n + a]! * lengths[a]! * normals[at + a]!;
        steps[at + q] = y;
        const x = mean[q]! + sigma * y;
        point[q] = scale[q]! * (bounds ? intoBounds(x, bounds[q]!) : x);
      }
    }
  }

  /** Order of the losses; equal ones, the forbidden among them, keep the order in which they were drawn. */
  private rank(): void {
    const { order, losses } = this;
    for (let k = 0; k < order.length; k++) {
      order[k] = k;
      if (Number.isNaN(losses[k]!)) losses[k] = Infinity;
    }
    order.sort((a, b) => (losses[a]! < losses[b]! ? -1 : losses[a]! > losses[b]! ? 1 : a - b));
    const first = order[0]!;
    if (losses[first]! < this.bestLoss) {
      this.bestLoss = losses[first]!;
      this.best.set(this.points[first]!);
    }
    this.recent.push(losses[first]!);
    if (this.recent.length > 10 + Math.ceil((30 * this.size) / this.population)) this.recent.shift();
  }

  private learn(): void {
    const {
      size: n,
      order,
      weights,
      steps,
      normals,
      mean,
      direction,
      projected,
      sigmaPath,
      covariancePath,
      covariance,
      axes,
      rates,
    } = this;
    const { selected, ofSigma, damping, ofPath, ofOne, ofMany } = rates;
    direction.fill(0);
    projected.fill(0);
    for (let i = 0; i < this.population && weights[i]! > 0; i++) {
      const at = order[i]! * n;
      for (let q = 0; q < n; q++) {
        direction[q]! += weights[i]! * steps[at + q]!;
        projected[q]! += weights[i]! * normals[at + q]!;
      }
    }
    for (let q = 0; q < n; q++) mean[q]! += this.sigma * direction[q]!;
    // C^-1/2 <y> is the mean of the normal samples, turned by the axes
    const push = Math.sqrt(ofSigma * (2 - ofSigma) * selected);
    let square = 0;
    for (let q = 0; q < n; q++) {
      let v = 0;
      for (let a = 0; a < n; a++) v += axes[q * n + a]! * projected[a]!;
      sigmaPath[q] = (1 - ofSigma) * sigmaPath[q]! + push * v;
      square += sigmaPath[q]! ** 2;
    }
    const expected = Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n));
    const length = Math.sqrt(square);
    const slow = length / Math.sqrt(1 - (1 - ofSigma) ** (2 * this.generation)) < (1.4 + 2 / (n + 1)) * expected;
    const pull = slow ? Math.sqrt(ofPath * (2 - ofPath) * selected) : 0;
    for (let q = 0; q < n; q++) covariancePath[q] = (1 - ofPath) * covariancePath[q]! + pull * direction[q]!;
    let total = 0;
    for (let i = 0; i < this.population; i++) total += weights[i]!;
    const keep = 1 + (slow ? 0 : ofOne * ofPath * (2 - ofPath)) - ofOne - ofMany * total;
    for (let q = 0; q < n; q++)
      for (let r = 0; r <= q; r++) covariance[q * n + r] = keep * covariance[q * n + r]! + ofOne * covariancePath[q]! * covariancePath[r]!;
    for (let i = 0; i < this.population; i++) {
      const at = order[i]! * n;
      let w = ofMany * weights[i]!;
      if (w < 0) {
        // a long bad step must not make the matrix indefinite
        let norm = 0;
        for (let q = 0; q < n; q++) norm += normals[at + q]! ** 2;
        w *= n / Math.max(norm, 1e-12);
      }
      for (let q = 0; q < n; q++) {
        const y = w * steps[at + q]!;
        for (let r = 0; r <= q; r++) covariance[q * n + r]! += y * steps[at + r]!;
      }
    }
    this.sigma *= Math.exp(Math.min(1, (ofSigma / damping) * (length / expected - 1)));
    if (this.generation - this.axesAt >= rates.decomposeEvery) this.decompose();
  }

  private decompose(): void {
    const { size: n, covariance, axes, lengths } = this;
    for (let q = 0; q < n; q++) for (let r = 0; r < q; r++) covariance[r * n + q] = covariance[q * n + r]!;
    const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(Matrix.from1DArray(n, n, covariance), {
      assumeSymmetric: true,
    });
    const largest = Math.max(...realEigenvalues);
    const ridge = Math.max(0, largest / CONDITION - Math.min(...realEigenvalues));
    for (let a = 0; a < n; a++) {
      if (ridge > 0) covariance[a * n + a]! += ridge;
      lengths[a] = Math.sqrt(realEigenvalues[a]! + ridge);
      for (let q = 0; q < n; q++) axes[q * n + a] = eigenvectorMatrix.get(q, a);
    }
    this.axesAt = this.generation;
    if (ridge > 0) this.ended = 'condition';
  }

  private checkEnd(): void {
    const { size: n, recent, losses, order } = this;
    let widest = 0;
    for (let q = 0; q < n; q++) widest = Math.max(widest, this.covariance[q * n + q]!, this.covariancePath[q]! ** 2);
    if (this.sigma * Math.sqrt(widest) < TOL_X) this.ended = 'steps too small';
    if (recent.length < 10 + Math.ceil((30 * n) / this.population)) return;
    const low = Math.min(...recent);
    const high = Math.max(...recent, losses[order[this.rates.parents - 1]!]!);
    // also where all are forbidden alike
    if (low === high || high - low <= TOL_LOSS * Math.abs(high)) this.ended = 'no gain';
  }

  /** The state between two generations. */
  save(): CmaEsState {
    return {
      random: [...this.random.state()],
      generation: this.generation,
      evaluations: this.evaluations,
      sigma: this.sigma,
      mean: [...this.mean],
      covariance: [...this.covariance],
      axes: [...this.axes],
      lengths: [...this.lengths],
      axesAt: this.axesAt,
      sigmaPath: [...this.sigmaPath],
      covariancePath: [...this.covariancePath],
      recent: [...this.recent],
      best: [...this.best],
      bestLoss: this.bestLoss,
      ended: this.ended,
    };
  }

  /** Goes on from a state that `save` gave, of a run with the same options. */
  restore(state: CmaEsState): void {
    this.random = RandomStream.fromState(state.random);
    this.generation = state.generation;
    this.evaluations = state.evaluations;
    this.sigma = state.sigma;
    this.axesAt = state.axesAt;
    // JSON has no infinity
    this.recent = state.recent.map((loss) => loss ?? Infinity);
    this.bestLoss = state.bestLoss ?? Infinity;
    this.ended = state.ended;
    for (const name of ['mean', 'covariance', 'axes', 'lengths', 'sigmaPath', 'covariancePath', 'best'] as const)
      this[name].set(state[name]);
  }
}

interface Rates {
  parents: number;
  /** variance-effective number of parents, mu_eff */
  selected: number;
  /** c_sigma, d_sigma, c_c, c_1, c_mu */
  ofSigma: number;
  damping: number;
  ofPath: number;
  ofOne: number;
  ofMany: number;
  /** generations from one eigendecomposition to the next */
  decomposeEvery: number;
}

/** Recombination weights, best first, and learning rates (tutorial, table 1 and equations 49 to 58). */
function strategy(n: number, population: number, parents: number): { weights: Float64Array; rates: Rates } {
  const raw = Float64Array.from({ length: population }, (_, i) => Math.log(parents + 0.5) - Math.log(i + 1));
  const chosen = raw.subarray(0, parents);
  const others = raw.subarray(parents);
  const sum = (v: Float64Array): number => v.reduce((total, x) => total + x, 0);
  const effective = (v: Float64Array): number => sum(v) ** 2 / v.reduce((total, x) => total + x * x, 0);
  const selected = effective(chosen);
  const ofSigma = (selected + 2) / (n + selected + 5);
  const ofOne = 2 / ((n + 1.3) ** 2 + selected);
  const ofMany = Math.min(1 - ofOne, (2 * (0.25 + selected + 1 / selected - 2)) / ((n + 2) ** 2 + selected));
  const negative = others.length > 0 ? -sum(others) : 0;
  const allowed =
    others.length > 0 ? Math.min(1 + ofOne / ofMany, 1 + (2 * effective(others)) / (selected + 2), (1 - ofOne - ofMany) / (n * ofMany)) : 0;
  const weights = raw.map((w, i) => (i < parents ? w / sum(chosen) : negative > 0 ? (allowed * w) / negative : 0));
  return {
    weights,
    rates: {
      parents,
      selected,
      ofSigma,
      damping: 1 + 2 * Math.max(0, Math.sqrt((selected - 1) / (n + 1)) - 1) + ofSigma,
      ofPath: (4 + selected / n) / (n + 4 + (2 * selected) / n),
      ofOne,
      ofMany,
      decomposeEvery: Math.max(1, Math.floor(1 / (10 * n * (ofOne + ofMany)))),
    },
  };
}

function identity(n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let q = 0; q < n; q++) out[q * n + q] = 1;
  return out;
}

/** Width of the rounded part of the map at a bound; one first deviation where the other bound is infinite. */
function marginOf(low: number, high: number): number {
  return Number.isFinite(high - low) ? MARGIN * (high - low) : 1;
}

/** The coordinate in its bounds: a parabola next to each bound, mirrored beyond, so that the map is smooth and every value has an image. */
function intoBounds(x: number, [low, high]: readonly [number, number]): number {
  const m = marginOf(low, high);
  const [bottom, top] = [low - m, high + m];
  let y = x;
  if (Number.isFinite(top - bottom)) {
    const period = 2 * (top - bottom);
    y = (y - bottom) % period;
    if (y < 0) y += period;
    y = bottom + (y > period / 2 ? period - y : y);
  } else if (y < bottom) y = 2 * bottom - y;
  else if (y > top) y = 2 * top - y;
  if (y < low + m) return Math.max(low, low + (y - bottom) ** 2 / (4 * m));
  if (y > high - m) return Math.min(high, high - (y - top) ** 2 / (4 * m));
  return y;
}

/** The coordinate whose image by `intoBounds` is x. */
function insideOf(x: number, [low, high]: readonly [number, number]): number {
  const m = marginOf(low, high);
  if (x < low + m) return low - m + 2 * Math.sqrt(m * Math.max(0, x - low));
  if (x > high - m) return high + m - 2 * Math.sqrt(m * Math.max(0, high - x));
  return x;
}
