/** A named function of one variable that an expression may call. */
export interface NamedFunction {
  /** value at x; the derivative is written to `derivative[0]` */
  evaluate(x: number, derivative: Float64Array): number;
  /** LaTeX of the call, given the LaTeX of its argument */
  latex(argument: string): string;
}

const defined = {
  exp: {
    evaluate(x, d) {
      const value = Math.exp(x);
      d[0] = value;
      return value;
    },
    latex: (argument) => `\\exp\\left(${argument}\\right)`,
  },
  sqrt: {
    evaluate(x, d) {
      const value = Math.sqrt(x);
      d[0] = 0.5 / value;
      return value;
    },
    latex: (argument) => `\\sqrt{${argument}}`,
  },
  log: {
    evaluate(x, d) {
      d[0] = 1 / x;
      return Math.log(x);
    },
    latex: (argument) => `\\ln\\left(${argument}\\right)`,
  },
  tanh: {
    evaluate(x, d) {
      const value = Math.tanh(x);
      d[0] = 1 - value * value;
      return value;
    },
    latex: (argument) => `\\tanh\\left(${argument}\\right)`,
  },
} satisfies Record<string, NamedFunction>;

export type FunctionName = keyof typeof defined;

/** Every function that may stand in an equation. Add one here and it can be parsed, printed and differentiated. */
export const FUNCTIONS: Readonly<Record<FunctionName, NamedFunction>> = defined;
