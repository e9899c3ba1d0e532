import { elementOf, usualNearestDistance } from '../structures/elements.js';
import { cubic } from '../structures/lattices.js';
import { neighbourPairs } from '../structures/neighbours.js';

/** Skin of the neighbour lists, Å: that of LAMMPS's own EAM benchmark, with which `md_speed` of `eqpot validate` is measured. */
const SKIN = 1;
/** Width over which a shell of neighbours comes in as atoms vibrate, Å. */
const BLUR = 0.4;
/** The equation that costs count from, copper at this cutoff (Å). */
const SR2_CUTOFF = 8;

/**
 * Estimated time of molecular dynamics for an atom and step, in units of that of the published SR2 equation (copper, 8 Å). LAMMPS
 * evaluates all EAM equations from tables, so the time depends on the number of neighbours in its lists (within cutoff and skin) and on
 * nothing else: measured times are proportional to it within some 10 % (docs/benchmarks.md).
 * @param cutoff Å
 */
export function mdCost(element: string, cutoff: number): number {
  return neighboursListed(element, cutoff) / neighboursListed('Cu', SR2_CUTOFF);
}

/** Neighbours of an atom within cutoff and skin, in the usual crystal of the element; those that are neither fcc nor bcc count as fcc. */
function neighboursListed(element: string, cutoff: number): number {
  const bcc = elementOf(element).lattice === 'bcc';
  const a = usualNearestDistance(element) * (bcc ? 2 / Math.sqrt(3) : Math.SQRT2);
  const crystal = cubic(bcc ? 'bcc' : 'fcc', element, a);
  const reach = cutoff + SKIN;
  let total = 0;
  // a pair is a neighbour of both its atoms
  for (const r of neighbourPairs(crystal, reach + BLUR / 2).distances) total += 2 * Math.min(1, (reach - r) / BLUR + 0.5);
  return total / crystal.species.length;
}
