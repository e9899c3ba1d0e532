import { EngineError } from '../errors.js';
import { type Structure, volume } from '../structures/structure.js';
import type { PropertyContext } from './context.js';
import { relaxation } from './system.js';

/** A crystal at zero stress and zero force. */
export interface RelaxedCrystal {
  /** conventional cell, in the same orientation as the cell to start from */
  structure: Structure;
  /** length of the first lattice vector, Å */
  a: number;
  /** length of the third lattice vector, Å */
  c: number;
  /** eV/atom, as LAMMPS counts */
  energy: number;
  /** eV/atom, less the energies of free atoms; negative for a bound crystal */
  cohesive: number;
  /** Å³/atom */
  volume: number;
  /** largest component of the remaining stress, GPa */
  stress: number;
  /** largest component of the remaining forces, eV/Å */
  force: number;
}

/** Scales of the cell among which the minimum of the energy is looked for. */
const SCAN = { from: 0.84, to: 1.2, points: 37 };
/** GPa; what is left of a 4-atom copper cell is 1e-13 */
const LARGEST_STRESS = 0.02;
/** eV/Å; potentials with a jump of the force at the cutoff do not get much further than 1e-3 */
export const LARGEST_FORCE = 0.02;
/** eV/atom; no crystal is bound by more, an energy collapse is */
const DEEPEST = -100;

/**
 * Relaxes the cell and the atoms of the system. The cell is first scaled over a wide range, as the lattice constant of the table
 * may be far from that of the potential; the minimum next to the former is taken.
 * @throws EngineError when there is no minimum in the range, or the relaxation does not end at zero stress and force
 */
export async function relaxCrystal(context: PropertyContext): Promise<RelaxedCrystal> {
  const { system } = context;
  const natoms = system.start.species.length;
  const data = 'crystal.data';
  const { from, to, points } = SCAN;
  const scales = Array.from({ length: points }, (_, k) => from + ((to - from) * k) / (points - 1));
  const energies = (await context.evaluate(scales.map((scale) => scaled(system.start, scale)))).map(({ energy }) => energy);
  const [near] = scales
    .filter((_, k) => k > 0 && k < points - 1 && energies[k]! <= energies[k - 1]! && energies[k]! <= energies[k + 1]!)
    .sort((p, q) => Math.abs(p - 1) - Math.abs(q - 1));
  if (near === undefined)
    throw new EngineError(
      `the energy of ${system.label} has no minimum between ${from} and ${to} times the lattice constant of ${system.a0.toFixed(3)} Å`,
    );
  const start = scaled(system.start, near);
  const run = await context.lammps({
    template: 'in.lattice',
    structures: { [data]: start },
    variables: { data, relax: relaxation(system), dump: 'relaxed.dump' },
  });
  const [atoms, energy, , ...rest] = run.row('crystal', 10) as [number, number, number, ...number[]];
  if (atoms !== natoms) throw run.error(`${natoms} atoms became ${atoms}`);
  const stress = Math.max(...rest.slice(0, 6).map(Math.abs)) * 1e-4;
  const force = rest[6]!;
  // with fixed angles or ratios some stress of a crystal without that symmetry may remain; this is no minimum then
  if (stress > LARGEST_STRESS)
    throw run.error(`the cell of ${system.label} did not relax: a stress of ${stress.toPrecision(3)} GPa is left`);
  if (force > LARGEST_FORCE) throw run.error(`the atoms of ${system.label} did not relax: a force of ${force.toPrecision(3)} eV/Å is left`);
  const structure = run.relaxed(data, 'relaxed.dump');
  const free = await context.atoms();
  const atomic = structure.species.reduce((sum, symbol) => sum + free.energies[symbol]!, 0);
  const cohesive = (energy - atomic) / natoms;
  if (cohesive < DEEPEST) throw run.error(`the energy of ${system.label} collapsed to ${cohesive.toPrecision(4)} eV/atom`);
  const length = (row: number) => Math.hypot(...structure.cell.subarray(3 * row, 3 * row + 3));
  return {
    structure,
    a: length(0),
    c: length(2),
    energy: energy / natoms,
    cohesive,
    volume: volume(structure.cell) / natoms,
    stress,
    force,
  };
}

/** The structure with cell and positions times a factor. */
export function scaled(structure: Structure, factor: number): Structure {
  const times = (x: number) => x * factor;
  return { ...structure, cell: structure.cell.map(times), positions: structure.positions.map(times) };
}
