/** A function of one variable whose derivatives along its parameters are known. */
export interface ParametricFunction {
  /** indices of its parameters in the parameters of the potential, each once */
  readonly parameters: readonly number[];
  /**
   * Value at x for the parameters `p` of the potential. `out[0]` is the slope, `out[1 + k]` the derivative along parameter
   * `parameters[k]`.
   */
  evaluate(x: number, p: ArrayLike<number>, out: Float64Array): number;
}
