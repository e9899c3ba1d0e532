import { InputError } from '../../errors.js';
import { exponentOf } from '../../expressions/basis/power.js';
import type { Expression } from '../../expressions/expression.js';
import { printText } from '../../expressions/print.js';
import { simplify } from '../../expressions/simplify.js';
import { COORDINATION } from '../equation-network.js';
import type { AlloyForm, AlloyFunction } from './form.js';

/** A printed term: coefficient * x^exponent, coefficient * exp(rate * x^exponent), or coefficient * x log(x). */
interface PrintedTerm {
  coefficient: number;
  exponent: number;
  rate?: number;
  logarithm?: true;
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
      if (f.kind === 'embedding' && printed.logarithm && scale !== 1)
        throw new InputError(
          `the embedding function of ${f.of} has a logarithm, which another density floor would change`,
          {},
          { hint: `set network.density_floor to that of the former fit, ${former.densityFloor}` },
        );
      const { innerScale, weightScale } = f.basis[term]!;
      // F(rho / scale)
      const { coefficient, rate } = f.kind === 'embedding' ? stretched(printed, scale) : printed;
      const a = rate === undefined ? 0 : rate / innerScale(f.unit);
      const factor = f.kind === 'density' ? COORDINATION * scale : 1;
      p[f.weights[term]!] = (factor * coefficient) / weightScale(a, f.unit);
      if (f.inner[term]! >= 0) p[f.inner[term]!] = a;
    }
    return [...f.weights, ...f.inner.filter((q) => q >= 0)];
  });
}

/** The term of x / scale as one of x. */
function stretched({ coefficient, exponent, rate, ...rest }: PrintedTerm, scale: number): PrintedTerm {
  const factor = scale ** -exponent;
  return rate === undefined
    ? { ...rest, coefficient: coefficient * factor, exponent }
    : { ...rest, coefficient, exponent, rate: rate * factor };
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
  const isLogarithm = (factor: Expression): boolean =>
    factor.kind === 'call' && factor.name === 'log' && factor.argument.kind === 'variable';
  if (rest.length === 2 && rest.some(isLogarithm) && rest.some(({ kind }) => kind === 'variable'))
    return { coefficient, exponent: 1, logarithm: true };
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

function isOf(name: string, variable: string, { exponent, rate, logarithm }: PrintedTerm): boolean {
  if (logarithm) return name === `${variable}*log(${variable})`;
  if (rate === undefined) return exponentOf(name, variable) === exponent;
  return name === (exponent === 1 ? `exp(-${variable})` : `exp(-${variable}^${exponent})`);
}
