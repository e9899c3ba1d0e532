import { RandomStream } from '../../math/random.js';
import { CmaEs, type CmaEsState } from '../optimisers/cma-es.js';
import { Elite, type SavedScore, type ScoredPoint, unitsOf } from './elite.js';
import type { SearchSpace } from './space.js';

/** What a checkpoint holds of a search by CMA-ES. */
export interface CmaSearchState {
  random: readonly number[];
  runs: number;
  steps: number;
  lastGain: number;
  /** seed, first mean and state of the run that is going on */
  seed: number;
  start: number[];
  run: CmaEsState;
  elite: SavedScore[];
}

/** First standard deviation, as a share of the width of the bounds. */
const DEVIATION = 0.3;
/** Points of the elite that are closer lie in one basin (root mean square, tenths of the bounds' width). */
const APART = 0.2;

/**
 * CMA-ES on the pseudo-weights. A run that has nothing left to gain is followed by one with twice the population from a random mean
 * (A. Auger and N. Hansen, IEEE Congress on Evolutionary Computation 2005, 1769).
 */
export class CmaSearch {
  /** losses evaluated so far, in units of `perStep` */
  steps = 0;
  lastGain = 0;
  private runs = 0;
  private random: RandomStream;
  private seed = 0;
  private start: Float64Array;
  private run: CmaEs;
  private readonly kept: Elite;

  constructor(
    private readonly space: SearchSpace,
    private readonly population: number,
    /** loss evaluations that count as one step */
    private readonly perStep: number,
    random: RandomStream,
  ) {
    this.random = random;
    this.kept = new Elite(unitsOf(space.bounds), APART);
    this.start = Float64Array.from(space.bounds, ([low, high]) => 0.5 * (low + high));
    this.run = this.open();
  }

  get best(): number {
    return this.kept.best;
  }

  get elite(): readonly ScoredPoint[] {
    return this.kept.points;
  }

  /** One generation. */
  async step(): Promise<void> {
    if (this.run.ended) {
      this.runs++;
      this.start = Float64Array.from(this.space.bounds, ([low, high]) => this.random.range(low, high));
      this.run = this.open();
    }
    const before = this.best;
    await this.run.step();
    this.steps += this.run.population / this.perStep;
    this.run.points.forEach((point, k) => {
      this.kept.keep(point, this.run.losses[k]!);
    });
    if (this.best < before) this.lastGain = this.steps;
  }

  private open(seed = this.random.integer(2 ** 31)): CmaEs {
    const { bounds, evaluate } = this.space;
    this.seed = seed;
    const deviations = bounds.map(([low, high]) => DEVIATION * (high - low));
    const population = this.population * 2 ** this.runs;
    return new CmaEs({ start: this.start, deviations, bounds, population }, evaluate, RandomStream.fromSeed(seed));
  }

  save(): CmaSearchState {
    const { runs, steps, lastGain, seed } = this;
    return {
      random: [...this.random.state()],
      runs,
      steps,
      lastGain,
      seed,
      start: [...this.start],
      run: this.run.save(),
      elite: this.kept.save(),
    };
  }

  restore(state: CmaSearchState): void {
    this.random = RandomStream.fromState(state.random);
    this.runs = state.runs;
    this.steps = state.steps;
    this.lastGain = state.lastGain;
    this.start = Float64Array.from(state.start);
    this.run = this.open(state.seed);
    this.run.restore(state.run);
    this.kept.restore(state.elite);
  }
}
