import { repeat, type Structure } from '../structures/structure.js';
import type { Functional, TargetFamily } from './family.js';

/** Displacements of the five-point formula are once and twice this, Å. */
const STEP = 0.03;
/** THz of a mode of curvature 1 eV/Å² and mass 1 amu: sqrt(eV / amu) / Å / (2 pi), CODATA 2018. */
const THZ = 15.633304;

/** By mode: wave vector in 2 pi / a, direction of motion, and supercell of the conventional cell that holds it. */
const MODES: Readonly<Record<string, { wave: readonly number[]; along: readonly number[]; cells: readonly [number, number, number] }>> = {
  phonon_x_longitudinal: { wave: [1, 0, 0], along: [1, 0, 0], cells: [1, 1, 1] },
  phonon_x_transverse: { wave: [1, 0, 0], along: [0, 1, 0], cells: [1, 1, 1] },
  phonon_l_longitudinal: { wave: [0.5, 0.5, 0.5], along: [1, 1, 1], cells: [2, 2, 2] },
  phonon_l_transverse: { wave: [0.5, 0.5, 0.5], along: [1, -1, 0], cells: [2, 2, 2] },
};

/**
 * Frequencies at the corners X and L of the fcc zone from frozen phonons. All atoms move by +u or -u, so E = n M (2 pi f)^2 u^2 / 2. The
 * frequency is linear in the square of itself close to the value that is wanted: f = f0 + (f^2 - f0^2) / (2 f0).
 */
export const vibrations: TargetFamily = {
  names: Object.keys(MODES).join(', '),
  knows: (name) => Object.hasOwn(MODES, name),
  build(name, { cell, a, mass }, value): Functional {
    const { wave, along, cells } = MODES[name]!;
    const perfect = repeat(cell, cells);
    const atoms = perfect.species.length;
    // f^2 = THZ^2 E'' / (n M), E'' by a five-point formula
    const per = (THZ * THZ) / (atoms * mass) / (12 * STEP * STEP) / (2 * value);
    return {
      unit: 'THz',
      offset: value / 2,
      geometries: (
        [
          [0, -30],
          [1, 32],
          [2, -2],
        ] as const
      ).map(([k, c]) => ({
        structure: frozen(perfect, a, wave, along, k * STEP),
        relax: 'none',
        perEnergy: per * c,
      })),
    };
  },
};

function frozen(perfect: Structure, a: number, wave: readonly number[], along: readonly number[], u: number): Structure {
  const length = Math.hypot(...along);
  const positions = perfect.positions.slice();
  for (let i = 0; i < positions.length; i += 3) {
    const phase = (2 * Math.PI * wave.reduce((sum, q, d) => sum + q * perfect.positions[i + d]!, 0)) / a;
    const sign = Math.round(Math.cos(phase));
    for (let d = 0; d < 3; d++) positions[i + d]! += (sign * u * along[d]!) / length;
  }
  return { ...perfect, positions };
}
