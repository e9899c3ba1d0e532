import type { ScalarFunction } from './eam.js';
import { screened } from './zbl.js';

/** Å, as in LAMMPS's src/pair_zbl_const.h */
const LENGTH = 0.4685;

/**
 * The nuclear repulsion as LAMMPS's `pair_style zbl INNER OUTER` has it (src/pair_zbl.cpp): from `inner` on a polynomial is added that
 * brings energy, slope and curvature to zero at `outer`; below, it is shifted by a constant. Lengths in Å.
 */
export class LammpsZbl implements ScalarFunction {
  private readonly cubic: number;
  private readonly quartic: number;
  private readonly shift: number;

  constructor(
    private readonly z1: number,
    private readonly z2: number,
    private readonly inner: number,
    private readonly outer: number,
  ) {
    const derivatives = new Float64Array(2);
    const energy = screened(z1, z2, LENGTH, outer, derivatives);
    const [first, second] = derivatives as unknown as [number, number];
    const width = outer - inner;
    this.cubic = (-3 * first + width * second) / (3 * width ** 2);
    this.quartic = (2 * first - width * second) / (4 * width ** 3);
    this.shift = -energy + (width * first) / 2 - (width ** 2 * second) / 12;
  }

  evaluate(r: number, derivative: Float64Array): number {
    if (r >= this.outer) {
      derivative[0] = 0;
      return 0;
    }
    const energy = screened(this.z1, this.z2, LENGTH, r, derivative) + this.shift;
    if (r <= this.inner) return energy;
    const t = r - this.inner;
    derivative[0]! += t * t * (3 * this.cubic + 4 * this.quartic * t);
    return energy + t * t * t * (this.cubic + this.quartic * t);
  }
}
