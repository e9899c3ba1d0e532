import { InputError } from '../errors.js';
import { isAdp, withFunctions } from '../potentials/adp.js';
import type { EamPotential } from '../potentials/eam.js';
import type { TableGrid } from '../potentials/tables.js';
import { usualNearestDistance } from '../structures/elements.js';
import { EdgedEmbedding } from './embedding-edges.js';
import type { TableRange } from './range.js';
import { shellCounts } from './shells.js';

/** Nearest distance of the most compressed crystal, over the usual one. */
const SQUEEZED = 0.7;
/** Tables of adp, which LAMMPS does not continue, are longer by this factor, over which F flattens out. */
const FLATTENING = 1.25;
/** So many steps at the end of the table are straight or flat, so that LAMMPS's slope at its end is exact. */
const LAST_STEPS = 4;

/** Density of the last row of the tables. @throws InputError when a compressed crystal has no positive density */
export function lastDensity(potential: EamPotential, range: TableRange): number {
  return largestServed(potential, range) * (isAdp(potential) ? FLATTENING : 1);
}

/** Density up to which tables on this grid follow F. */
export function followedUpTo(potential: EamPotential, grid: TableGrid): number {
  return isAdp(potential) ? ((grid.nrho - 1) * grid.drho) / FLATTENING : lastSteps(grid);
}

/** The potential with its embedding functions as tables on this grid hold them at both ends. @param below density below which F of each element is replaced, see `EdgedEmbedding` */
export function withEnds(exact: EamPotential, grid: TableGrid, below: readonly number[]): EamPotential {
  const upTo = followedUpTo(exact, grid);
  const flatFrom = isAdp(exact) ? lastSteps(grid) : Infinity;
  // on this grid's rows
  const edged = exact.elements.map(
    (_, a) => new EdgedEmbedding(exact.embedding(a), grid.drho, Math.ceil(below[a]! / grid.drho) * grid.drho, upTo, flatFrom),
  );
  return withFunctions(exact, { embedding: (_, a) => edged[a]! });
}

/** The potential as LAMMPS will have it at high densities, whatever the size of its tables. */
export function asTabulated(potential: EamPotential, range: TableRange): EamPotential {
  const served = largestServed(potential, range);
  const flatFrom = isAdp(potential) ? FLATTENING * served : Infinity;
  const edged = potential.elements.map((_, a) => new EdgedEmbedding(potential.embedding(a), 0, 0, served, flatFrom));
  return withFunctions(potential, { embedding: (_, a) => edged[a]! });
}

/** What happens above `upTo`, for people. */
export function endNote(potential: EamPotential, upTo: number): string {
  return `above density ${upTo.toPrecision(4)}, F ${isAdp(potential) ? 'flattens to a constant' : 'continues as a straight line'}`;
}

function lastSteps(grid: TableGrid): number {
  return (grid.nrho - 1 - LAST_STEPS) * grid.drho;
}

/** Largest density that the tables serve as they should. */
function largestServed(potential: EamPotential, { rMin, rhoMax }: TableRange): number {
  // the whole table, not only its end, pays for densities that nothing reaches: a crystal squeezed to a third of its volume is enough
  const squeezed = Math.max(0.95 * rMin, SQUEEZED * Math.min(...potential.elements.map(usualNearestDistance)));
  return Math.max(1.5 * rhoMax, compressedDensity(potential, squeezed));
}

/** Largest density in fcc crystals of this nearest-neighbour distance (Å). */
function compressedDensity(potential: EamPotential, distance: number): number {
  const slope = new Float64Array(1);
  let largest = 0;
  for (let a = 0; a < potential.elements.length; a++)
    for (let b = 0; b < potential.elements.length; b++) {
      let rho = 0;
      for (const { ratio, count } of shellCounts('fcc', potential.cutoff / distance))
        if (ratio * distance < potential.cutoff) rho += count * potential.density(a, b).evaluate(ratio * distance, slope);
      largest = Math.max(largest, rho);
    }
  if (!(largest > 0) || !Number.isFinite(largest))
    throw new InputError(`the density in a compressed crystal (${distance.toFixed(2)} Å) is ${largest}; it must be positive`);
  return largest;
}
