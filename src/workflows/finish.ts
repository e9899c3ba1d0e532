import { type CoreViolation, checkCore } from '../export/check-core.js';
import { type Expression, mapConstants } from '../expressions/expression.js';
import type { EquationNetwork } from '../fitting/equation-network.js';
import { type FrontEntry, networkComplexity } from '../fitting/front.js';
import { fixGauge } from '../fitting/gauge.js';
import { Objective } from '../fitting/objective.js';
import type { FitProblem } from '../fitting/problem.js';
import { activeParameters, type RefineSettings, refine } from '../fitting/refine.js';
import { roundConstants } from '../fitting/rounding.js';
import type { Core } from '../potentials/core.js';
import { type EquationModel, EquationPotential } from '../potentials/equation-potential.js';

/** An equation ready to be printed and exported. */
export interface FinishedEquation {
  model: EquationModel;
  /** in the printed gauge, rounded */
  network: EquationNetwork;
  parameters: Float64Array;
  objective: Objective;
  complexity: number;
  loss: number;
  /** loss before the constants were rounded */
  unrounded: number;
  gaugeNotes: string[];
  /** distances at which the exported potential does not repel, empty when it does */
  violations: CoreViolation[];
}

/** Entries whose loss is within this factor of the best count as equally good; the simplest of them is chosen. */
const AS_GOOD = 1.02;

/** The equation to print: lowest loss within the complexity allowed, or a simpler one that is as good. */
export function choose(front: readonly FrontEntry[], maxComplexity: number): FrontEntry {
  const allowed = front.filter((entry) => entry.complexity <= maxComplexity);
  const pool = allowed.length > 0 ? allowed : front.slice(0, 1);
  const best = pool.reduce((a, b) => (b.loss < a.loss ? b : a));
  return pool.filter((entry) => entry.loss <= best.loss * AS_GOOD).reduce((a, b) => (b.complexity < a.complexity ? b : a));
}

/** Fixes the gauge, refines once more, rounds the constants, and puts a repulsive core on. */
export function finish(
  problem: FitProblem,
  network: EquationNetwork,
  entry: FrontEntry,
  settings: RefineSettings,
  identity: { title: string; element: string; citation: string; core: 'zbl' | 'none' },
): FinishedEquation {
  const gauged = fixGauge(network, entry.parameters);
  const objective = new Objective(gauged.network, problem.frames, problem.moments, problem.loss, problem.ownWeights);
  const fitReference = problem.loss.referenceEnergy === undefined;
  const active = activeParameters(gauged.network, gauged.parameters, fitReference);
  holdGauge(gauged.network, gauged.parameters, active);
  const polished = refine(objective, gauged.parameters, active, settings);
  const start = Number.isFinite(polished.loss) ? polished.parameters : gauged.parameters;
  const parameters = roundConstants(gauged.network, objective, start, active);
  const prediction = objective.predict(parameters);
  const equations = gauged.network.equations(parameters);
  const reference = parameters[gauged.network.size]!;
  const { settings: shape } = gauged.network;
  const shortest = problem.moments.map.shortest;
  const base: EquationModel = {
    title: identity.title,
    element: identity.element,
    pair: tidy(equations.pair),
    density: tidy(equations.density),
    embedding: tidy(equations.embedding),
    cutoff: shape.cutoff,
    cutoffStyle: shape.cutoffStyle,
    taperWidth: shape.taperWidth,
    densityFloor: Number(shape.densityFloor.toPrecision(6)),
    core: { kind: 'none' },
    referenceEnergies: { [identity.element]: Number(reference.toPrecision(10)) },
    citation: identity.citation,
    range: { shortest, lowestDensity: prediction.densities[0], highestDensity: prediction.densities[1] },
  };
  const { core, violations } =
    identity.core === 'zbl' ? fitCore(base) : { core: base.core, violations: checkCore(new EquationPotential(base), shortest) };
  return {
    model: { ...base, core },
    network: gauged.network,
    parameters,
    objective,
    complexity: networkComplexity(gauged.network, parameters),
    loss: objective.loss(parameters),
    unrounded: polished.loss,
    gaugeNotes: gauged.notes,
    violations,
  };
}

/** The parameter that the gauge has set to one in size does not move any more. */
function holdGauge(network: EquationNetwork, p: Float64Array, active: Uint8Array): void {
  if (!network.sqrtPowers || network.density.outer.length > 0) return;
  const used = network.sqrtPowers.flatMap((m, q) => (p[network.offset.embedding + q] === 0 ? [] : [{ m, q }]));
  const anchor = used.find(({ m }) => m === 1) ?? used[0];
  if (anchor) active[network.offset.embedding + anchor.q] = 0;
}

/** Constants without the noise that unit conversion leaves in the last digits. */
function tidy(expression: Expression): Expression {
  return mapConstants(expression, (value) => Number(value.toPrecision(12)));
}

/** Lower ends of the join tried, as fractions of its upper end, the shortest distance of the data. */
const INNER_FRACTIONS = [0.75, 0.85, 0.65, 0.9, 0.55, 0.45];

/**
 * A join with the nuclear repulsion just below the shortest distance of the data that leaves no stretch where atoms gain energy by
 * coming closer; the first of several widths that does, or the one with the smallest drop.
 */
export function fitCore(model: EquationModel): { core: Core; violations: CoreViolation[] } {
  const outer = Number((model.range?.shortest ?? 1.5).toFixed(2));
  let best: { core: Core; violations: CoreViolation[]; drop: number } | undefined;
  for (const fraction of INNER_FRACTIONS) {
    const core: Core = { kind: 'zbl', inner: Number((fraction * outer).toFixed(2)), outer };
    const violations = checkCore(new EquationPotential({ ...model, core }), outer);
    const drop = violations.reduce((sum, violation) => sum + violation.drop, 0);
    if (!best || drop < best.drop) best = { core, violations, drop };
    if (drop === 0) break;
  }
  return best!;
}
