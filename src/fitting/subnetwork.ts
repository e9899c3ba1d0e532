import { type BasisFunction, basisFunction } from '../expressions/basis/index.js';
import { call, constant, type Expression, product, sum } from '../expressions/expression.js';
import { simplify } from '../expressions/simplify.js';

/** What stands in the second layer: functions of a weighted sum of the first layer's basis functions. */
export const OUTER_FUNCTIONS = ['exp'] as const;
export type OuterFunction = (typeof OUTER_FUNCTIONS)[number];

/** Settings of one of the three networks. */
export interface NetworkShape {
  /** names of the first layer's basis functions */
  basis: readonly string[];
  /** functions of the second layer; none for a network of one layer */
  outer?: readonly OuterFunction[];
}

/** One parameter of a network. */
export interface Parameter {
  name: string;
  /** `inner`: inside a basis function; `weight`: of a first-layer term; `outer`: of a second-layer function */
  role: 'inner' | 'weight' | 'outer';
  /** index of the basis function (inner, weight) or of the outer function (outer) */
  term: number;
  /** index of the second-layer function that a weight feeds; 0 in a network of one layer */
  unit: number;
  bounds: readonly [number, number];
}

/**
 * An equation-learner network of one input: y = sum_i w_i B_i(x; a_i), or with a second layer
 * y = sum_j v_j G_j(sum_i u_ji B_i(x; a_i)). A weight that is exactly zero takes its term out of the equation.
 */
export class SubNetwork {
  readonly basis: readonly BasisFunction[];
  readonly outer: readonly OuterFunction[];
  readonly parameters: readonly Parameter[];
  /** position of the first weight among the parameters */
  readonly firstWeight: number;
  private readonly innerAt: Int32Array;
  private readonly scratch = new Float64Array(2);

  constructor(
    readonly shape: NetworkShape,
    readonly variable: string,
    /** length of one reduced unit, Å; 1 for densities */
    readonly unit: number,
    weightBound = 5,
  ) {
    this.basis = shape.basis.map((name) => basisFunction(name, variable));
    this.outer = shape.outer ?? [];
    const parameters: Parameter[] = [];
    this.innerAt = new Int32Array(this.basis.length).fill(-1);
    this.basis.forEach((f, term) => {
      if (!f.inner) return;
      this.innerAt[term] = parameters.length;
      parameters.push({ name: `a[${f.name}]`, role: 'inner', term, unit: 0, bounds: f.innerBounds });
    });
    this.firstWeight = parameters.length;
    const bounds = [-weightBound, weightBound] as const;
    for (let unitIndex = 0; unitIndex < Math.max(1, this.outer.length); unitIndex++)
      this.basis.forEach((f, term) => {
        parameters.push({ name: `w[${f.name}]`, role: 'weight', term, unit: unitIndex, bounds });
      });
    this.outer.forEach((name, term) => {
      parameters.push({ name: `v[${name}]`, role: 'outer', term, unit: term, bounds });
    });
    this.parameters = parameters;
  }

  /** number of parameters */
  get size(): number {
    return this.parameters.length;
  }

  /**
   * Values at the points x (reduced), written to `values`, and with `jacobian` (size, points) the derivatives with respect to
   * every parameter. Terms of weight zero are still differentiated with respect to their weight.
   */
  evaluate(p: ArrayLike<number>, at: number, x: Float64Array, values: Float64Array, jacobian?: Float64Array): void {
    const n = x.length;
    const nb = this.basis.length;
    const layers = this.outer.length;
    if (layers > 0) {
      this.evaluateDeep(p, at, x, values, jacobian);
      return;
    }
    values.fill(0);
    const d = this.scratch;
    for (let i = 0; i < nb; i++) {
      const w = p[at + this.firstWeight + i]!;
      if (w === 0 && !jacobian) continue;
      const inner = this.innerAt[i]!;
      const f = this.basis[i]!;
      const fixed = inner < 0 ? this.fixedValues(i, x) : undefined;
      if (fixed && !jacobian) {
        for (let k = 0; k < n; k++) values[k]! += w * fixed[k]!;
        continue;
      }
      const a = inner < 0 ? 0 : p[at + inner]!;
      for (let k = 0; k < n; k++) {
        const b = fixed ? fixed[k]! : f.evaluate(x[k]!, a, d);
        values[k]! += w * b;
        if (!jacobian) continue;
        jacobian[(this.firstWeight + i) * n + k] = b;
        if (inner >= 0) jacobian[inner * n + k] = w * d[0]!;
      }
    }
  }

  private evaluateDeep(p: ArrayLike<number>, at: number, x: Float64Array, values: Float64Array, jacobian?: Float64Array): void {
    const n = x.length;
    const nb = this.basis.length;
    const layers = this.outer.length;
    const b = new Float64Array(nb);
    const slopes = new Float64Array(nb);
    const firstOuter = this.firstWeight + nb * layers;
    const d = this.scratch;
    for (let k = 0; k < n; k++) {
      for (let i = 0; i < nb; i++) {
        const inner = this.innerAt[i]!;
        b[i] = this.basis[i]!.evaluate(x[k]!, inner < 0 ? 0 : p[at + inner]!, d);
        slopes[i] = d[0]!;
        if (jacobian && inner >= 0) jacobian[inner * n + k] = 0;
      }
      let total = 0;
      for (let j = 0; j < layers; j++) {
        let z = 0;
        for (let i = 0; i < nb; i++) {
          const u = p[at + this.firstWeight + j * nb + i]!;
          if (u !== 0) z += u * b[i]!;
        }
        const v = p[at + firstOuter + j]!;
        const g = Math.exp(z);
        if (v !== 0) total += v * g;
        if (!jacobian) continue;
        jacobian[(firstOuter + j) * n + k] = g;
        for (let i = 0; i < nb; i++) {
          jacobian[(this.firstWeight + j * nb + i) * n + k] = v * g * b[i]!;
          const inner = this.innerAt[i]!;
          if (inner >= 0) jacobian[inner * n + k]! += v * g * p[at + this.firstWeight + j * nb + i]! * slopes[i]!;
        }
      }
      values[k] = total;
    }
  }

  private cacheOf: Float64Array | undefined;
  private cache: (Float64Array | undefined)[] = [];

  /** Values of a basis function without inner parameter at fixed points, remembered for the points last used. */
  private fixedValues(i: number, x: Float64Array): Float64Array {
    if (this.cacheOf !== x) {
      this.cacheOf = x;
      this.cache = [];
    }
    let values = this.cache[i];
    if (!values) {
      values = x.map((point) => this.basis[i]!.evaluate(point, 0, this.scratch));
      this.cache[i] = values;
    }
    return values;
  }

  /** The equation of the network, simplified. */
  expression(p: ArrayLike<number>, at = 0): Expression {
    const nb = this.basis.length;
    const inside = (j: number): Expression =>
      sum(
        ...this.basis.flatMap((f, i) => {
          const w = p[at + this.firstWeight + j * nb + i]!;
          const inner = this.innerAt[i]!;
          return w === 0 ? [] : [f.expression(w, inner < 0 ? 0 : p[at + inner]!, this.unit)];
        }),
      );
    if (this.outer.length === 0) return simplify(inside(0));
    const firstOuter = this.firstWeight + nb * this.outer.length;
    return simplify(
      sum(
        ...this.outer.flatMap((name, j) => {
          const v = p[at + firstOuter + j]!;
          return v === 0 ? [] : [product(constant(v), call(name, simplify(inside(j))))];
        }),
      ),
    );
  }
}
