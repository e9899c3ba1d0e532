/** A smooth factor that takes a radial function to zero at the cutoff. */
export interface Taper {
  readonly name: string;
  /** width that is taken when none is given, Å, for a cutoff in Å */
  defaultWidth(cutoff: number): number;
  /** factor at r < cutoff (Å); its derivative (1/Å) is written to `derivative[0]` */
  evaluate(r: number, cutoff: number, width: number, derivative: Float64Array): number;
  /** LaTeX of the factor */
  latex(cutoff: number, width: number): string;
  /** plain text of the factor */
  text(cutoff: number, width: number): string;
}
