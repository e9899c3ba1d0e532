import { EngineError } from '../errors.js';
import { attempt, sorted } from './attempt.js';
import type { PropertyContext } from './context.js';
import { norm, row } from './crystal/vectors.js';
import { type BandPath, type BandSegment, bandPath } from './phonons/band-path.js';
import { type ModesAtPoint, namedModes, optical, polarised } from './phonons/named-modes.js';
import { displaced, phonopyFiles, readBands, readDensityOfStates } from './phonons/phonopy-files.js';
import type { Curve, Property, PropertyValue, ValueInfo } from './property.js';

/** Å; the harmonic and the fourth-order part stay 1e-4 apart (Mishin's copper, THz, between 0.01 and 0.005) */
const DISPLACEMENT = 0.01;
/**
 * Least edge of the supercell, Å and in cutoffs. Frequencies of Mishin's copper at 41 points of each piece of the path change by
 * 0.05 THz at most between edges of 10 and 20 Å (1.9 and 3.7 cutoffs), by 4e-4 between 15 and 20, by 1e-6 between 20 and 25.
 */
const EDGE = { angstrom: 18, cutoffs: 2.6 };
/** Phonopy takes seconds for 1000 atoms. */
const MOST_ATOMS = 2000;
/** wave vectors of the density of states times the length of the lattice vector, Å */
const MESH = 50;
/** frequencies further below zero than this are imaginary, THz; numerical noise near Γ stays below */
const IMAGINARY = 0.05;

const IMAGINARY_INFO: ValueInfo = {
  name: 'phonon_imaginary',
  unit: 'THz',
  description: 'size of the largest imaginary frequency; 0 where the crystal is stable',
};
const HIGHEST_INFO: ValueInfo = { name: 'phonon_highest', unit: 'THz', description: 'highest phonon frequency' };

/** Phonon dispersion and density of states by finite displacements through Phonopy. */
export const phonons: Property = {
  id: 'phonons',
  title: 'Phonons',
  cost: 'a few seconds',
  needsPhonopy: true,
  templates: ['in.verify'],
  values: (system) =>
    [...namedModes(system), HIGHEST_INFO, IMAGINARY_INFO].map(({ name, unit, description }) => ({ name, unit, description })),
  async run(context) {
    const { system } = context;
    const { structure } = await context.lattice();
    const path = bandPath(system, structure);
    const { bands, states, counts } = await bandsOf(context, path);
    const ends = specialPoints(path.segments, bands);
    const supercell = { supercell_atoms: path.primitive.species.length * counts.reduce((a, b) => a * b), supercell_of_primitive: counts };
    const named = namedModes(system).map((info) =>
      attempt(info, async (): Promise<PropertyValue> => {
        const direction = path.cartesian(info.along);
        const modes = ends.get(info.at)!;
        const found = polarised(
          info.at === 'Γ' ? optical(modes) : modes,
          info.polarisation,
          direction.map((x) => x / norm(direction)),
        );
        const chosen = info.modes.map((k) => found[k]);
        if (chosen.some((frequency) => frequency === undefined))
          throw new EngineError(`at ${info.at} there are ${found.length} ${info.polarisation} modes`);
        const frequencies = chosen as number[];
        return {
          name: info.name,
          unit: 'THz',
          value: frequencies.reduce((sum, frequency) => sum + frequency, 0) / frequencies.length,
          detail: { ...supercell, spread_thz: Math.max(...frequencies) - Math.min(...frequencies) },
        };
      }),
    );
    const onPath = bands.flat().flatMap(({ frequencies }) => frequencies);
    const inZone = states.frequencies.filter((_, k) => states.density[k]! > 0);
    const lowest = Math.min(...onPath, ...inZone);
    const imaginary = lowest < -IMAGINARY;
    const { values, failures } = sorted(await Promise.all(named));
    return {
      values: [
        ...values,
        { name: HIGHEST_INFO.name, unit: 'THz', value: Math.max(...onPath), detail: supercell },
        {
          name: IMAGINARY_INFO.name,
          unit: 'THz',
          value: imaginary ? -lowest : 0,
          detail: { ...supercell, stable: !imaginary, ...(imaginary ? { lowest_at: lowestAt(path.segments, bands) } : {}) },
        },
      ],
      failures,
      curves: [...dispersion(path.segments, bands), densityOfStates(states)],
      data: { ticks: ticksOf(path.segments) },
    };
  },
};

