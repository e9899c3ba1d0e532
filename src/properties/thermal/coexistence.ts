import { elementOf } from '../../structures/elements.js';
import type { Structure } from '../../structures/structure.js';
import type { PropertyContext } from '../context.js';
import { timestepFor } from '../crystal/molecular-dynamics.js';
import { norm, row } from '../crystal/vectors.js';
import type { LammpsRun } from '../property.js';
import type { System } from '../system.js';
import { type Average, blockAverage, mean, numberRows } from './averages.js';

/** A right-angled cell of the crystal; interfaces are across the third vector. */
export interface CoexistenceCell {
  structure: Structure;
  /** radius of the neighbours that tell crystal from melt, Å */
  shell: number;
  /** the two edges along the interface are equal by symmetry */
  square: boolean;
}

/** Radius of the neighbours in nearest distances, halfway to the next shell of the warm crystal: 12, 12, 14, 4, 6 neighbours. */
const SHELLS: Readonly<Record<string, number>> = { fcc: 1.22, hcp: 1.22, bcc: 1.42, diamond: 1.36, sc: 1.22 };
const NEAREST: Readonly<Record<string, number>> = { fcc: Math.SQRT1_2, bcc: Math.sqrt(3) / 2, diamond: Math.sqrt(3) / 4, sc: 1, hcp: 1 };

/** Cubic cells as they are; of hcp the cell with its prism planes across the interface, where atoms attach more easily. */
export function coexistenceCell({ kind }: System, crystal: Structure): CoexistenceCell {
  const a = norm(row(crystal.cell, 0));
  const shell = SHELLS[kind]! * NEAREST[kind]! * a;
  if (kind !== 'hcp') return { structure: crystal, shell, square: true };
  const { cell, species, positions } = crystal;
  const [va, vb, vc] = [0, 1, 2].map((d) => row(cell, d)) as [Float64Array, Float64Array, Float64Array];
  const long = va.map((x, d) => x + 2 * vb[d]!);
  return {
    structure: {
      cell: Float64Array.of(...vc, ...va, ...long),
      pbc: [true, true, true],
      species: [...species, ...species],
      positions: Float64Array.from([...positions, ...positions.map((x, k) => x + vb[k % 3]!)]),
    },
    shell,
    square: false,
  };
}

/** Copies of the cell for about this many atoms, longer across the interfaces. */
export function coexistenceRepeat({ cell, species }: Structure, atoms: number, aspect = 2.25): [number, number, number] {
  const lengths = [0, 1, 2].map((d) => norm(row(cell, d)));
  const edge = Math.cbrt(((atoms / species.length) * lengths.reduce((p, q) => p * q)) / aspect);
  return lengths.map((length, d) => Math.max(d === 2 ? 4 : 2, Math.round(((d === 2 ? aspect : 1) * edge) / length))) as [
    number,
    number,
    number,
  ];
}

/** What a run of coexistence showed. */
export interface Coexistence {
  run: LammpsRun;
  /** K, mean over the second half */
  temperature: Average;
  /** share of crystal, mean over the second half, and at the end */
  solid: number;
  solidAtEnd: number;
  /** GPa, mean over the second half */
  pressure: number;
  atoms: number;
  /** ps */
  duration: number;
  /** ps, K, share, g/cm³ */
  times: number[];
  temperatures: number[];
  shares: number[];
  densities: number[];
}

/** How large and long. */
export interface CoexistenceSize {
  atoms: number;
  /** steps of the preparation's first part, and of the coexistence itself */
  warm: number;
  steps: number;
}

/** LAMMPS runs take hours with slow potentials. s */
const TIMEOUT = 12 * 3600;
/** Lines of the record. */
const LINES = 200;
/** g/cm³ in one amu/Å³ */
const DENSITY = 1.6605390666;
const GPA_PER_BAR = 1e-4;

/**
 * Crystal and melt side by side at constant enthalpy and zero pressure (in.melting).
 * @param start temperature at the beginning, K
 * @throws EngineError when the crystal does not stand the temperature, or the other half does not melt
 */
export async function coexistence(
  context: PropertyContext,
  start: number,
  { atoms, warm, steps }: CoexistenceSize,
  stream: number,
): Promise<Coexistence> {
  const { structure, shell, square } = coexistenceCell(context.system, (await context.lattice()).structure);
  const data = 'crystal.data';
  const timestep = timestepFor(structure);
  const every = Math.max(10, 10 * Math.round(steps / LINES / 10));
  const run = await context.lammps({
    template: 'in.melting',
    structures: { [data]: structure },
    variables: {
      data,
      repeat: coexistenceRepeat(structure, atoms).join(' '),
      temperature: Math.round(start),
      hot: Math.round(HOT * start),
      // LAMMPS knows no neighbours beyond the cutoff
      shell: Number(Math.min(shell, (await context.atoms()).cutoff).toFixed(4)),
      couple: square ? 'couple xy' : 'couple none',
      timestep,
      warm,
      steps,
      every,
      seed: 1000 * context.settings.seed + stream,
    },
    timeoutSeconds: TIMEOUT,
  });
  const [warmTemperature] = run.row('crystal', 4) as [number];
  const [crystal, hot, melt] = run.row('order', 3) as [number, number, number];
  const [natoms] = run.row('atoms', 1) as [number];
  if (Math.abs(warmTemperature - start) > 0.2 * start)
    throw run.error(`the crystal is at ${warmTemperature} K instead of ${Math.round(start)} K`);
  if (!(hot < MELTED * crystal) || !(melt < MELTED * crystal))
    throw run.error(
      `crystal and melt are not told apart at ${Math.round(start)} K: ${crystal} like-oriented neighbours in the warm crystal, ${hot} after ${Math.round(HOT * start)} K, ${melt} when cooled`,
    );
  const record = numberRows(run.files['coexistence.txt']);
  const likes = numberRows(run.files['likes.txt']).filter(([step]) => step! > 0);
  if (record.length < 20 || likes.length !== record.length || record.some((line) => line.length < 4 || !line.every(Number.isFinite)))
    throw run.error(`the record of the coexistence has ${record.length} and ${likes.length} lines of numbers`);
  const mass = massOf(structure) * (natoms / structure.species.length);
  const shares = likes.map(([, like]) => (like! - melt) / (crystal - melt));
  const half = (values: readonly number[]) => values.slice(Math.floor(values.length / 2));
  const temperatures = record.map(([, t]) => t!);
  return {
    run,
    temperature: blockAverage(half(temperatures)),
    solid: mean(half(shares)),
    solidAtEnd: mean(shares.slice(-Math.ceil(shares.length / 10))),
    pressure: mean(half(record.map(([, , p]) => p! * GPA_PER_BAR))),
    atoms: natoms,
    duration: steps * timestep,
    times: record.map(([step]) => step! * timestep),
    temperatures,
    shares,
    densities: record.map(([, , , volume]) => (DENSITY * mass) / volume!),
  };
}

/** In starting temperatures: melts a perfect crystal within picoseconds at constant volume. */
const HOT = 2.5;
/** Share of the crystal's like-oriented neighbours that a melt stays below. */
const MELTED = 0.6;

/** amu */
function massOf({ species }: Structure): number {
  return species.reduce((sum, symbol) => sum + elementOf(symbol).mass, 0);
}
