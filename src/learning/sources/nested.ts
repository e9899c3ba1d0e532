import { InputError } from '../../errors.js';
import { energyModel } from '../../sampling/energy-model.js';
import { type NestedEnsembleResult, nestedEnsemble } from '../../sampling/nested-ensemble.js';
import { selectByEnergy } from '../../sampling/select.js';
import { randomStarts, rattledStarts } from '../../sampling/starts.js';
import { type Structure, volume } from '../../structures/structure.js';
import { decorated, drawSpecies, nearestDistance, shuffled } from '../alloy.js';
import { crystalOf, randomStrain } from '../crystals.js';
import type { Candidate, SamplingContext, Source } from './source.js';

export interface NestedOptions {
  /** atoms in a cell; one set of ensembles for each size */
  atoms: readonly number[];
  /** crystals that an ensemble starts from, strongly rattled */
  phases: readonly string[];
  /** whether another ensemble starts from random positions */
  random: boolean;
  /** configurations of one ensemble */
  live: number;
  iterations: number;
  /** volume per atom, in units of the close-packed crystal's; equal numbers: the cells keep their volume */
  volume: readonly [number, number];
  /** largest strain component of the cell's shape; 0 keeps the shape */
  strain: number;
  /** closest approach, in nearest distances */
  minimum_distance: number;
  /** energies are kept up to this above the lowest of the training set, eV/atom */
  window: number;
  /** energies this far below the lowest of the training set count as a hole of the potential, eV/atom */
  floor: number;
  /** structures that one ensemble hands on */
  keep: number;
}

/** Normal deviate of the rattled crystals' coordinates, nearest distances: about 0.5 eV/atom in copper. */
const RATTLE = 0.078;
/** Sinking from a crystal is faster than from random positions: a smaller share is dropped at each step. */
const CRYSTAL_QUANTILE = 0.25;
/** Tries to draw a start whose atoms are far enough apart. */
const DRAWS = 50;

/**
 * Nested-ensemble Monte Carlo ("Nested ensemble for configuration sampling", Methods of the SR1/SR2 paper) with the present potential.
 * The atoms of an ensemble stay what they are: energies of different compositions are not compared.
 */
export const nested: Source<NestedOptions> = (options, context) => {
  const { alloy, random } = context;
  const out: Candidate[] = [];
  for (const atoms of options.atoms) {
    if (options.random) {
      const species = drawSpecies(alloy, atoms, random);
      const nearest = nearestDistance(alloy, species);
      const edge = options.volume.map((v) => Math.cbrt(v * atomicVolume(nearest) * atoms)) as [number, number];
      const minimumDistance = options.minimum_distance * nearest;
      const starts = () => randomStarts({ species, edge, count: options.live, minimumDistance }, random);
      out.push(...ensemble(starts, species, 'random positions', {}, options, context));
    }
    for (const phase of options.phases) {
      const crystal = crystalOf(phase, alloy, atoms);
      if (!crystal) continue;
      const species = drawSpecies(alloy, atoms, random);
      const nearest = nearestDistance(alloy, species);
      // a crystal of one atom has nothing to rattle but its cell
      const own = volume(decorated(crystal, alloy, species).cell) / atoms / atomicVolume(nearest);
      const range = [options.volume[0] / own, options.volume[1] / own] as const;
      const draw = () => {
        const mixed = decorated(crystal, alloy, shuffled(species, random));
        const cell = range[1] > range[0] ? randomStrain(mixed, options.strain, range, random) : mixed;
        return rattledStarts(cell, [RATTLE * nearest], random)[0]!;
      };
      const starts = () => keptApart(draw, nearest, options, context);
      out.push(...ensemble(starts, species, phase, { quantile: CRYSTAL_QUANTILE, step: 0.2 }, options, context));
    }
    if (context.stop()) break;
  }
  return out;
};

/** Å³, in the close-packed crystal with this nearest distance, Å. */
function atomicVolume(nearest: number): number {
  return nearest ** 3 * Math.SQRT1_2;
}

/** As many configurations as live; those with atoms too close are drawn again, as small cells that are strained and rattled often are. */
function keptApart(
  draw: () => Structure,
  nearest: number,
  { live, minimum_distance }: NestedOptions,
  { potential }: SamplingContext,
): Structure[] {
  const tracker = energyModel(potential).tracker(minimum_distance * nearest);
  return Array.from({ length: live }, () => {
    let structure = draw();
    for (let attempt = 1; attempt < DRAWS && tracker.load(structure) === Infinity; attempt++) structure = draw();
    return structure;
  });
}

function ensemble(
  starts: () => readonly Structure[],
  species: readonly string[],
  from: string,
  special: { quantile?: number; step?: number },
  options: NestedOptions,
  context: SamplingContext,
): Candidate[] {
  const { potential, alloy, random, stop, note } = context;
  const n = species.length;
  const nearest = nearestDistance(alloy, species);
  const atomic = atomicVolume(nearest);
  const lowest = context.lowest(species);
  const [low, high] = options.volume;
  let result: NestedEnsembleResult;
  try {
    result = nestedEnsemble(energyModel(potential), starts(), random, {
      iterations: options.iterations,
      sweeps: 2,
      minimumDistance: options.minimum_distance * nearest,
      energyFloor: lowest - options.floor,
      ...(high > low ? { cellMoves: { volume: [low * atomic, high * atomic], maximumStrain: options.strain } } : {}),
      ...special,
      stop,
    });
  } catch (error) {
    // the other sources go on
    if (!(error instanceof InputError)) throw error;
    note(`no nested ensemble of ${n} atoms from ${from}: ${error.message.split('\n')[0]}`);
    return [];
  }
  const { members, holes } = result;
  if (holes.length > 0)
    note(`the potential has a hole: ${n} atoms from ${from} fell more than ${options.floor} eV/atom below the training set`);
  const chosen = selectByEnergy(members, { count: options.keep, highest: lowest + options.window });
  const named = (structure: Structure, what: string): Candidate => ({
    structure,
    configType: 'nested',
    source: `nested ensemble, ${n} atoms, ${from}, ${what}`,
  });
  return [
    ...holes.slice(0, Math.ceil(options.keep / 8)).map(({ structure }) => named(structure, 'a hole of the potential')),
    ...chosen.map(({ structure, iteration }) => named(structure, `iteration ${iteration}`)),
  ];
}
