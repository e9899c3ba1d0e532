import { S_MEAM_KINDS, type SMeamKind, type SMeamModel, SMeamPotential } from '../potentials/s-meam.js';
import type { ReportSpline, ReportSplines } from '../report/sections/splines.js';

const SYMBOLS: Readonly<Record<SMeamKind, string>> = { phi: 'φ', rho: 'ρ', u: 'U', f: 'f', g: 'g' };
const POINTS = 200;

/** A spline potential as a report shows it. */
export function describeSplines(model: SMeamModel, parameters: number): ReportSplines {
  const { elements, functions, core, range } = model;
  const potential = new SMeamPotential(model);
  const slope = new Float64Array(1);
  const pairs = elements.flatMap((one, a) => elements.slice(a).map((other) => `${one}-${other}`));
  const met: Partial<Record<SMeamKind, readonly [number, number]>> = range
    ? {
        phi: [range.shortest, Infinity],
        rho: [range.shortest, Infinity],
        f: [range.shortest, Infinity],
        u: [range.lowestDensity, range.highestDensity],
      }
    : {};
  const list = S_MEAM_KINDS.flatMap((kind) =>
    functions[kind].map((knots, index): ReportSpline => {
      const { first, last, values, slopes } = knots;
      const n = values.length;
      const x = Float64Array.from({ length: POINTS }, (_, k) => first + ((last - first) * k) / (POINTS - 1));
      const seen = met[kind];
      return {
        name: `${SYMBOLS[kind]} of ${kind === 'phi' || kind === 'g' ? pairs[index] : elements[index]}`,
        argument:
          kind === 'u'
            ? { label: 'density n', unit: '' }
            : kind === 'g'
              ? { label: 'cos θ', unit: '' }
              : { label: 'distance r', unit: 'Å' },
        unit: kind === 'phi' || kind === 'u' ? 'eV' : '',
        knots: { x: Float64Array.from({ length: n }, (_, k) => first + ((last - first) * k) / (n - 1)), y: values, slopes },
        curve: { x, y: x.map((at) => potential.functions[kind][index]!.evaluate(at, slope)) },
        ...(seen ? { met: [seen[0], Math.min(seen[1], last)] as const } : {}),
      };
    }),
  );
  const [two, three] = [functions.rho.length > 0, functions.f.length > 0];
  const density = [two && 'sum_j rho_j(r_ij)', three && 'sum_{j<k} f_j(r_ij) f_k(r_ik) g_jk(cos theta_jik)'].filter(Boolean);
  return {
    title: 'The splines in full',
    introduction:
      "The potential is a set of cubic splines with evenly spaced knots, given slopes at both ends and straight lines beyond, as LAMMPS's pair_style meam/spline has it.",
    energyText: `E = sum_i E_ref + sum_{i<j} phi_ij(r_ij)${two || three ? ' + sum_i [ U_i(n_i) - U_i(0) ]' : ''}`,
    ...(density.length > 0 ? { densityText: `n_i = ${density.join(' + ')}` } : {}),
    cutoff: potential.cutoff,
    parameters,
    counted: 'knots and slopes',
    functions: list,
    referenceEnergies: model.referenceEnergies,
    coreText:
      core.kind === 'none'
        ? 'No core: the splines go on as straight lines below their first knots.'
        : `Below ${core.outer} Å the screened nuclear repulsion of Ziegler, Biersack and Littmark is added (LAMMPS's pair_style zbl ${core.inner} ${core.outer}); no data reach there.`,
    citation: model.citation,
  };
}
