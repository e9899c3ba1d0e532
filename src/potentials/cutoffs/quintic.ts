import type { Taper } from './taper.js';

/** 1 up to cutoff - width, then the smootherstep 1 - x^3 (10 - 15 x + 6 x^2) down to 0; two continuous derivatives. */
export const quinticTaper: Taper = {
  name: 'quintic',
  // 2.1 Å at 5.5 Å and 3 Å at 8 Å: wide enough for 32 radial nodes
  defaultWidth: (cutoff) => Math.round(3.75 * cutoff) / 10,
  evaluate(r, cutoff, width, derivative) {
    const x = (r - cutoff + width) / width;
    if (x <= 0) {
      derivative[0] = 0;
      return 1;
    }
    if (x >= 1) {
      derivative[0] = 0;
      return 0;
    }
    derivative[0] = (-30 * x * x * (1 - x) * (1 - x)) / width;
    return 1 - x * x * x * (10 - 15 * x + 6 * x * x);
  },
  text: (cutoff, width) => `1 - x^3*(10 - 15*x + 6*x^2), x = max(0, (r - ${start(cutoff, width)})/${width})`,
  latex: (cutoff, width) => `1-x^3(10-15x+6x^2),\\quad x=\\max\\left(0,\\frac{r-${start(cutoff, width)}}{${width}}\\right)`,
};

/** where the taper begins, Å, without rounding noise */
function start(cutoff: number, width: number): number {
  return Number((cutoff - width).toPrecision(12));
}
