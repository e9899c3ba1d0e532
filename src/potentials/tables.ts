import type { AdpPotential } from './adp.js';
import type { EamPotential, ScalarFunction } from './eam.js';
import { LammpsPairSpline, LammpsSpline } from './lammps-spline.js';

/** Row i of a table over distance stands for i dr (Å), of a table over density for i drho. */
export interface TableGrid {
  nr: number;
  dr: number;
  nrho: number;
  drho: number;
}

/** The values of a LAMMPS file. Pairs of elements are the lower triangle in the order (0,0) (1,0) (1,1) (2,0) ... */
export interface TableValues {
  /** F of element a at i drho, eV */
  embedding: Float64Array[];
  /** density that b brings to the site of a, `density[b][a]`, at i dr; one array where it is the same at all sites */
  density: Float64Array[][];
  /** r phi at i dr, eV Å */
  pair: Float64Array[];
  /** u and w at i dr, eV^(1/2)/Å and eV^(1/2)/Å², of potentials with angular terms */
  angular?: { dipole: Float64Array[]; quadrupole: Float64Array[] };
}

/** The potential that LAMMPS makes of these values. */
export function interpolated(
  { elements, cutoff }: Pick<EamPotential, 'elements' | 'cutoff'>,
  grid: TableGrid,
  values: TableValues,
): EamPotential {
  const { angular } = values;
  // pair_style adp has no straight line past the end of the table: it keeps the energy, and the slope for the forces
  const embedding = values.embedding.map((f) => new LammpsSpline(f, grid.drho, angular ? 'hold' : 'line'));
  const splines = new Map<Float64Array, LammpsSpline>();
  const radial = (f: Float64Array): LammpsSpline => {
    const spline = splines.get(f) ?? new LammpsSpline(f, grid.dr, 'hold');
    splines.set(f, spline);
    return spline;
  };
  const density = values.density.map((row) => row.map(radial));
  const pair = values.pair.map((f) => new LammpsPairSpline(f, grid.dr));
  const potential: EamPotential = {
    elements,
    cutoff,
    pair: (a, b) => ofPair(pair, a, b),
    density: (a, b) => density[b]![a]!,
    embedding: (a) => embedding[a]!,
  };
  if (!angular) return potential;
  const dipole = angular.dipole.map(radial);
  const quadrupole = angular.quadrupole.map(radial);
  const withAngles: AdpPotential = { ...potential, dipole: (a, b) => ofPair(dipole, a, b), quadrupole: (a, b) => ofPair(quadrupole, a, b) };
  return withAngles;
}

function ofPair(functions: readonly ScalarFunction[], a: number, b: number): ScalarFunction {
  return functions[a >= b ? (a * (a + 1)) / 2 + b : (b * (b + 1)) / 2 + a]!;
}
