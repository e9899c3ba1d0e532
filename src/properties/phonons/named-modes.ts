import type { ValueInfo } from '../property.js';
import type { System } from '../system.js';
import { SPECIAL_POINTS, type WaveVector } from './band-path.js';

/** A frequency that has a name: modes at one wave vector. */
export interface NamedMode extends ValueInfo {
  /** special point */
  at: string;
  /** wave vector, or another direction that tells modes apart, in units of the reciprocal vectors of the conventional cell */
  along: WaveVector;
  /** along that direction, or across it; `any`: all modes */
  polarisation: 'longitudinal' | 'transverse' | 'any';
  /** which of these (at Γ: of the optical ones), the lowest is 0; equal ones by symmetry are averaged */
  modes: readonly number[];
}

type Row = [name: string, at: string, polarisation: NamedMode['polarisation'], modes: readonly number[], words: string];

const MONATOMIC: readonly Row[] = [
  ['x_transverse', 'X', 'transverse', [0, 1], 'transverse at X'],
  ['x_longitudinal', 'X', 'longitudinal', [0], 'longitudinal at X'],
];

const ROWS: Readonly<Record<string, readonly Row[]>> = {
  fcc: [
    ...MONATOMIC,
    ['l_transverse', 'L', 'transverse', [0, 1], 'transverse at L'],
    ['l_longitudinal', 'L', 'longitudinal', [0], 'longitudinal at L'],
  ],
  bcc: [
    ['h', 'H', 'any', [0, 1, 2], 'at H, where all three are equal'],
    ['p', 'P', 'any', [0, 1, 2], 'at P, where all three are equal'],
    ['n_transverse_1', 'N', 'transverse', [0], 'lower transverse at N'],
    ['n_transverse_2', 'N', 'transverse', [1], 'upper transverse at N'],
    ['n_longitudinal', 'N', 'longitudinal', [0], 'longitudinal at N'],
  ],
  sc: MONATOMIC,
  hcp: [
    ['gamma_transverse_optical', 'Γ', 'transverse', [0, 1], 'optical at Γ, atoms move in the basal plane (E2g)'],
    ['gamma_longitudinal_optical', 'Γ', 'longitudinal', [0], 'optical at Γ, atoms move along c (B1g)'],
    ['a_transverse', 'A', 'transverse', [0, 1, 2, 3], 'transverse at A'],
    ['a_longitudinal', 'A', 'longitudinal', [0, 1], 'longitudinal at A'],
    ['m_lowest', 'M', 'any', [0], 'lowest at M'],
    ['m_highest', 'M', 'any', [5], 'highest at M'],
    ['k_lowest', 'K', 'any', [0], 'lowest at K'],
    ['k_highest', 'K', 'any', [5], 'highest at K'],
  ],
  diamond: [
    ['gamma_optical', 'Γ', 'any', [0, 1, 2], 'optical at Γ'],
    ['x_transverse_acoustic', 'X', 'transverse', [0, 1], 'transverse acoustic at X'],
    ['x_longitudinal', 'X', 'longitudinal', [0, 1], 'longitudinal at X, where acoustic and optical are equal'],
    ['x_transverse_optical', 'X', 'transverse', [2, 3], 'transverse optical at X'],
    ['l_transverse_acoustic', 'L', 'transverse', [0, 1], 'transverse acoustic at L'],
    ['l_longitudinal_acoustic', 'L', 'longitudinal', [0], 'longitudinal acoustic at L'],
    ['l_longitudinal_optical', 'L', 'longitudinal', [1], 'longitudinal optical at L'],
    ['l_transverse_optical', 'L', 'transverse', [2, 3], 'transverse optical at L'],
  ],
};

/** The named frequencies of a crystal; none for crystals that were given as a structure. */
export function namedModes({ kind }: System): NamedMode[] {
  const points = SPECIAL_POINTS[kind === 'hcp' ? 'hexagonal' : kind === 'diamond' ? 'fcc' : kind];
  return (ROWS[kind] ?? []).map(([name, at, polarisation, modes, words]) => ({
    name: `phonon_${name}`,
    unit: 'THz',
    description: `phonon frequency, ${words}`,
    at,
    // at Γ of hcp the modes are told apart by the c axis
    along: at === 'Γ' ? [0, 0, 1] : points[at]!,
    polarisation,
    modes,
  }));
}

/** Modes at one wave vector. */
export interface ModesAtPoint {
  /** THz, growing, negative for imaginary ones */
  frequencies: readonly number[];
  /** of each mode: for each atom and direction the real and imaginary part, shape (modes, 6 natoms) */
  eigenvectors: readonly Float64Array[];
}

/** The modes at Γ without the three acoustic ones, whose eigenvectors are any mixture. */
export function optical({ frequencies, eigenvectors }: ModesAtPoint): ModesAtPoint {
  const acoustic = frequencies
    .map((_, mode) => mode)
    .sort((p, q) => Math.abs(frequencies[p]!) - Math.abs(frequencies[q]!))
    .slice(0, 3);
  const kept = (_: unknown, mode: number) => !acoustic.includes(mode);
  return { frequencies: frequencies.filter(kept), eigenvectors: eigenvectors.filter(kept) };
}

/** Frequencies of the modes with this polarisation, growing. @param along unit vector */
export function polarised(
  { frequencies, eigenvectors }: ModesAtPoint,
  polarisation: NamedMode['polarisation'],
  along: ArrayLike<number>,
): number[] {
  if (polarisation === 'any') return [...frequencies];
  return frequencies.filter((_, mode) => {
    const vector = eigenvectors[mode]!;
    let share = 0;
    for (let i = 0; i < vector.length; i += 6)
      for (const part of [0, 1]) {
        const projection = vector[i + part]! * along[0]! + vector[i + 2 + part]! * along[1]! + vector[i + 4 + part]! * along[2]!;
        share += projection ** 2;
      }
    return share > 0.5 === (polarisation === 'longitudinal');
  });
}