/** Runs LAMMPS for the forces, and Phonopy for what follows from them. */
async function bandsOf(context: PropertyContext, { primitive, segments }: BandPath) {
  const { cutoff } = await context.atoms();
  const counts = supercellCounts(primitive.cell, primitive.species.length, Math.max(EDGE.angstrom, EDGE.cutoffs * cutoff));
  const cells = displaced(primitive, counts, DISPLACEMENT);
  const results = await context.evaluate(cells.structures);
  // even, so that the mesh holds the middle of each face of the zone
  const mesh = [0, 1, 2].map((d) => 2 * Math.max(1, Math.round(MESH / norm(row(primitive.cell, d)) / 2))) as [number, number, number];
  const files = await context.machine.phonopy!(['-c', 'POSCAR', 'phonopy.conf'], phonopyFiles(cells, results, segments, mesh));
  return {
    counts,
    bands: readBands(files['band.yaml'], segments.length, 3 * primitive.species.length),
    states: readDensityOfStates(files['total_dos.dat']),
  };
}

/** Even numbers of primitive cells, so that the middle of each face of the zone is a wave vector of the supercell. */
export function supercellCounts(cell: Float64Array, natoms: number, edge: number): [number, number, number] {
  const at = (length: number) =>
    [0, 1, 2].map((d) => Math.max(2, 2 * Math.ceil(length / norm(row(cell, d)) / 2 - 1e-6))) as [number, number, number];
  let length = edge;
  while (length > 1 && at(length).reduce((a, b) => a * b) * natoms > MOST_ATOMS) length *= 0.95;
  return at(length);
}

/** Modes at the ends of the pieces, by label. */
function specialPoints(segments: readonly BandSegment[], bands: readonly ModesAtPoint[][]): Map<string, ModesAtPoint> {
  return new Map(
    segments.flatMap(({ from, to }, k): [string, ModesAtPoint][] => [
      [from, bands[k]![0]!],
      [to, bands[k]!.at(-1)!],
    ]),
  );
}

/** One curve for each branch, all with the same id. */
function dispersion(segments: readonly BandSegment[], bands: readonly ModesAtPoint[][]): Curve[] {
  const starts = segments.map((_, k) => segments.slice(0, k).reduce((sum, { length }) => sum + length, 0));
  const x = bands.flatMap((points, k) => points.map((_, i) => starts[k]! + (segments[k]!.length * i) / (points.length - 1)));
  const branches = bands[0]![0]!.frequencies.length;
  return Array.from({ length: branches }, (_, branch) => ({
    id: 'phonon_dispersion',
    title: 'Phonon dispersion',
    x: { label: 'wave vector', unit: '2π/a', values: x },
    y: { label: 'frequency', unit: 'THz', values: bands.flatMap((points) => points.map(({ frequencies }) => frequencies[branch]!)) },
  }));
}

function densityOfStates({ frequencies, density }: ReturnType<typeof readDensityOfStates>): Curve {
  return {
    id: 'phonon_density_of_states',
    title: 'Phonon density of states',
    x: { label: 'frequency', unit: 'THz', values: frequencies },
    y: { label: 'states of a primitive cell', unit: '1/THz', values: density },
  };
}

/** Names of the places on the x axis of the dispersion. */
function ticksOf(segments: readonly BandSegment[]): { value: number; label: string }[] {
  const ticks = [{ value: 0, label: segments[0]!.from }];
  for (const { from, to, length, broken } of segments) {
    const last = ticks.at(-1)!;
    if (broken) last.label += `|${from}`;
    ticks.push({ value: last.value + length, label: to });
  }
  return ticks;
}

/** Where on the path the lowest frequency is, for people. */
function lowestAt(segments: readonly BandSegment[], bands: readonly ModesAtPoint[][]): string {
  const lowest = bands.map((points) => Math.min(...points.map(({ frequencies }) => Math.min(...frequencies))));
  const k = lowest.indexOf(Math.min(...lowest));
  return lowest[k]! < -IMAGINARY ? `between ${segments[k]!.from} and ${segments[k]!.to}` : 'away from the path';
}
