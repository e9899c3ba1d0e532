import type { Differentiable } from '../objective.js';

/** What a local optimiser is asked to do. */
export interface LocalTask {
  objective: Differentiable;
  start: Float64Array;
  /** 1 for parameters that move, 0 for those that stay (a weight of zero stays zero), shape (size) */
  active: Uint8Array;
  maxSteps: number;
  /** relative gain of a step below which the optimiser counts as converged; the optimiser's own default when absent */
  tolerance?: number;
  /** step length of Adam */
  learningRate?: number;
  /** called after each step; returning true ends the run */
  onStep?: (step: number, loss: number) => boolean | undefined;
}

/** Where a local optimiser ended. */
export interface LocalResult {
  parameters: Float64Array;
  loss: number;
  steps: number;
  /** why it stopped */
  reason: 'converged' | 'steps' | 'stopped' | 'start forbidden';
}

/** One local optimiser. */
export type LocalOptimiser = (task: LocalTask) => LocalResult;
