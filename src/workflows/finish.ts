import { type CoreViolation, checkCore } from '../export/check-core.js';
import { tableRange } from '../export/range.js';
import { asTabulated } from '../export/table-ends.js';
import { compile, type Expression, mapConstants } from '../expressions/expression.js';
import { type EquationNetwork, type EquationNetworkSettings, NodalEvaluator } from '../fitting/equation-network.js';
import { type FrontEntry, networkComplexity } from '../fitting/front.js';
import { fixGauge } from '../fitting/gauge.js';
import { Objective } from '../fitting/objective.js';
import type { FitProblem } from '../fitting/problem.js';
import { activeParameters, type Refined, type RefineSettings, refine } from '../fitting/refine.js';
import { roundConstants } from '../fitting/rounding.js';
import type { Core } from '../potentials/core.js';
import { type EquationModel, EquationPotential } from '../potentials/equation-potential.js';
import { evaluateEam } from '../potentials/evaluate-eam.js';
import { type SeenRange, stretchesOf } from '../potentials/seen-range.js';
import { neighbourPairs } from '../structures/neighbours.js';
import type { Structure } from '../structures/structure.js';

/** An equation ready to be printed and exported, as plain data. */
export interface FinishedEquation {
  model: EquationModel;
  /** in the printed gauge */
  network: EquationNetworkSettings;
  /** rounded */
  parameters: Float64Array;
  /** energies per atom by the moments, eV, shape (frames) */
  energies: Float64Array;
  complexity: number;
  /** eV/atom, as `Objective.meanAbsolute` */
  loss: number;
  /** loss before the constants were rounded */
  unrounded: number;
  gaugeNotes: string[];
  /** distances at which the exported potential does not repel, empty when it does */
  violations: CoreViolation[];
}

/** An equation of the front with what it belongs to. */
export interface FoundEntry extends FrontEntry {
  /** index of its architecture */
  architecture: number;
  /** Å */
  cutoff: number;
}

/** Entries whose loss is within this factor of the best count as equally good; of them that of shortest cutoff, then the simplest, is chosen. */
const AS_GOOD = 1.02;
/** Differences of the loss below this do not count, eV/atom. */
const NEGLIGIBLE = 2e-5;

/** Entries whose loss is within this factor of the best may stand in for it when it cannot be used. */
const ACCEPTABLE = 1.25;

/**
 * The equations to try, best first: those that are as good as the best within the complexity allowed, the cheapest in MD and then the
 * simplest first, then the others by their loss.
 */
export function candidates(front: readonly FoundEntry[], maxComplexity: number): FoundEntry[] {
  const allowed = front.filter((entry) => entry.complexity <= maxComplexity);
  const pool = allowed.length > 0 ? allowed : front.slice(0, 1);
  const best = Math.min(...pool.map((entry) => entry.loss));
  const limit = best * AS_GOOD + NEGLIGIBLE;
  const good = pool.filter((entry) => entry.loss <= limit).sort((a, b) => a.cutoff - b.cutoff || a.complexity - b.complexity);
  const rest = pool.filter((entry) => entry.loss > limit && entry.loss <= best * ACCEPTABLE).sort((a, b) => a.loss - b.loss);
  return [...good, ...rest];
}

/** What a finished equation is called and given besides its functions. */
export interface Identity {
  title: string;
  element: string;
  citation: string;
  core: 'zbl' | 'none';
}

/** Fixes the gauge, refines once more, rounds the constants, and puts a repulsive core on. */
export function finish(
  problem: FitProblem,
  network: EquationNetwork,
  entry: FrontEntry,
  settings: RefineSettings,
  identity: Identity,
): FinishedEquation {
  const gauged = fixGauge(network, entry.parameters, problem.loss.negativePair);
  const objective = new Objective(gauged.network, problem.frames, problem.moments, problem.loss, problem.ownWeights, problem.targets);
  const active = activeInGauge(problem, gauged.network, gauged.parameters);
  const { polished, parameters } = polish(gauged.network, objective, gauged.parameters, active, settings);
  const prediction = objective.predict(parameters);
  // with targets the radial nodes begin further in, so that there is room for relaxation
  const shortest = problem.targets?.shortest ?? problem.moments.map.shortest;
  const base: EquationModel = {
    ...equationModel(gauged.network, parameters, identity),
    range: seenRange(problem, shortest, prediction.densities),
  };
  const { core, violations } =
    identity.core === 'zbl'
      ? fitCore(base, problem.frames)
      : { core: base.core, violations: checkCore(new EquationPotential(base), shortest) };
  violations.push(...signViolations(gauged.network, objective, parameters));
  return {
    model: { ...base, core },
    network: gauged.network.settings,
    parameters,
    energies: prediction.energies,
    complexity: networkComplexity(gauged.network, parameters),
    loss: objective.meanAbsolute(parameters),
    unrounded: objective.meanAbsolute(polished.parameters),
    gaugeNotes: gauged.notes,
    violations,
  };
}

