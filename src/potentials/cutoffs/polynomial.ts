import type { Taper } from './taper.js';

/** (1 - (r / cutoff)^2)^3: acts over the whole range and needs no width; two continuous derivatives at the cutoff. */
export const polynomialTaper: Taper = {
  name: 'polynomial',
  defaultWidth: () => 0,
  evaluate(r, cutoff, _width, derivative) {
    if (r >= cutoff) {
      derivative[0] = 0;
      return 0;
    }
    const q = 1 - (r * r) / (cutoff * cutoff);
    derivative[0] = (-6 * r * q * q) / (cutoff * cutoff);
    return q * q * q;
  },
  text: (cutoff) => `(1 - (r/${cutoff})^2)^3`,
  latex: (cutoff) => `\\left(1-\\left(\\frac{r}{${cutoff}}\\right)^2\\right)^3`,
};
