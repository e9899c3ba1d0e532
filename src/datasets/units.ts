/** Conversions at the border of the data files; inside everything is eV, Å, eV/Å³. CODATA 2018 (exact for eV). */

/** GPa in one eV/Å³ */
export const GPA_PER_EV_A3 = 160.2176634;
/** kilobar (0.1 GPa, VASP's "kB") in one eV/Å³ */
const KILOBAR_PER_EV_A3 = 1602.176634;
/** eV in one hartree */
export const EV_PER_HARTREE = 27.211386245988;

/**
 * Six numbers xx yy zz yz xz xy (the order of ASE) to a 3x3 row-major matrix.
 * @param v shape (6)
 */
export function voigtToMatrix(v: ArrayLike<number>): Float64Array {
  return Float64Array.of(v[0]!, v[5]!, v[4]!, v[5]!, v[1]!, v[3]!, v[4]!, v[3]!, v[2]!);
}

/**
 * VASP's stress (kB, positive = compression) to eV/Å³, positive = tension.
 * @param kilobar shape (3, 3) row-major
 */
export function stressFromVasp(kilobar: ArrayLike<number>): Float64Array {
  // 0 - x keeps +0 for zero components
  return Float64Array.from(kilobar, (x) => (0 - x) / KILOBAR_PER_EV_A3);
}

/** Pressure in GPa (positive = compression) of a stress in eV/Å³, shape (3, 3) row-major. */
export function pressureGPa(stress: ArrayLike<number>): number {
  return (-(stress[0]! + stress[4]! + stress[8]!) / 3) * GPA_PER_EV_A3;
}
