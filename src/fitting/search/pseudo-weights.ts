import type { Parameter } from '../subnetwork.js';

/** Real weight of a pseudo-weight v: zero within the null zone, v moved towards zero by its half width outside (paper, Methods). */
export function realWeight(v: number, zone: number): number {
  return v <= -zone ? v + zone : v >= zone ? v - zone : 0;
}

/** A pseudo-weight that gives the real weight w. */
export function pseudoWeight(w: number, zone: number): number {
  return w === 0 ? 0 : w > 0 ? w + zone : w - zone;
}

/** Real parameters of a pseudo-weight vector; inner parameters are not switched off and stay as they are. */
export function toReal(pseudo: Float64Array, parameters: readonly Parameter[], zone: number, out: Float64Array): void {
  for (let q = 0; q < parameters.length; q++) out[q] = parameters[q]!.role === 'inner' ? pseudo[q]! : realWeight(pseudo[q]!, zone);
}
