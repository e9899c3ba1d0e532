import { type AdpPotential, isAdp } from '../potentials/adp.js';
import type { EamPotential } from '../potentials/eam.js';
import { type ShellLattice, shellCounts } from './shells.js';

/** Surroundings of one atom: all its neighbours are of one element, at a few distances. */
interface Surroundings {
  what: string;
  /** element index of the atom and of its neighbours */
  site: number;
  neighbour: number;
  /** Å */
  distances: Float64Array;
  /** neighbours at each distance; fractions for atoms at a surface */
  counts: Float64Array;
  /** how one-sided they are, from 0 to 1: the part of the bonds' dipoles and quadrupoles that does not cancel; 1 for a dimer */
  oneSided: number;
}

/** Largest errors of one potential against another over many surroundings. */
export interface TableError {
  /** eV/atom; beyond 10 eV in proportion to the energy */
  energy: number;
  /** eV/Å along a dimer or on uniform compression, per atom; beyond 10 eV/Å in proportion */
  force: number;
  /** where the largest energy error is */
  where: string;
}

/** Energies and forces larger than this (eV, eV/Å) are compared in proportion: a wall of 10^4 eV needs no 10^-6 eV. */
const PROPORTIONAL_FROM = 10;
/** Below this part of the shortest distance in the data nothing is asked of a table but a finite repulsion. */
export const CORE_FROM = 0.25;
/** Between CORE_FROM and this part of the shortest distance, errors may be 10 times larger. */
export const LOOSE_BELOW = 0.6;
export const LOOSE = 10;

/** Whole crystals (a little strained), surfaces, edges and corners: neighbours that are there, and how one-sided they are. */
const PARTS = [
  { share: 1, oneSided: 0.1 },
  { share: 0.5, oneSided: 0.5 },
  { share: 0.25, oneSided: 0.7 },
  { share: 0.125, oneSided: 0.9 },
];

/**
 * The surroundings that a table is judged by besides dimers: atoms in sc, bcc, fcc and diamond crystals from 0.8 rMin to
 * nearly the cutoff, whole and with a half, a quarter and an eighth of their neighbours, as at surfaces, edges and corners.
 */
export function judgingSurroundings(potential: EamPotential, rMin: number): Surroundings[] {
  const { elements, cutoff } = potential;
  const out: Surroundings[] = [];
  const lattices: ShellLattice[] = ['sc', 'bcc', 'fcc', 'diamond'];
  for (let a = 0; a < elements.length; a++)
    for (let b = 0; b < elements.length; b++) {
      const name = `${elements[a]} with ${elements[b]}`;
      const add = (what: string, distances: number[], counts: number[], oneSided: number) =>
        out.push({
          oneSided,
          what: `${what}, ${name}`,
          site: a,
          neighbour: b,
          distances: Float64Array.from(distances),
          counts: Float64Array.from(counts),
        });
      for (let k = 0; k < 40; k++) {
        const d = 0.8 * rMin * ((0.98 * cutoff) / (0.8 * rMin)) ** (k / 39);
        for (const lattice of lattices) {
          const shells = shellCounts(lattice, cutoff / (0.8 * rMin)).filter(({ ratio }) => ratio * d < cutoff);
          const distances = shells.map(({ ratio }) => ratio * d);
          const { share, oneSided } = PARTS[k % 4]!;
          add(
            lattice,
            distances,
            shells.map(({ count }) => count * share),
            oneSided,
          );
        }
      }
    }
  return out;
}

/**
 * Largest errors of `table` against `exact` in these surroundings and in dimers of `dimers` lengths. NaN counts as infinite.
 * @param dimers two in each step of the table find a kink (the edge of a taper or a core) wherever it is
 */
