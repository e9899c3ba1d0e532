import type { Expression } from '../expression.js';

/**
 * A basis function of an equation network, in a reduced variable x (distance over the length unit, or density).
 * It has at most one inner parameter a, which the search adjusts besides the outer weight.
 */
export interface BasisFunction {
  /** as written in the settings, for instance `exp(-r)` or `r^-6` */
  readonly name: string;
  /** whether the function has an inner parameter */
  readonly inner: boolean;
  /** starting value and bounds of the inner parameter */
  readonly innerStart: number;
  readonly innerBounds: readonly [number, number];
  /** B(x; a); the derivatives with respect to a and x are written to `derivatives[0]` and `derivatives[1]` */
  evaluate(x: number, a: number, derivatives: Float64Array): number;
  /** printed coefficient over weight: weight * B(x / unit; a) is printed with the constant weight * weightScale(a, unit) */
  weightScale(a: number, unit: number): number;
  /** printed inner constant over inner parameter */
  innerScale(unit: number): number;
  /**
   * weight * B(x / unit; a) as an expression of the unreduced variable
   * @param unit length of one reduced unit, Å (1 for densities)
   */
  expression(weight: number, a: number, unit: number): Expression;
}

/** A family of basis functions: recognises its members by name. */
export interface BasisFamily {
  readonly family: string;
  /** how members are written, for messages and help */
  readonly pattern: string;
  /** the member called `name` in the variable called `variable`, or undefined when the name is not of this family */
  parse(name: string, variable: string): BasisFunction | undefined;
}
