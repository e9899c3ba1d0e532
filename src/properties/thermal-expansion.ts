import { EngineError } from '../errors.js';
import { attempt, sorted } from './attempt.js';
import type { PropertyContext } from './context.js';
import { copies, timestepFor } from './crystal/molecular-dynamics.js';
import type { Curve, Property, PropertySettings, PropertyValue, ValueInfo } from './property.js';
import type { System } from './system.js';
import { blockAverage, mean } from './thermal/averages.js';
import { barostat } from './thermal/barostat.js';
import { type ExpansionFit, fitExpansion, type VolumeAt } from './thermal/expansion-fit.js';

const PREFIX = 'thermal_expansion_';
/** K, values that are always given */
const USUAL = [300, 600];
/** K, between the temperatures of molecular dynamics */
const STEP = 100;
const ATOMS = 500;
/** Blocks of 4 ps for copper. Means of 3 ps are wrong in the third digit of the expansion of the lattice. */
const RUN = { warm: 2500, steps: 2000, blocks: 10 };
/** ps; of the barostat, in steps of 2 fs */
const DAMPING = 500;
/** of nearest distances; atoms of a crystal do not get further */
const LARGEST_DISPLACEMENT = 0.35;
const TIMEOUT = 12 * 3600;

/** Linear thermal expansion, from molecular dynamics at several temperatures and zero pressure. */
export const thermalExpansion: Property = {
  id: 'thermal_expansion',
  title: 'Thermal expansion',
  long: true,
  cost: '1 to 4 minutes of one core for copper with native LAMMPS (500 atoms for 45 ps at each of 7 temperatures)',
  templates: ['in.expansion'],
  values: (_, settings) => temperaturesOf(settings).map(infoOf),
  knows: (name) => temperatureOf(name) !== undefined,
  async run(context) {
    const { settings } = context;
    const wanted = temperaturesOf(settings);
    const highest = Math.max(...wanted) + STEP;
    const grid = Array.from({ length: Math.ceil(highest / STEP) }, (_, k) => STEP * (k + 1));
    const crystal = await context.lattice();
    const failures = new Map<number, EngineError>();
    const points: Point[] = [];
    await Promise.all(
      grid.map(async (temperature) => {
        try {
          points.push(await sizeAt(context, temperature));
        } catch (error) {
          if (!(error instanceof EngineError)) throw error;
          failures.set(temperature, error);
        }
      }),
    );
    points.sort((p, q) => p.temperature - q.temperature);
    const fit = fitExpansion(points, crystal.volume);
    const values = await Promise.all(
      wanted.map((temperature) => {
        const { name, unit } = infoOf(temperature);
        return attempt({ name, unit }, async (): Promise<PropertyValue> => {
          // a crystal that does not last at higher temperatures has an expansion at the lower ones
          const broken = grid.find((each) => failures.has(each) && (!fit || each <= temperature));
          if (broken !== undefined) throw failures.get(broken)!;
          const { value, error } = fit!.expansion(temperature);
          return {
            name,
            unit,
            value: 1e6 * value,
            detail: {
              uncertainty_1e6_per_k: 1e6 * error,
              temperatures_k: points.map((point) => point.temperature),
              lengths_over_static_length: points.map(({ volume }) => Math.cbrt(volume.mean / crystal.volume)),
              errors_of_block_averages: points.map(({ volume }) => volume.error / (3 * crystal.volume)),
              atoms: points[0]!.atoms,
              picoseconds_at_each: points[0]!.picoseconds,
            },
          };
        });
      }),
    );
    return { ...sorted(values), curves: curvesOf(context.system, points, crystal.volume, fit) };
  },
};

/** Mean size at one temperature. */
interface Point extends VolumeAt {
  /** lengths of the edges over those of the relaxed crystal */
  edges: [number, number, number];
  atoms: number;
  picoseconds: number;
}