/** The equation as it is printed, without a core. */
export function equationModel(
  network: EquationNetwork,
  p: Float64Array,
  { title, element, citation }: Omit<Identity, 'core'>,
): EquationModel {
  const { pair, density, embedding } = network.equations(p);
  const { cutoff, cutoffStyle, taperWidth, densityFloor } = network.settings;
  return {
    title,
    element,
    pair: tidy(pair),
    density: tidy(density),
    embedding: tidy(embedding),
    cutoff,
    cutoffStyle,
    taperWidth,
    densityFloor: Number(densityFloor.toPrecision(6)),
    core: { kind: 'none' },
    referenceEnergies: { [element]: Number(p[network.size]!.toPrecision(10)) },
    citation,
  };
}

/** Gaps between distances of the data that an equation of a few terms cannot hide anything in, Å. */
const DISTANCE_BRIDGE = 0.1;
/** The same for densities, as a share of their range. */
const DENSITY_BRIDGE = 0.05;

/** What the data show of the variables of the functions. */
function seenRange({ frames, network: { cutoff } }: FitProblem, shortest: number, densities: Float64Array): SeenRange {
  let [lowestDensity, highestDensity] = [Infinity, -Infinity];
  for (const rho of densities) {
    if (rho < lowestDensity) lowestDensity = rho;
    if (rho > highestDensity) highestDensity = rho;
  }
  const width = highestDensity - lowestDensity || Math.abs(highestDensity) || 1;
  function* distances() {
    for (const frame of frames) yield neighbourPairs(frame, cutoff).distances;
  }
  return {
    shortest,
    lowestDensity,
    highestDensity,
    distances: stretchesOf(distances(), DISTANCE_BRIDGE),
    densities: stretchesOf([densities], DENSITY_BRIDGE * width),
  };
}

const POLISHES = 6;

/**
 * Refines and, where asked, rounds. The walls against forbidden signs are stiff, not hard: where the result still dips below zero between the radial
 * nodes, their margin is raised by the depth of the dip and it is done again.
 */
export function polish(
  network: EquationNetwork,
  objective: Objective,
  start: Float64Array,
  active: Uint8Array,
  settings: RefineSettings,
  round = true,
): { polished: Refined; parameters: Float64Array } {
  let from = start;
  for (let k = 0; ; k++) {
    const polished = refine(objective, from, active, settings);
    from = Number.isFinite(polished.loss) ? polished.parameters : from;
    const parameters = round ? roundConstants(network, objective, from, active) : from;
    const dip = Math.max(0, ...signViolations(network, objective, parameters).map(({ drop }) => drop));
    if (dip === 0 || k === POLISHES) return { polished, parameters };
    objective.walls.margin += 1.5 * dip + 1e-5;
  }
}

/** Dips that are smaller, in units of the search, are rounding close to the cutoff. */
const NO_DIP = 1e-6;

/** Stretches where a function is negative that must not be; `drop` is the depth in units of the search. */
function signViolations(network: EquationNetwork, objective: Objective, p: Float64Array): CoreViolation[] {
  const { cutoff } = network.settings;
  const from = objective.moments.map.shortest;
  const distances = Float64Array.from({ length: 800 }, (_, k) => from + ((cutoff - from) * k) / 800);
  const functions = new NodalEvaluator(network, distances);
  functions.evaluate(p, false);
  const out: CoreViolation[] = [];
  const check = (what: string, values: Float64Array, scale: number): void => {
    const negative = distances.filter((_, k) => values[k]! < -NO_DIP * scale);
    if (negative.length === 0) return;
    out.push({ what, from: negative[0]!, to: negative[negative.length - 1]!, drop: -Math.min(...values) / scale });
  };
  if (objective.settings.negativeDensity) check('a negative density', functions.density, network.settings.densityScale ?? 1);
  if (objective.settings.negativePair) check('a negative pair energy', functions.pair, 1);
  return out;
}

/** Parameters that may move when the gauge is to stay: without the one that it has set to one in size. */
export function activeInGauge(problem: FitProblem, network: EquationNetwork, p: Float64Array): Uint8Array {
  const active = activeParameters(network, p, problem.loss.referenceEnergy === undefined);
  if (!network.sqrtPowers || network.density.outer.length > 0) return active;
  const used = network.sqrtPowers.flatMap((m, q) => (p[network.offset.embedding + q] === 0 ? [] : [{ m, q }]));
  const anchor = used.find(({ m }) => m === 1) ?? used[0];
  if (anchor) active[network.offset.embedding + anchor.q] = 0;
  return active;
}

/** Constants without the noise that unit conversion leaves in the last digits. */
export function tidy(expression: Expression, digits = 12): Expression {
  return mapConstants(expression, (value) => Number(value.toPrecision(digits)));
}

/** Larger than any drop of an energy that is compared with it. */
const HOPELESS = 1e9;