export function tableError(
  exact: EamPotential,
  table: EamPotential,
  surroundings: readonly Surroundings[],
  rMin: number,
  dimers: number,
): TableError {
  const worst: TableError = { energy: 0, force: 0, where: 'nowhere' };
  for (const around of surroundings) judge(exact, table, around, rMin, worst);
  const { elements, cutoff } = exact;
  const from = CORE_FROM * rMin;
  const counts = Float64Array.of(1);
  for (let site = 0; site < elements.length; site++)
    for (let neighbour = 0; neighbour < elements.length; neighbour++) {
      const distances = new Float64Array(1);
      const around: Surroundings = {
        what: `dimer of ${elements[site]} and ${elements[neighbour]}`,
        site,
        neighbour,
        distances,
        counts,
        oneSided: 1,
      };
      for (let k = 0; k < dimers; k++) {
        // the golden ratio spreads the distances over the parts of the table's steps
        distances[0] = from + (cutoff - from) * ((k + ((k * 0.6180339887498949) % 1)) / dimers);
        if (distances[0] < cutoff) judge(exact, table, around, rMin, worst);
      }
      // a term that is shifted, not tapered, has a slope up to the cutoff, where LAMMPS's estimates of it are poorest
      for (let k = 2; k <= 12; k++) {
        distances[0] = cutoff * (1 - 10 ** (-k / 2));
        judge(exact, table, around, rMin, worst);
      }
    }
  return worst;
}

const one = new Float64Array(2);
const other = new Float64Array(2);

function judge(exact: EamPotential, table: EamPotential, around: Surroundings, rMin: number, worst: TableError): void {
  siteEnergy(exact, around, one);
  siteEnergy(table, around, other);
  const nearest = around.distances[0]!;
  const allowance = nearest < LOOSE_BELOW * rMin ? LOOSE : 1;
  const energy = Math.abs(other[0]! - one[0]!) / Math.max(1, Math.abs(one[0]!) / PROPORTIONAL_FROM) / allowance;
  const force = Math.abs(other[1]! - one[1]!) / Math.max(1, Math.abs(one[1]!) / PROPORTIONAL_FROM) / allowance;
  if (!(energy <= worst.energy)) {
    worst.energy = Number.isNaN(energy) ? Infinity : energy;
    worst.where = `${around.what} at ${nearest.toFixed(3)} Å`;
  }
  if (!(force <= worst.force)) worst.force = Number.isNaN(force) ? Infinity : force;
}

const slope = new Float64Array(1);

/** Energy of the atom (eV) and its slope with the nearest distance when all distances scale (eV/Å). */
function siteEnergy(potential: EamPotential, around: Surroundings, out: Float64Array): void {
  const { site, neighbour, distances, counts } = around;
  const pair = potential.pair(site, neighbour);
  const density = potential.density(site, neighbour);
  let phi = 0;
  let phiSlope = 0;
  let rho = 0;
  let rhoSlope = 0;
  for (let k = 0; k < distances.length; k++) {
    const r = distances[k]!;
    phi += counts[k]! * pair.evaluate(r, slope);
    phiSlope += counts[k]! * slope[0]! * r;
    rho += counts[k]! * density.evaluate(r, slope);
    rhoSlope += counts[k]! * slope[0]! * r;
  }
  out[0] = 0.5 * phi + potential.embedding(site).evaluate(rho, slope);
  out[1] = distances.length === 0 ? 0 : (0.5 * phiSlope + slope[0]! * rhoSlope) / distances[0]!;
  if (isAdp(potential)) addAngular(potential, around, out);
}

/** mu^2/2 and lambda:lambda/2 - (tr lambda)^2/6 of bonds that all lie on one line, as far as they do not cancel. */
function addAngular(potential: AdpPotential, { site, neighbour, distances, counts, oneSided }: Surroundings, out: Float64Array): void {
  const dipole = potential.dipole(site, neighbour);
  const quadrupole = potential.quadrupole(site, neighbour);
  let mu = 0;
  let muSlope = 0;
  let lambda = 0;
  let lambdaSlope = 0;
  for (let k = 0; k < distances.length; k++) {
    const r = distances[k]!;
    const share = oneSided * counts[k]!;
    const u = dipole.evaluate(r, slope);
    mu += share * u * r;
    muSlope += share * (slope[0]! * r + u) * r;
    const w = quadrupole.evaluate(r, slope);
    lambda += share * w * r * r;
    lambdaSlope += share * (slope[0]! * r + 2 * w) * r * r;
  }
  out[0]! += mu ** 2 / 2 + lambda ** 2 / 3;
  if (distances.length > 0) out[1]! += (mu * muSlope + (2 / 3) * lambda * lambdaSlope) / distances[0]!;
}
