import { type AdpPotential, isAdp } from '../potentials/adp.js';
import type { Calculator, EamPotential } from '../potentials/eam.js';
import { usualNearestDistance } from '../structures/elements.js';
import { cubic } from '../structures/lattices.js';
import type { Structure } from '../structures/structure.js';
import { type ShellLattice, shellCounts } from './shells.js';

/** A stretch of distances over which atoms that are pushed together gain energy. */
export interface CoreViolation {
  /** such as 'dimer Cu-Cu' or 'fcc Cu' */
  what: string;
  /** shortest and longest (nearest-neighbour) distance of the stretch, Å */
  from: number;
  to: number;
  /** how much the energy falls on the way inwards, eV (dimer) or eV/atom (crystal) */
  drop: number;
}

/** Step of the scan, Å. */
const STEP = 0.01;
/** Height of a wall above the deepest point that no simulation climbs: eV for a dimer, as in a cascade, eV/atom for a whole crystal. */
const UNREACHABLE = { dimer: 10_000, crystal: 1_000 };
/** No bond is shorter, in usual nearest distances, nor in shortest distances of the data: what lies further in is a hole. */
const SHORTEST_BOND = { usual: 0.65, data: 0.6 };
/** Height of a barrier that parts a hole from the bond, eV or eV/atom. */
const BARRIER = 0.05;
/** Crystals are squeezed down to this nearest-neighbour distance, Å. */
const CLOSEST_CRYSTAL = 0.3;

/**
 * Checks that a potential repels down to r = 0: from their bond length on inwards, the energies of dimers and of fcc and
 * bcc crystals must rise all the way. A potential that fails lets atoms collapse in hot runs, which no test at ordinary
 * distances shows. The bond is the deepest point that is not too short for one and that no barrier parts from the distances of the data; of several
 * minima at distances of the data that no barrier parts, the innermost: what the floor of the well looks like is for the data to say.
 * @param rMin shortest distance in the data, Å
 * @returns the violations; empty when the core is sound
 */
export function checkCore(potential: EamPotential, rMin: number): CoreViolation[] {
  const { elements, cutoff } = potential;
  const out: CoreViolation[] = [];
  const slope = new Float64Array(1);
  const distances: number[] = [];
  for (let r = STEP / 2; r < cutoff; r += STEP) distances.push(r);
  for (let a = 0; a < elements.length; a++)
    for (let b = a; b < elements.length; b++) {
      const pair = potential.pair(a, b);
      const energy = (r: number) => {
        const embedding = (x: number, y: number) => potential.embedding(x).evaluate(potential.density(x, y).evaluate(r, slope), slope);
        return pair.evaluate(r, slope) + embedding(a, b) + embedding(b, a) + (isAdp(potential) ? angularDimer(potential, a, b, r) : 0);
      };
      const usual = 0.5 * (usualNearestDistance(elements[a]!) + usualNearestDistance(elements[b]!));
      scan(out, `dimer ${elements[a]}-${elements[b]}`, distances, energy, { rMin, usual }, UNREACHABLE.dimer);
    }
  const crystal = distances.filter((r) => r >= CLOSEST_CRYSTAL);
  for (const [a, symbol] of elements.entries())
    for (const lattice of ['fcc', 'bcc'] as ShellLattice[]) {
      const shells = shellCounts(lattice, cutoff / CLOSEST_CRYSTAL);
      const energy = (d: number) => {
        let phi = 0;
        let rho = 0;
        for (const { ratio, count } of shells) {
          if (ratio * d >= cutoff) break;
          phi += count * potential.pair(a, a).evaluate(ratio * d, slope);
          rho += count * potential.density(a, a).evaluate(ratio * d, slope);
        }
        return 0.5 * phi + potential.embedding(a).evaluate(rho, slope);
      };
      scan(out, `${lattice} ${symbol}`, crystal, energy, { rMin, usual: usualNearestDistance(symbol) }, UNREACHABLE.crystal);
    }
  return out;
}

/** Energy of both atoms' dipoles and quadrupoles, eV; in cubic crystals they cancel. */
function angularDimer(potential: AdpPotential, a: number, b: number, r: number): number {
  const slope = new Float64Array(1);
  const mu = potential.dipole(a, b).evaluate(r, slope) * r;
  const lambda = potential.quadrupole(a, b).evaluate(r, slope) * r * r;
  return mu ** 2 + (2 / 3) * lambda ** 2;
}

