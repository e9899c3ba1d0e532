import { EngineError } from '../errors.js';
import type { Curve, Property, PropertyOutcome } from './property.js';
import { mean } from './thermal/averages.js';
import { type Coexistence, coexistence } from './thermal/coexistence.js';
import { expectedMelting } from './thermal/melting-temperatures.js';

/** A small box that finds the temperature to within some per cent. */
const SEARCH = { atoms: 2000, warm: 1500, steps: 8000 };
/** The measurement. */
const MEASURE = { atoms: 4400, warm: 2500, steps: 22000 };
const MOST_SEARCHES = 8;
/** Share of crystal in between which the search is over, and in between which a measurement counts. */
const FOUND = [0.2, 0.8] as const;
const BOTH = [0.3, 0.7] as const;
/** The search ends no further from where it started than this share; from afar a small box has no time to get there. */
const NEAR = 0.05;
/** The two measurements start at this share below and above. */
const AWAY = 0.02;
/** They have to meet to within this share. */
const MEET = 0.02;
/** Where they do not, or where too much froze or melted, what they ended at is a better place to start from, once. */
const MOST_MEASUREMENTS = 2;

/** Melting point by coexistence of crystal and melt at constant enthalpy, from below and from above. */
export const melting: Property = {
  id: 'melting',
  title: 'Melting point',
  long: true,
  cost: '5 to 20 minutes of one core for copper with native LAMMPS (two boxes of 4400 atoms for 60 ps, smaller ones before)',
  templates: ['in.melting'],
  values: () => [{ name: 'melting_point', unit: 'K', description: 'temperature at which crystal and melt coexist at zero pressure' }],
  applies: ({ kind, label }) =>
    kind === 'other' ? `${label}: coexistence is set up for fcc, bcc, hcp, sc and diamond crystals of one element` : undefined,
  async run(context) {
    const { cohesive } = await context.lattice();
    let expected = expectedMelting(context.system, cohesive);
    const searched: Coexistence[] = [];
    for (;;) {
      const found = await coexistence(context, expected, SEARCH, searched.length);
      searched.push(found);
      // where all is frozen or molten the temperature came closer by what that gave or took
      const start = expected;
      expected = found.temperature.mean;
      if (between(found.solidAtEnd, FOUND) && Math.abs(expected - start) < NEAR * start) break;
      if (searched.length === MOST_SEARCHES)
        throw found.run.error(
          `no temperature was found at which crystal and melt stay side by side; the last try ended at ${Math.round(expected)} K with ${percent(found.solidAtEnd)} crystal`,
        );
    }
    for (let count = 1; ; count++) {
      const starts = [expected * (1 - AWAY), expected * (1 + AWAY)];
      const measured = await Promise.all(starts.map((start, k) => coexistence(context, start, MEASURE, 100 * count + k)));
      const problem = problemOf(measured, starts);
      if (!problem) return outcome(measured, starts, searched.length, count);
      if (count === MOST_MEASUREMENTS) throw problem;
      expected = mean(measured.map(({ temperature }) => temperature.mean));
    }
  },
};

/** Why two measurements are none. */
function problemOf(measured: readonly Coexistence[], starts: readonly number[]): Error | undefined {
  for (const [k, { solid, solidAtEnd, run }] of measured.entries())
    if (!between(solid, BOTH) || !between(solidAtEnd, BOTH))
      return run.error(
        `started at ${Math.round(starts[k]!)} K, ${percent(solidAtEnd)} of the box is crystal at the end (${percent(solid)} on average), so crystal and melt do not coexist; expected 30 to 70 %`,
      );
  const [low, high] = measured.map(({ temperature }) => temperature.mean) as [number, number];
  if (Math.abs(high - low) > (MEET * (high + low)) / 2)
    return new EngineError(
      `started at ${starts.map(Math.round).join(' and ')} K, the temperatures end at ${low.toFixed(1)} and ${high.toFixed(1)} K and do not meet`,
    );
  return undefined;
}

function outcome(measured: readonly Coexistence[], starts: readonly number[], searches: number, measurements: number): PropertyOutcome {
  const temperatures = measured.map(({ temperature }) => temperature.mean);
  const errors = measured.map(({ temperature }) => temperature.error);
  const apart = Math.max(...temperatures) - Math.min(...temperatures);
  return {
    values: [
      {
        name: 'melting_point',
        unit: 'K',
        value: mean(temperatures),
        detail: {
          uncertainty_k: Math.max(Math.hypot(...errors) / errors.length, apart / 2),
          started_at_k: starts,
          temperatures_k: temperatures,
          errors_of_block_averages_k: errors,
          solid_fractions: measured.map(({ solid }) => solid),
          pressures_gpa: measured.map(({ pressure }) => pressure),
          atoms: measured[0]!.atoms,
          picoseconds: measured[0]!.duration,
          searches,
          measurements,
        },
      },
    ],
    curves: measured.flatMap(curvesOf),
  };
}

function between(value: number, [low, high]: readonly [number, number]): boolean {
  return value > low && value < high;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function curvesOf({ times, temperatures, shares, densities }: Coexistence): Curve[] {
  const x = { label: 'time', unit: 'ps', values: times };
  return [
    { id: 'coexistence_temperature', title: 'Coexistence: temperature', x, y: { label: 'temperature', unit: 'K', values: temperatures } },
    { id: 'coexistence_solid', title: 'Coexistence: share of crystal', x, y: { label: 'share of crystal', unit: '', values: shares } },
    { id: 'coexistence_density', title: 'Coexistence: density', x, y: { label: 'density', unit: 'g/cm³', values: densities } },
  ];
}
