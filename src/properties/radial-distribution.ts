import { attempt, sorted } from './attempt.js';
import { copies, timestepFor } from './crystal/molecular-dynamics.js';
import type { Curve, LammpsRun, Property, PropertyValue, ValueInfo } from './property.js';
import { numberRows } from './thermal/averages.js';
import { barostat } from './thermal/barostat.js';
import { firstPeak, type RadialDistribution } from './thermal/first-peak.js';
import { expectedMelting } from './thermal/melting-temperatures.js';

/** K, of the crystal */
const COLD = 300;
/** Temperature of the melt in melting temperatures of the element, and that at which it is made. */
const MELT = 1.1;
const HOT = 2.2;
const ATOMS = 864;
/** steps of each part, 4 ps for copper */
const STEPS = 2000;
/** Å; several shells, less than half of the box */
const RANGE = 9;
const BINS = 180;
/** The atoms of a melt go further in twice the time, and further than any in a crystal, in nearest distances. */
const GROWS = 1.3;
const FARTHEST = 0.35;
const TIMEOUT = 12 * 3600;

const PHASES = ['crystal', 'melt'] as const;

function infos(phase: (typeof PHASES)[number]): ValueInfo[] {
  const where = phase === 'crystal' ? `of the crystal at ${COLD} K` : `of the melt at ${MELT} times the melting temperature of the element`;
  return [
    { name: `rdf_${phase}_first_peak`, unit: 'Å', description: `first peak of the radial distribution ${where}` },
    { name: `rdf_${phase}_first_peak_height`, unit: '', description: `its height, ${where}` },
    { name: `rdf_${phase}_coordination`, unit: '', description: `neighbours up to the first minimum, ${where}` },
  ];
}

/** Radial distribution functions of the crystal and of its melt. */
export const radialDistribution: Property = {
  id: 'radial_distribution',
  title: 'Radial distribution of crystal and melt',
  long: true,
  cost: 'half a minute of one core for copper with native LAMMPS (900 atoms for 28 ps)',
  templates: ['in.rdf'],
  values: () => PHASES.flatMap(infos),
  async run(context) {
    const { structure, cohesive, volume } = await context.lattice();
    const melt = MELT * expectedMelting(context.system, cohesive);
    const data = 'crystal.data';
    const timestep = timestepFor(structure);
    const run = await context.lammps({
      template: 'in.rdf',
      structures: { [data]: structure },
      variables: {
        data,
        repeat: copies(structure, ATOMS).join(' '),
        relax: barostat(context.system, 500 * timestep),
        crystal: COLD,
        melt: Math.round(melt),
        hot: Math.round((HOT / MELT) * melt),
        range: RANGE,
        bins: BINS,
        timestep,
        steps: STEPS,
        seed: context.settings.seed,
      },
      timeoutSeconds: TIMEOUT,
    });
    const curves: Curve[] = [];
    const farthest = FARTHEST * Math.cbrt(volume);
    const results = await Promise.all(
      PHASES.flatMap((phase) =>
        infos(phase).map((info, k) =>
          attempt(info, async (): Promise<PropertyValue> => {
            const { distribution, detail } = measured(run, phase, farthest);
            const peak = firstPeak(distribution);
            if (!peak) throw run.error(`the radial distribution of the ${phase} has no first peak`);
            if (k === 0) curves.push(curveOf(phase, distribution));
            return { name: info.name, unit: info.unit, value: [peak.distance, peak.height, peak.coordination][k]!, detail };
          }),
        ),
      ),
    );
    return { ...sorted(results), curves };
  },
};

/** What the run found of a phase. @throws EngineError when the atoms do not move as those of this phase do */
function measured(run: LammpsRun, phase: (typeof PHASES)[number], farthest: number) {
  const [temperature, volume, early, late] = run.row(phase, 4) as [number, number, number, number];
  const flows = Math.sqrt(late) > farthest && late > GROWS * early;
  if (phase === 'melt' && !flows)
    throw run.error(`there is no melt at ${Math.round(temperature)} K: its atoms stay within ${Math.sqrt(late).toFixed(2)} Å`);
  if (phase === 'crystal' && Math.sqrt(late) > farthest)
    throw run.error(`there is no crystal at ${Math.round(temperature)} K: its atoms move by ${Math.sqrt(late).toFixed(2)} Å`);
  const rows = numberRows(run.files[`${phase}.rdf`]).filter((row) => row.length >= 4);
  if (rows.length !== BINS || rows.some((row) => !row.every(Number.isFinite)))
    throw run.error(`${rows.length} of ${BINS} bins of the radial distribution are there`);
  const distribution: RadialDistribution = {
    distances: rows.map(([, r]) => r!),
    values: rows.map(([, , g]) => g!),
    neighbours: rows.map(([, , , n]) => n!),
  };
  return {
    distribution,
    detail: { temperature_k: temperature, volume_angstrom3: volume, root_mean_square_displacement_angstrom: Math.sqrt(late) },
  };
}

function curveOf(phase: string, { distances, values }: RadialDistribution): Curve {
  return {
    id: `rdf_${phase}`,
    title: `Radial distribution of the ${phase}`,
    x: { label: 'distance', unit: 'Å', values: distances },
    y: { label: 'g(r)', unit: '', values },
  };
}