/** Crystals of forms whose cost grows fast with the density are squeezed down to this part of the shortest distance. */
const CLOSEST_EVALUATED = 0.6;

/**
 * The same check for a potential that evaluates structures itself; crystals are squeezed less far. Its functions are free at the distances
 * of the data, where a dimer of an alloy that was fitted to crystals alone may have several wells: all begins at the innermost.
 */
export function checkCalculatorCore(potential: Calculator, rMin: number): CoreViolation[] {
  const { elements, cutoff } = potential;
  const out: CoreViolation[] = [];
  const distances: number[] = [];
  for (let r = STEP / 2; r < cutoff; r += STEP) distances.push(r);
  for (const [a, one] of elements.entries())
    for (const other of elements.slice(a)) {
      const dimer = (r: number): Structure => ({
        cell: new Float64Array(9),
        pbc: [false, false, false],
        species: [one, other],
        positions: Float64Array.of(0, 0, 0, r, 0, 0),
      });
      const usual = 0.5 * (usualNearestDistance(one) + usualNearestDistance(other));
      scan(
        out,
        `dimer ${one}-${other}`,
        distances,
        (r) => potential.evaluate(dimer(r)).energy,
        { rMin, usual, free: true },
        UNREACHABLE.dimer,
      );
    }
  const squeezed = distances.filter((r) => r >= CLOSEST_EVALUATED * rMin && r <= 2 * rMin);
  for (const symbol of elements)
    for (const lattice of ['fcc', 'bcc'] as const) {
      const edge = lattice === 'fcc' ? Math.SQRT2 : 2 / Math.sqrt(3);
      const energy = (d: number): number => {
        const crystal = cubic(lattice, symbol, edge * d);
        return potential.evaluate(crystal).energy / crystal.species.length;
      };
      scan(out, `${lattice} ${symbol}`, squeezed, energy, { rMin, usual: usualNearestDistance(symbol), free: true }, UNREACHABLE.crystal);
    }
  return out;
}

function scan(
  out: CoreViolation[],
  what: string,
  distances: readonly number[],
  energy: (r: number) => number,
  { rMin, usual, free = false }: { rMin: number; usual: number; free?: boolean },
  unreachable: number,
): void {
  const energies = distances.map(energy);
  const shortest = Math.max(SHORTEST_BOND.data * rMin, SHORTEST_BOND.usual * usual);
  let deepest = distances.length - 1;
  for (let k = deepest; k >= 0 && distances[k]! >= Math.max(rMin, shortest); k--) if (energies[k]! < energies[deepest]!) deepest = k;
  // further in only down the slope
  for (let k = deepest - 1, high = energies[deepest]!; k >= 0 && distances[k]! >= shortest && !(high > energies[deepest]! + BARRIER); k--) {
    high = Math.max(high, energies[k]!);
    if (energies[k]! < energies[deepest]!) {
      deepest = k;
      high = energies[k]!;
    }
  }
  const floor = free ? Infinity : energies[deepest]! + BARRIER;
  let bond = deepest;
  for (let k = deepest - 1; k >= 0 && distances[k]! >= Math.max(rMin, shortest) && energies[k]! <= floor; k--)
    if (energies[k]! < energies[k + 1]!) bond = k;
  // the innermost well may have its lowest point a little further in
  if (free) while (bond > 0 && distances[bond - 1]! >= shortest && energies[bond - 1]! < energies[bond]!) bond--;
  // what lies beyond a wall that nothing climbs does not matter
  const top = distances.findLastIndex((_, k) => k <= deepest && energies[k]! - energies[deepest]! > unreachable);
  let current: { from: number; to: number; high: number; low: number } | undefined;
  const close = () => {
    if (current) out.push({ what, from: current.from, to: current.to, drop: current.high - current.low });
    current = undefined;
  };
  for (let k = bond - 1; k >= Math.max(0, top); k--) {
    const e = energies[k]!;
    const outer = energies[k + 1]!;
    // NaN is a violation as well
    if (e > outer || (e === outer && !Number.isFinite(e))) close();
    else if (current) {
      current.from = distances[k]!;
      current.low = e;
    } else current = { from: distances[k]!, to: distances[k + 1]!, high: outer, low: e };
  }
  close();
}
