import { InputError } from '../../errors.js';
import { elementOf, usualNearestDistance } from '../../structures/elements.js';
import { ELEMENT_PARAMETERS } from './form.js';

/**
 * Constants of X. W. Zhou, R. A. Johnson and H. N. G. Wadley, Phys. Rev. B 69, 144113 (2004), as the tool eam_database of LAMMPS lists them (its
 * file EAM_code), in the order of `ELEMENT_PARAMETERS`: Å, eV. Those of Ni and Mo are the ones that X. Chen et al. start from; with those of W the tests
 * find the functions of LAMMPS's own W_zhou.eam.alloy again.
 */
const TABLE = `
Cu 2.556162 1.554485 8.12762 4.334731 0.39662 0.548085 0.308782 0.756515 21.175871 21.175395 -0.263788 1.088878 -0.817603 -2.19 0.0 0.56183 -2.100595 0.31049 -2.186568
Ag 2.891814 1.106232 9.13201 4.870405 0.277758 0.419611 0.33971 0.750758 14.6041 14.604144 -0.255882 0.91205 -0.561432 -1.75 0.0 0.744561 -1.15065 0.783924 -1.748423
Au 2.885034 1.529021 9.516052 5.075228 0.229762 0.356666 0.35657 0.748798 19.991632 19.991509 -0.500288 1.601954 -0.83553 -2.98 0.0 1.706587 -1.134778 1.021095 -2.978815
Ni 2.488746 2.007018 8.383453 4.471175 0.429046 0.633531 0.443599 0.820658 27.562015 27.562031 -0.076445 0.241442 -2.375626 -2.7 0.0 0.26539 -0.152856 0.44547 -2.7
Pd 2.750897 1.595417 8.697397 4.638612 0.406763 0.59888 0.397263 0.754799 21.335246 21.940073 -0.473983 1.615343 -0.231681 -2.36 0.0 1.481742 -1.675615 1.13 -2.352753
Pt 2.771916 2.336509 7.105782 3.78975 0.556398 0.696037 0.385255 0.77051 33.367564 35.205357 -2.149952 0.528491 1.222875 -4.17 0.0 3.010561 -2.420128 1.45 -4.145597
Al 2.863924 1.403115 6.613165 3.527021 0.314873 0.365551 0.379846 0.759692 20.418205 23.19574 -0.301435 1.258562 -1.247604 -2.83 0.0 0.622245 -2.488244 0.785902 -2.824528
Pb 3.499723 0.647872 9.121799 5.212457 0.161219 0.236884 0.250805 0.764955 8.450154 8.450063 -0.210107 0.682886 -0.529378 -1.44 0.0 0.702726 -0.538766 0.93538 -1.439436
Fe 2.481987 1.885957 9.81827 5.236411 0.392811 0.646243 0.170306 0.340613 20.041463 20.041463 -0.059605 0.193065 -2.282322 -2.54 0.0 0.200269 -0.14877 0.39175 -2.539945
Mo 2.7281 2.72371 8.393531 4.47655 0.708787 1.120373 0.13764 0.27528 29.354065 29.354065 -0.178812 0.38045 -3.13365 -3.71 0.0 0.875874 0.776222 0.790879 -3.712093
Ta 2.860082 3.086341 8.489528 4.527748 0.611679 1.032101 0.176977 0.353954 33.787168 33.787168 -0.405524 1.112997 -3.585325 -5.14 0.0 1.640098 0.221375 0.848843 -5.141526
W 2.74084 3.48734 8.900114 4.746728 0.882435 1.394592 0.139209 0.278417 37.234847 37.234847 -0.148818 0.365057 -4.432406 -4.96 0.0 0.661935 0.348147 0.582714 -4.961306
Mg 3.196291 0.544323 10.228708 5.455311 0.137518 0.22593 0.5 1.0 7.1326 7.1326 -0.044291 0.162232 -0.68995 -0.9 0.0 0.122838 -0.22601 0.431425 -0.899702
Co 2.505979 1.975299 8.679625 4.629134 0.421378 0.640107 0.5 1.0 27.206789 27.206789 -0.219415 0.733381 -1.589003 -2.56 0.0 0.705845 -0.68714 0.694608 -2.559307
Ti 2.933872 1.8632 8.775431 4.68023 0.373601 0.570968 0.5 1.0 25.565138 25.565138 -0.198262 0.683779 -2.321732 -3.22 0.0 0.608587 -0.75071 0.558572 -3.219176
Zr 3.199978 2.230909 8.55919 4.564902 0.424667 0.640054 0.5 1.0 30.879991 30.879991 -0.293129 0.990148 -3.202516 -4.51 0.0 0.928602 -0.98187 0.597133 -4.509025`;

const PUBLISHED = new Map(
  TABLE.trim()
    .split('\n')
    .map((row) => {
      const [symbol, ...values] = row.trim().split(/\s+/);
      return [symbol!, Float64Array.from(values, Number)] as const;
    }),
);

/** Elements whose constants are published. */
export const PUBLISHED_ELEMENTS: readonly string[] = [...PUBLISHED.keys()];

/** Stand-ins for other elements, by lattice. */
const LIKE: Readonly<Record<string, string>> = { fcc: 'Cu', bcc: 'Mo', hcp: 'Ti', dhcp: 'Ti' };

/**
 * The published constants of an element, in the order of `ELEMENT_PARAMETERS`; for an element without any those of one of the same lattice with the
 * length of its own.
 * @throws InputError for an unknown symbol
 */
export function publishedZjw04(symbol: string): Float64Array {
  const own = PUBLISHED.get(symbol);
  if (own) return own.slice();
  const like = PUBLISHED.get(LIKE[elementOf(symbol).lattice] ?? 'Cu');
  if (!like) throw new InputError(`no constants to start from for ${symbol}`);
  const values = like.slice();
  values[ELEMENT_PARAMETERS.indexOf('re')] = usualNearestDistance(symbol);
  return values;
}
