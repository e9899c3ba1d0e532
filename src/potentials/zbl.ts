/** e^2 / (4 pi epsilon_0), eV Å */
const COULOMB = 14.399645;
/** Bohr radius, Å */
const BOHR = 0.529177211;
const WEIGHTS = [0.18175, 0.50986, 0.28022, 0.02817];
const RATES = [3.1998, 0.94229, 0.4029, 0.20162];

/**
 * Universal screened nuclear repulsion of Ziegler, Biersack and Littmark (1985), eV, at distance r (Å) > 0; the derivative
 * (eV/Å) is written to `derivative[0]`.
 */
export function zbl(z1: number, z2: number, r: number, derivative: Float64Array): number {
  return screened(z1, z2, 0.88534 * BOHR, r, derivative);
}

/** The same for a given screening length of hydrogen (Å); the second derivative (eV/Å²) goes to `derivative[1]` where there is room. */
export function screened(z1: number, z2: number, length: number, r: number, derivative: Float64Array): number {
  const a = length / (z1 ** 0.23 + z2 ** 0.23);
  const scale = (COULOMB * z1 * z2) / r;
  let screening = 0;
  let slope = 0;
  let curvature = 0;
  for (let k = 0; k < 4; k++) {
    const term = WEIGHTS[k]! * Math.exp((-RATES[k]! * r) / a);
    screening += term;
    slope -= (RATES[k]! / a) * term;
    curvature += (RATES[k]! / a) ** 2 * term;
  }
  derivative[0] = scale * (slope - screening / r);
  if (derivative.length > 1) derivative[1] = scale * (curvature - (2 * slope) / r + (2 * screening) / (r * r));
  return scale * screening;
}
