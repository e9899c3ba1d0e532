import { repeat, type Structure } from '../structures/structure.js';
import type { Functional, TargetCrystal, TargetFamily } from './family.js';

/** Displacements of the five-point formula are once and twice this, Å. */
const STEP = 0.03;
/** THz of a mode of curvature 1 eV/Å² and mass 1 amu: sqrt(eV / amu) / Å / (2 pi), CODATA 2018. */
const THZ = 15.633304;

interface Mode {
  crystal: TargetCrystal['kind'];
  /** 2 pi / a */
  wave: readonly number[];
  along: readonly number[];
  /** conventional cells that hold it */
  cells: readonly [number, number, number];
}

const MODES: Readonly<Record<string, Mode>> = {
  phonon_x_longitudinal: { crystal: 'fcc', wave: [1, 0, 0], along: [1, 0, 0], cells: [1, 1, 1] },
  phonon_x_transverse: { crystal: 'fcc', wave: [1, 0, 0], along: [0, 1, 0], cells: [1, 1, 1] },
  phonon_l_longitudinal: { crystal: 'fcc', wave: [0.5, 0.5, 0.5], along: [1, 1, 1], cells: [2, 2, 2] },
  phonon_l_transverse: { crystal: 'fcc', wave: [0.5, 0.5, 0.5], along: [1, -1, 0], cells: [2, 2, 2] },
  phonon_h: { crystal: 'bcc', wave: [1, 0, 0], along: [1, 0, 0], cells: [1, 1, 1] },
  phonon_n_longitudinal: { crystal: 'bcc', wave: [0.5, 0.5, 0], along: [1, 1, 0], cells: [2, 2, 1] },
};

/**
 * Frequencies at corners of the zone (X and L of fcc, H and N of bcc) from frozen phonons. All atoms move by +u or -u, so E = n M (2 pi f)^2 u^2 / 2. The
 * frequency is linear in the square of itself close to the value that is wanted: f = f0 + (f^2 - f0^2) / (2 f0).
 */
export const vibrations: TargetFamily = {
  names: Object.keys(MODES).join(', '),
  knows: (name) => Object.hasOwn(MODES, name),
  build(name, { kind, cell, a, mass }, value): Functional | undefined {
    const { crystal, wave, along, cells } = MODES[name]!;
    if (kind !== crystal) return undefined;
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
