import { GPA_PER_EV_PER_ANGSTROM3 } from '../../properties/units.js';
import type { TargetCrystal } from '../family.js';
import { strained } from '../strain.js';
import type { CurvePoint } from './curve.js';

/** The universal equation of state of metals with Mishin's term for high pressure. */
export interface RoseSettings {
  /** energy less that of free atoms, eV/atom, negative */
  cohesiveEnergy: number;
  /** GPa */
  bulkModulus: number;
  /** of Mishin's term */
  beta: number;
  /** smallest and largest relative change of the lattice constant */
  range: readonly [number, number];
  points: number;
}

/**
 * E(x) = E0 [1 + alpha x + beta alpha^3 x^3 (2x + 3) / (x + 1)^2] exp(-alpha x) with x = a/a0 - 1 and alpha = sqrt(-9 V0 B / E0)
 * (Y. Mishin et al., Phys. Rev. B 63, 224106 (2001); J. H. Rose et al., Phys. Rev. B 29, 2963 (1984)). Some reprints have (x - 1)^2,
 * which diverges at twice the lattice constant and not where atoms meet.
 * @returns eV/atom
 */
export function roseEnergy(x: number, { cohesiveEnergy: e0, bulkModulus, beta }: RoseSettings, volumePerAtom: number): number {
  const alpha = Math.sqrt((-9 * volumePerAtom * (bulkModulus / GPA_PER_EV_PER_ANGSTROM3)) / e0);
  const ax = alpha * x;
  return e0 * (1 + ax + (beta * ax ** 3 * (2 * x + 3)) / (x + 1) ** 2) * Math.exp(-ax);
}

/** Points of the curve as targets, at even steps of the lattice constant. */
export function rose(settings: RoseSettings, { cell, a }: TargetCrystal): CurvePoint[] {
  const n = cell.species.length;
  const [from, to] = settings.range;
  return Array.from({ length: settings.points }, (_, k): CurvePoint => {
    const x = from + ((to - from) * k) / (settings.points - 1);
    return {
      name: `rose ${(a * (1 + x)).toFixed(3)} Å`,
      value: roseEnergy(x, settings, a ** 3 / n),
      functional: {
        unit: 'eV/atom',
        offset: 0,
        geometries: [{ structure: strained(cell, [x, 0, 0, 0, x, 0, 0, 0, x]), relax: 'none', perEnergy: 1 / n }],
      },
    };
  });
}
