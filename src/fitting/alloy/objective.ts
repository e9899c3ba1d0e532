import { ParametricObjective, type ParametricProblem } from '../zjw04/objective.js';
import { AlloyForm, type AlloySettings } from './form.js';
import { AlloyWalls } from './walls.js';

/** Functions that former fits have. */
export interface AlloyStart {
  /** shape (size of the form) */
  parameters: Float64Array;
  /** 1 for parameters of these functions, those of terms that are off among them, shape (size of the form) */
  known: Uint8Array;
}

/** Everything that a fit of alloy equations works on, as plain data that can be sent to a worker thread. */
export interface AlloyProblem extends ParametricProblem {
  form: AlloySettings;
  /** shortest distance of each pair of elements in all frames, at most the cutoff, Å, in the order of `pairIndex` */
  shortestOf: readonly number[];
  /** what all starts begin with */
  start?: AlloyStart | undefined;
}

/** The loss of the constants of alloy equations, with walls that keep densities above zero and dimers repulsive. */
export class AlloyObjective extends ParametricObjective<AlloyForm, AlloyProblem> {
  private readonly walls: AlloyWalls;

  constructor(problem: AlloyProblem) {
    super(problem, new AlloyForm(problem.form));
    this.walls = new AlloyWalls(this.form, problem.shortestOf, problem.loss);
  }

  protected override addWalls(p: Float64Array, gradient?: Float64Array, hessian?: Float64Array): number {
    return this.walls.add(p, gradient, hessian);
  }
}
