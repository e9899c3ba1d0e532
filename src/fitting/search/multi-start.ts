import { RandomStream } from '../../math/random.js';
import type { FrontTask } from '../front.js';
import { refine } from '../refine.js';
import { Elite, type SavedScore, type ScoredPoint, unitsOf } from './elite.js';
import type { SearchSpace } from './space.js';

/** What a checkpoint holds of a multi-start search. */
export interface MultiStartState {
  random: readonly number[];
  steps: number;
  lastGain: number;
  elite: SavedScore[];
}

/** Steps of the tree search, of payouts + 1 energy losses each, that one refinement counts as. */
const STEPS = 20;
/** Root mean square distance within which two points of the elite count as one. */
const APART = 0.02;

/**
 * Many short local refinements of all parameters, each from the best of a few random points. Most of what a point is judged by before
 * it is refined is in the parameters that a refinement solves for in its first step, so more than a few random points do not help.
 */
export class MultiStart {
  /** `STEPS` for each refinement done */
  steps = 0;
  lastGain = 0;
  private random: RandomStream;
  private readonly kept: Elite;
  private readonly batch: Float64Array[];
  private readonly losses: Float64Array;
  private readonly active: Uint8Array;

  constructor(
    private readonly space: SearchSpace,
    private readonly task: FrontTask,
    /** random points that a refinement starts from the best of */
    draws: number,
    random: RandomStream,
  ) {
    this.random = random;
    this.kept = new Elite(unitsOf(space.bounds), APART);
    this.batch = Array.from({ length: draws }, () => new Float64Array(space.bounds.length));
    this.losses = new Float64Array(draws);
    this.active = new Uint8Array(space.bounds.length + 1).fill(1);
    this.active[space.bounds.length] = task.fitReference ? 1 : 0;
  }

  get best(): number {
    return this.kept.best;
  }

  get elite(): readonly ScoredPoint[] {
    return this.kept.points;
  }

  /** One refinement. */
  async step(): Promise<void> {
    const { space, task, batch, losses } = this;
    for (const point of batch)
      space.bounds.forEach(([low, high], q) => {
        point[q] = this.random.range(low, high);
      });
    await space.evaluate(batch, losses);
    let lowest = 0;
    for (let k = 1; k < batch.length; k++) if (losses[k]! < losses[lowest]!) lowest = k;
    const start = await space.real(batch[lowest]!);
    const { parameters, loss } = refine(task.objective, start, this.active, task.refine, 'quick');
    this.steps += STEPS;
    if (loss < this.best) this.lastGain = this.steps;
    if (Number.isFinite(loss)) this.kept.keep(space.pseudo(parameters), loss);
  }

  save(): MultiStartState {
    return { random: [...this.random.state()], steps: this.steps, lastGain: this.lastGain, elite: this.kept.save() };
  }

  restore(state: MultiStartState): void {
    this.random = RandomStream.fromState(state.random);
    this.steps = state.steps;
    this.lastGain = state.lastGain;
    this.kept.restore(state.elite);
  }
}
