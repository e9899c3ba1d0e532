import { InputError } from '../../errors.js';
import { exponentOf } from '../../expressions/basis/power.js';
import type { Expression } from '../../expressions/expression.js';
import { printText } from '../../expressions/print.js';
import { simplify } from '../../expressions/simplify.js';
import { COORDINATION } from '../equation-network.js';
import type { AlloyForm, AlloyFunction } from './form.js';

/** A printed term: coefficient * x^exponent, or coefficient * exp(rate * x^exponent). */
interface PrintedTerm {
  coefficient: number;
  exponent: number;
  rate?: number;
}

/** Equations of a former fit for some of the functions of a form. */
export interface FormerEquations {
  /** by `AlloyFunction.kind` and `of`; undefined where it has none */
  equation(f: AlloyFunction): Expression | undefined;
  densityFloor: number;
}

/**
 * Puts equations into a point of a form: their terms with their constants, all other terms of these functions off. Densities are scaled so that the floor is
 * that of the form, and embedding functions with them, which changes no energy.
 * @returns indices of the parameters of the functions that were set
 * @throws InputError for a term that the networks of the form do not have
 */
export function setEquations(form: AlloyForm, p: Float64Array, former: FormerEquations): number[] {
  const scale = former.densityFloor > 0 ? form.settings.densityFloor / former.densityFloor : 1;
  return form.functions.flatMap((f) => {
    const equation = former.equation(f);
    if (!equation) return [];
    for (const weight of f.weights) p[weight] = 0;
    const variable = f.kind === 'embedding' ? 'rho' : 'r';
    for (const one of terms(equation)) {
      const printed = printedTerm(one);
      const term = f.basis.findIndex(({ name }, k) => p[f.weights[k]!] === 0 && printed && isOf(name, variable, printed));
      if (!printed || term < 0)
        throw new InputError(
          `the ${f.kind} function of ${f.of} has the term ${printText(one, variable)}, which the network cannot hold`,
          {},
          {
            hint: `network.${f.kind}.basis is ${f.basis.map(({ name }) => name).join(', ')}`,
          },
        );
      const { innerScale, weightScale } = f.basis[term]!;
      const a = printed.rate === undefined ? 0 : printed.rate / innerScale(f.unit);
      const factor = f.kind === 'density' ? COORDINATION * scale : f.kind === 'embedding' ? scale ** -printed.exponent : 1;
      p[f.weights[term]!] = (factor * printed.coefficient) / weightScale(a, f.unit);
      if (f.inner[term]! >= 0) p[f.inner[term]!] = a;
    }
    return [...f.weights, ...f.inner.filter((q) => q >= 0)];
  });
}

function terms(equation: Expression): readonly Expression[] {
  const simple = simplify(equation);
  return simple.kind === 'sum' ? simple.terms : [simple];
}

/** Undefined for a term of another shape. */
function printedTerm(expression: Expression): PrintedTerm | undefined {
  const factors = expression.kind === 'product' ? expression.factors : [expression];
  let coefficient = 1;
  const rest: Expression[] = [];
  for (const factor of factors) {
    if (factor.kind === 'constant') coefficient *= factor.value;
    else rest.push(factor);
  }
  const [one, ...others] = rest;
  if (!one || others.length > 0) return undefined;
  if (one.kind === 'call' && one.name === 'exp') {
    const inside = printedTerm(one.argument);
    return inside && inside.rate === undefined ? { coefficient, exponent: inside.exponent, rate: inside.coefficient } : undefined;
  }
  if (one.kind === 'call' && one.name === 'sqrt' && one.argument.kind === 'variable') return { coefficient, exponent: 0.5 };
  if (one.kind === 'variable') return { coefficient, exponent: 1 };
  return one.kind === 'power' && one.base.kind === 'variable' ? { coefficient, exponent: one.exponent } : undefined;
}

function isOf(name: string, variable: string, { exponent, rate }: PrintedTerm): boolean {
  if (rate === undefined) return exponentOf(name, variable) === exponent;
  return name === (exponent === 1 ? `exp(-${variable})` : `exp(-${variable}^${exponent})`);
}
