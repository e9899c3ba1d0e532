import type { Taper } from './taper.js';

/** x^4 / (1 + x^4) with x = (r - cutoff) / width (Mishin et al., Phys. Rev. B 63, 224106 (2001)); smooth everywhere inside. */
export const mishinTaper: Taper = {
  name: 'mishin',
  defaultWidth: () => 1,
  evaluate(r, cutoff, width, derivative) {
    if (r >= cutoff) {
      derivative[0] = 0;
      return 0;
    }
    const x = (r - cutoff) / width;
    const x4 = x * x * x * x;
    const bottom = 1 / (1 + x4);
    derivative[0] = (4 * x * x * x * bottom * bottom) / width;
    return x4 * bottom;
  },
  text: (cutoff, width) => `x^4/(1 + x^4), x = (r - ${cutoff})/${width}`,
  latex: (cutoff, width) => `\\frac{x^4}{1+x^4},\\quad x=\\frac{r-${cutoff}}{${width}}`,
};
