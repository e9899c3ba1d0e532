import { InputError } from '../errors.js';
import { CubicSpline, type SplineKnots } from '../math/cubic-spline.js';
import type { SMeamModel } from '../potentials/s-meam.js';
import { digits, oneLine } from './exportable.js';

/** More elements get the wrong functions in LAMMPS: its index of a pair holds for i <= j only, and it asks for both orders. */
const MOST_ELEMENTS = 2;

/**
 * The text of a LAMMPS `pair_style meam/spline` file. Functions that the potential does not have are zero everywhere.
 * @param date yyyy-mm-dd
 * @throws InputError for more than two elements, which LAMMPS reads but evaluates with the wrong functions
 */
export function exportMeamSpline(model: SMeamModel, date: string): string {
  const { elements, functions, title, citation } = model;
  if (elements.length > MOST_ELEMENTS)
    throw new InputError(
      `the potential has ${elements.length} elements, and LAMMPS (29 Sep 2021 to 22 Jul 2025) takes the wrong functions of pair_style meam/spline beyond ${MOST_ELEMENTS} (PairMEAMSpline::ij_to_potl)`,
      {},
      { hint: 'evaluate works with it; for LAMMPS leave out elements' },
    );
  const { phi, rho, u, f, g } = functions;
  const cutoff = Math.max(...[...phi, ...rho, ...f].map(({ last }) => last));
  const blank = (first: number, last: number): SplineKnots => ({ first, last, values: new Float64Array(2), slopes: [0, 0] });
  const absent = (list: readonly SplineKnots[], like: SplineKnots, count: number) =>
    list.length > 0 ? list : Array.from({ length: count }, () => like);
  const radial = blank(0.5 * cutoff, cutoff);
  const unit = blank(-1, 1);
  const all = [
    ...phi,
    ...absent(rho, radial, elements.length),
    ...absent(u, unit, elements.length),
    ...absent(f, radial, elements.length),
    ...absent(g, unit, phi.length),
  ];
  const header = `# DATE: ${date} UNITS: metal CONTRIBUTOR: eqpot CITATION: ${oneLine(citation)} COMMENT: ${oneLine(title)}`.slice(0, 1000);
  return `${header}\nmeam/spline ${elements.length} ${elements.join(' ')}\n${all.map(section).join('')}`;
}

/** One function: knots, slopes at the ends, then position, value and second derivative of each knot (LAMMPS ignores the last). */
function section(knots: SplineKnots): string {
  const { first, last, values, slopes } = knots;
  const n = values.length;
  const text = (value: number) => digits(value, () => 'a knot of the spline');
  const curvatures = new CubicSpline(knots).curvatures();
  const rows = Array.from(values, (value, k) => {
    const x = k === n - 1 ? last : first + ((last - first) * k) / (n - 1);
    return `${text(x)} ${text(value)} ${curvatures[k]!.toPrecision(8)}`;
  });
  return `spline3eq\n${n}\n${text(slopes[0])} ${text(slopes[1])}\n${rows.join('\n')}\n`;
}
