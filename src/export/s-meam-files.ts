import { pairIndex, type SMeamModel } from '../potentials/s-meam.js';
import { elementOf } from '../structures/elements.js';
import { exportMeamSpline } from './meam-spline.js';
import { includeText, type PairInPlace } from './pair-in.js';

/** What LAMMPS needs of a spline potential. */
export interface SMeamFiles {
  /** text by file name */
  files: Record<string, string>;
  /** names of the include files among `files` */
  decks: readonly ['pair.in'];
}

/** Name of the exported potential file. */
export const SPLINE_FILE = 'potential.meam.spline';

/**
 * `potential.meam.spline` and `pair.in`; a core is overlaid as LAMMPS's own pair_style zbl. Nothing is written to disk here.
 * @param date yyyy-mm-dd
 * @throws InputError for what LAMMPS cannot evaluate, and for a folder whose name cannot be written in a LAMMPS script
 */
export function exportSMeam(model: SMeamModel, place: PairInPlace, date: string): SMeamFiles {
  return {
    files: {
      [SPLINE_FILE]: exportMeamSpline(model, date),
      'pair.in': includeText(model, place, 'pair.in', sMeamPairLines(model, `{${SPLINE_FILE}}`)),
    },
    decks: ['pair.in'],
  };
}

/** The pair_style and pair_coeff lines of a spline potential whose file is called `file`. */
export function sMeamPairLines(model: SMeamModel, file: string): string[] {
  const { elements, core } = model;
  const symbols = elements.join(' ');
  if (core.kind === 'none') return ['pair_style meam/spline', `pair_coeff * * ${file} ${symbols}`];
  const z = elements.map((symbol) => elementOf(symbol).z);
  const repulsions: string[] = [];
  z.forEach((one, a) => {
    z.forEach((other, b) => {
      if (b >= a) repulsions[pairIndex(a, b, z.length)] = `pair_coeff ${a + 1} ${b + 1} zbl ${one} ${other}`;
    });
  });
  return [
    `pair_style hybrid/overlay meam/spline zbl ${core.inner} ${core.outer}`,
    `pair_coeff * * meam/spline ${file} ${symbols}`,
    ...repulsions,
  ];
}
