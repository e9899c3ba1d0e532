import type { Frame } from '../structures/structure.js';

/** Energies of frames on the scale of the data: the energies of the free atoms are parameters that follow those of the functions. */
export class EnergyScale {
  /** share of each element in each frame, shape (frames, elements) */
  readonly shares: Float64Array;

  /**
   * @param elements chemical symbols, in the order of their parameters
   * @param at index of the first of these parameters
   */
  constructor(
    private readonly frames: readonly Frame[],
    private readonly elements: readonly string[],
    private readonly at: number,
  ) {
    const count = elements.length;
    this.shares = new Float64Array(frames.length * count);
    frames.forEach(({ species }, s) => {
      for (const symbol of species) this.shares[s * count + elements.indexOf(symbol)]! += 1 / species.length;
    });
  }

  /** Label of a frame, eV/atom; zero where it has none. */
  label(s: number): number {
    const { energy, species } = this.frames[s]!;
    return (energy ?? 0) / species.length;
  }

  /** Error of a frame, eV/atom. @param energy of the functions, without the free atoms, eV */
  error(s: number, p: ArrayLike<number>, energy: number): number {
    const count = this.elements.length;
    let value = energy / this.frames[s]!.species.length;
    for (let e = 0; e < count; e++) value += this.shares[s * count + e]! * p[this.at + e]!;
    return value - this.label(s);
  }
}