/** The stretch below the shortest distance where the density, core included, is negative: no table can serve an embedding function there. */
function negativeBelow(potential: EquationPotential, shortest: number): CoreViolation | undefined {
  const slope = new Float64Array(1);
  const distances = Array.from({ length: 200 }, (_, k) => (shortest * (k + 1)) / 200);
  const values = distances.map((r) => potential.density().evaluate(r, slope));
  const limit = -NO_DIP * Math.max(...values.map(Math.abs));
  const bad = distances.filter((_, k) => !(values[k]! >= limit));
  return bad.length === 0 ? undefined : { what: 'a negative density', from: bad[0]!, to: bad.at(-1)!, drop: HOPELESS };
}

/** Lower ends of the join tried, as fractions of its upper end. */
const INNER_FRACTIONS = [0.75, 0.85, 0.65, 0.9, 0.55, 0.45];
/** Straight lines tried, from the upper to the lower end of their join, as fractions of the shortest distance. */
const LINES = [
  [1, 0.85],
  [1, 0.7],
  [0.9, 0.8],
  [0.9, 0.6],
  [0.8, 0.6],
  [0.7, 0.5],
] as const;
/** Upper ends tried when the shortest distance of the data does not do, as multiples of it. */
const FURTHER_OUT = [1.02, 1.05, 1.1, 1.15];
/** eV/atom that count as much as 1 eV/Å of mean force change when joins that reach into the data are compared. */
const FORCE_WEIGHT = 0.1;

/** Slope of the embedding function in the middle of the densities seen, to three digits: with it the pair term is an effective one. */
function embeddingSlope({ embedding, densityFloor, range }: EquationModel): number {
  if (range?.lowestDensity === undefined || range.highestDensity === undefined) return 0;
  const slope = new Float64Array(1);
  compile(embedding)(densityFloor + 0.5 * (range.lowestDensity + range.highestDensity), slope);
  return Number.isFinite(slope[0]!) ? Number(slope[0]!.toPrecision(3)) : 0;
}

/**
 * A core that leaves no stretch where atoms gain energy by coming closer: a join with the nuclear repulsion just below the shortest
 * distance of the data; for equations that are steeper than that, a straight line, from as far out as it can; else, of the joins a little above the
 * shortest distance, the one that changes energies and forces of the data least. The one with the smallest drop when none is sound.
 * @param frames of the data, whose energies and forces should stay as they are
 */
export function fitCore(model: EquationModel, frames: readonly Structure[] = []): { core: Core; violations: CoreViolation[] } {
  const shortest = model.range?.shortest ?? 1.5;
  const digits = (r: number): number => Math.floor(r * 100 + 1e-9) / 100;
  const slope = embeddingSlope(model);
  // as the equation is split into pair and embedding term, then as the effective pair potential of the crystal
  const splits = slope === 0 ? [{}] : [{}, { embeddingSlope: slope }];
  const joins = (factor: number): Core[] => {
    const outer = digits(shortest * factor);
    return splits.flatMap((split) =>
      INNER_FRACTIONS.map((fraction): Core => ({ kind: 'zbl', inner: digits(fraction * outer), outer, ...split })),
    );
  };
  const lines = splits.flatMap((split) =>
    LINES.map(([outer, inner]): Core => ({ kind: 'line', inner: digits(inner * shortest), outer: digits(outer * shortest), ...split })),
  );
  const tried = (core: Core) => {
    const potential = new EquationPotential({ ...model, core });
    const negative = negativeBelow(potential, shortest);
    if (negative) return { core, potential, violations: [negative], drop: negative.drop };
    const violations = checkCore(asTabulated(potential, tableRange(potential)), shortest);
    return { core, potential, violations, drop: violations.reduce((sum, violation) => sum + violation.drop, 0) };
  };
  let best: ReturnType<typeof tried> | undefined;
  for (const core of [...joins(1), ...lines]) {
    const one = tried(core);
    if (one.drop === 0) return one;
    if (!best || one.drop < best.drop) best = one;
  }
  const further = FURTHER_OUT.flatMap(joins).map(tried);
  const sound = further.filter(({ drop }) => drop === 0);
  if (sound.length === 0) return further.reduce((a, b) => (b.drop < a.drop ? b : a), best!);
  const reach = Math.max(...FURTHER_OUT) * shortest;
  const close = frames.filter((frame) => neighbourPairs(frame, reach).count > 0);
  const bare = new EquationPotential({ ...model, core: { kind: 'none' } });
  const before = close.map((frame) => evaluateEam(bare, frame));
  const change = (potential: EquationPotential): number =>
    close.reduce((sum, frame, k) => {
      const { energy, forces } = evaluateEam(potential, frame);
      const moved = forces.reduce((total, force, i) => total + Math.abs(force - before[k]!.forces[i]!), 0);
      return sum + (Math.abs(energy - before[k]!.energy) + (FORCE_WEIGHT * moved) / 3) / frame.species.length;
    }, 0);
  return sound.map((one) => ({ ...one, change: change(one.potential) })).reduce((a, b) => (b.change < a.change ? b : a));
}
