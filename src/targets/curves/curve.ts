import type { Functional, TargetCrystal } from '../family.js';

/** One point of a curve as a target of its own. */
export interface CurvePoint {
  name: string;
  /** in the unit of the functional */
  value: number;
  functional: Functional;
}

/** A curve given by points. A new kind is a file with one of these and a line in index.ts. */
export interface Curve {
  /** what x and y of a point are, with units */
  axes: string;
  /** @throws RangeError for an x that is no structure */
  point(x: number, y: number, crystal: TargetCrystal): Omit<CurvePoint, 'name'>;
}
