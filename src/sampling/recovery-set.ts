import { InputError } from '../errors.js';
import type { RandomStream } from '../math/random.js';
import type { Calculator, EamPotential, Evaluation } from '../potentials/eam.js';
import { evaluateEam } from '../potentials/evaluate-eam.js';
import type { CubicLattice } from '../structures/lattices.js';
import { neighbourPairs } from '../structures/neighbours.js';
import { type Frame, type Structure, volume } from '../structures/structure.js';
import { energyModel } from './energy-model.js';
import { fingerprint } from './fingerprint.js';
import { nearCrystal } from './near-crystal.js';
import { type IterationRecord, type Member, nestedEnsemble } from './nested-ensemble.js';
import { selectByEnergy } from './select.js';
import { randomStarts, rattledStarts } from './starts.js';

export interface RecoverySetOptions {
  /** default Cu */
  element?: string;
  /** default fcc */
  lattice?: CubicLattice;
  /** lattice constant, Å; default 3.61 (copper) */
  a?: number;
  /** conventional cells along each axis; default 2 x 2 x 2, 32 atoms for fcc */
  repeat?: readonly [number, number, number];
  /** structures near the crystal; default 21, as in the paper */
  nearCrystal?: number;
  /** frames in all; default 341, as in the paper */
  total?: number;
  /** energies up to this above the perfect crystal are kept, eV/atom; default 3, the range of the paper's DFT set for copper */
  energyWindow?: number;
  /** closest approach of two atoms, Å; default 0.55 of the nearest-neighbour distance of the crystal */
  minimumDistance?: number;
  /** configurations of each of the two ensembles; default 16 */
  live?: number;
  /** iterations of each ensemble; default 90 */
  iterations?: number;
  stop?: () => boolean;
}

export interface RecoverySet {
  /** near-crystal frames first, then the ensembles' by growing energy; each with energy, forces and stress */
  frames: Frame[];
  /** the two ensembles' iterations */
  history: { random: IterationRecord[]; rattled: IterationRecord[] };
}

/** normal deviate of the rattled crystal's coordinates, lattice constants: about 0.5 eV/atom in copper */
const RATTLE = 0.055;
/** bounds of the volume, in units of the perfect crystal's */
const LEAST_VOLUME = 0.85;
const LARGEST_VOLUME = 1.3;

/**
 * Training data of the recovery of a known potential ("Benchmarking data set for recovering SC-EAM model", Methods of the
 * SR1/SR2 paper): a few structures near the crystal, then nested-ensemble configurations from near the ground state to far from
 * it. One ensemble sinks from random positions, another from a strongly rattled crystal, because the first one ends in the
 * liquid and the glass. With an `EamPotential` the default set takes a few seconds; a `Calculator` that evaluates whole
 * structures takes a hundred times as long.
 * @throws InputError when the settings leave no room (more near-crystal frames than frames, atoms that do not fit)
 */
export function recoverySet(source: EamPotential | Calculator, random: RandomStream, options: RecoverySetOptions = {}): RecoverySet {
  const { element = 'Cu', lattice = 'fcc', a = 3.61, total = 341, live = 16, iterations = 90 } = options;
  const near = options.nearCrystal ?? 21;
  if (near < 1 || near > total) throw new InputError(`${near} near-crystal frames do not fit into a set of ${total}: give 1 to ${total}`);
  const evaluate = (structure: Structure): Evaluation =>
    'evaluate' in source ? source.evaluate(structure) : evaluateEam(source, structure);
  const strained = nearCrystal(element, lattice, a, near, random, options.repeat ? { repeat: options.repeat } : {});
  const perfect = strained[0]!.structure;
  const n = perfect.species.length;
  const ground = evaluate(perfect).energy / n;
  const minimumDistance = options.minimumDistance ?? 0.55 * shortestDistance(perfect, 1.1 * a);
  const atomic = volume(perfect.cell) / n;
  const edge = Math.cbrt(volume(perfect.cell));

  const model = energyModel(source);
  const settings = {
    minimumDistance,
    sweeps: 2,
    cellMoves: { volume: [LEAST_VOLUME * atomic, LARGEST_VOLUME * atomic] as const },
    ...(options.stop ? { stop: options.stop } : {}),
  };
  const fromRandom = nestedEnsemble(
    model,
    randomStarts(
      { species: perfect.species, edge: [Math.cbrt(LEAST_VOLUME) * edge, Math.cbrt(LARGEST_VOLUME) * edge], count: live, minimumDistance },
      random,
    ),
    random,
    { ...settings, iterations },
  );
  const crystals = rattledStarts(perfect, new Array<number>(live).fill(RATTLE * a), random);
  const fromCrystal = nestedEnsemble(model, crystals, random, {
    ...settings,
    iterations,
    quantile: 0.25,
    step: 0.2,
  });

  const label = (members: Member[], from: string) => members.map((member) => ({ ...member, from }));
  const pool = [...label(fromRandom.members, 'random positions'), ...label(fromCrystal.members, 'rattled crystal')];
  const taken = strained.map(({ structure }) => fingerprint(structure));
  const chosen = selectByEnergy(pool, { count: total - near, highest: ground + (options.energyWindow ?? 3), taken });
  const frames: Frame[] = [];
  const add = (structure: Structure, configType: string, source: string) => {
    const { energy, forces, stress } = evaluate(structure);
    const origin = { file: 'recovery set', index: frames.length };
    frames.push({ ...structure, energy, forces, ...(stress ? { stress } : {}), configType, source, origin });
  };
  for (const { structure, label } of strained) add(structure, `near-${lattice}`, label);
  for (const { structure, from, iteration } of chosen) add(structure, 'nested-ensemble', `${from}, iteration ${iteration}`);
  return { frames, history: { random: fromRandom.history, rattled: fromCrystal.history } };
}

function shortestDistance(structure: Structure, within: number): number {
  return neighbourPairs(structure, within).distances.reduce((least, r) => Math.min(least, r), within);
}