async function sizeAt(context: PropertyContext, temperature: number): Promise<Point> {
  const { structure } = await context.lattice();
  const data = 'crystal.data';
  const counts = copies(structure, ATOMS);
  const timestep = timestepFor(structure);
  const run = await context.lammps({
    template: 'in.expansion',
    structures: { [data]: structure },
    variables: {
      data,
      repeat: counts.join(' '),
      relax: barostat(context.system, DAMPING * timestep),
      temperature,
      timestep,
      ...RUN,
      seed: 1000 * context.settings.seed + temperature,
    },
    timeoutSeconds: TIMEOUT,
  });
  const blocks = run.rows('block');
  const [natoms] = run.row('atoms', 1) as [number];
  const [moved] = run.row('displacement', 1) as [number];
  if (blocks.length !== RUN.blocks) throw run.error(`${blocks.length} of ${RUN.blocks} blocks are in the results`);
  const measured = mean(blocks.map(([t]) => t!));
  if (Math.abs(measured - temperature) > 0.1 * temperature) throw run.error(`the crystal is at ${measured} K instead of ${temperature} K`);
  const nearest = Math.cbrt((await context.lattice()).volume);
  if (!(Math.sqrt(moved) < LARGEST_DISPLACEMENT * nearest))
    throw run.error(`the crystal does not last at ${temperature} K: its atoms move by ${Math.sqrt(moved).toFixed(2)} Å`);
  // edges of LAMMPS's box are lengths along its axes, whose ratios to those at rest are those of the lattice
  const still = run.row('start', 3);
  return {
    temperature,
    volume: blockAverage(
      blocks.map(([, , v]) => v! / natoms),
      RUN.blocks,
    ),
    edges: [3, 4, 5].map((k, d) => mean(blocks.map((block) => block[k]!)) / still[d]!) as [number, number, number],
    atoms: natoms,
    picoseconds: RUN.steps * RUN.blocks * timestep,
  };
}

/** Curves for the report. */
function curvesOf({ kind }: System, points: readonly Point[], atRest: number, fit: ExpansionFit | undefined): Curve[] {
  if (points.length === 0) return [];
  const axis = (temperatures: readonly number[]) => ({ label: 'temperature', unit: 'K', values: temperatures });
  const measured = axis(points.map(({ temperature }) => temperature));
  const percent = (ratio: number) => 100 * (ratio - 1);
  const curves: Curve[] = [];
  if (fit) {
    const top = points.at(-1)!.temperature;
    const smooth = Array.from({ length: 33 }, (_, k) => STEP / 2 + ((top - STEP / 2) * k) / 32);
    curves.push({
      id: 'thermal_expansion',
      title: 'Linear thermal expansion',
      x: axis(smooth),
      y: { label: 'coefficient', unit: '1e-6/K', values: smooth.map((t) => 1e6 * fit.expansion(t).value) },
    });
  }
  const lengths = (id: string, title: string, values: readonly number[]): Curve => ({
    id,
    title,
    x: measured,
    y: { label: 'longer than at rest', unit: '%', values: values.map(percent) },
    style: 'points',
  });
  curves.push(
    lengths(
      'thermal_length',
      'Length against temperature',
      points.map(({ volume }) => Math.cbrt(volume.mean / atRest)),
    ),
  );
  if (kind === 'hcp') {
    const along = (d: number) => points.map(({ edges }) => edges[d]!);
    curves.push(lengths('thermal_length_a', 'Lattice constant a against temperature', along(0)));
    curves.push(lengths('thermal_length_c', 'Lattice constant c against temperature', along(2)));
  }
  return curves;
}

/** The temperatures that are asked for, K: the usual ones, and those named in the settings. */
function temperaturesOf({ names }: PropertySettings): number[] {
  const asked = (names ?? []).flatMap((name) => temperatureOf(name) ?? []);
  return [...new Set([...USUAL, ...asked])].sort((a, b) => a - b);
}

/** 750 of `thermal_expansion_750`; temperatures up to 4000 K. */
function temperatureOf(name: string): number | undefined {
  const kelvin = /^thermal_expansion_([1-9]\d{1,3})$/.exec(name)?.[1];
  return kelvin !== undefined && Number(kelvin) <= 4000 ? Number(kelvin) : undefined;
}

function infoOf(temperature: number): ValueInfo {
  return {
    name: `${PREFIX}${temperature}`,
    unit: '1e-6/K',
    description: `coefficient of linear thermal expansion at ${temperature} K`,
  };
}
