import type { EamPotential, ScalarFunction } from '../potentials/eam.js';
import type { SeenRange } from '../potentials/seen-range.js';
import type { ReportSpline } from '../report/sections/splines.js';

const POINTS = 200;
/** Radial functions are drawn from this part of the shortest distance on. */
const FROM = 0.9;
/** Embedding functions are drawn to this multiple of the largest density of the data. */
const TO = 1.15;
/** Largest density and shortest distance, in cutoffs, where a model does not say what it was fitted to. */
const UNKNOWN = { density: 60, distance: 0.5 };

/** A function of the distance as a report draws it. @param unit of its values, empty where they have none */
export function radialFigure(
  name: string,
  unit: string,
  f: ScalarFunction,
  { cutoff, range }: { cutoff: number; range?: SeenRange | undefined },
): ReportSpline {
  const shortest = range?.shortest ?? UNKNOWN.distance * cutoff;
  return {
    name,
    argument: { label: 'distance r', unit: 'Å' },
    unit,
    curve: sampled(f, FROM * shortest, cutoff),
    met: [shortest, cutoff],
  };
}

/** Pair energies, densities and embedding functions as a report draws them. @param density what the argument of F is called */
export function eamFigures(potential: EamPotential, range: SeenRange | undefined, density: string): ReportSpline[] {
  const { elements, cutoff } = potential;
  const [low, high] = [range?.lowestDensity ?? 0, range?.highestDensity ?? UNKNOWN.density];
  return [
    ...elements.flatMap((one, a) =>
      elements.slice(a).map((other, k) => radialFigure(`φ of ${one}-${other}`, 'eV', potential.pair(a, a + k), { cutoff, range })),
    ),
    ...elements.map((element, b) => radialFigure(`ρ of ${element}`, '', potential.density(b, b), { cutoff, range })),
    ...elements.map(
      (element, a): ReportSpline => ({
        name: `F of ${element}`,
        argument: { label: density, unit: '' },
        unit: 'eV',
        curve: sampled(potential.embedding(a), 0, TO * high),
        met: [low, high],
      }),
    ),
  ];
}

/** A function at even steps. */
function sampled(f: ScalarFunction, from: number, to: number): ReportSpline['curve'] {
  const slope = new Float64Array(1);
  const x = Float64Array.from({ length: POINTS }, (_, k) => from + ((to - from) * k) / (POINTS - 1));
  return { x, y: x.map((at) => f.evaluate(at, slope)) };
}
