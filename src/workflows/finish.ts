import { type CoreViolation, checkCore } from '../export/check-core.js';
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
import { type SeenRange, stretchesOf } from '../potentials/seen-range.js';
import { neighbourPairs } from '../structures/neighbours.js';
import type { Structure } from '../structures/structure.js';
import { NO_DIP, soundCore } from './core.js';

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

/** Slope of the embedding function in the middle of the densities seen, to three digits: with it the pair term is an effective one. */
function embeddingSlope({ embedding, densityFloor, range }: EquationModel): number {
  if (range?.lowestDensity === undefined || range.highestDensity === undefined) return 0;
  const slope = new Float64Array(1);
  compile(embedding)(densityFloor + 0.5 * (range.lowestDensity + range.highestDensity), slope);
  return Number.isFinite(slope[0]!) ? Number(slope[0]!.toPrecision(3)) : 0;
}

/** A core that leaves no stretch where atoms gain energy by coming closer; see `soundCore`. */
export function fitCore(model: EquationModel, frames: readonly Structure[] = []): { core: Core; violations: CoreViolation[] } {
  return soundCore((core) => new EquationPotential({ ...model, core }), model.range?.shortest ?? 1.5, embeddingSlope(model), frames);
}
