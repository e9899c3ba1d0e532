import type { Settings } from '../config/schema.js';
import { targetRounds } from '../config/targets-schema.js';
import type { Progress } from '../engines/progress.js';
import type { StopToken } from '../engines/stop.js';
import { EquationNetwork } from '../fitting/equation-network.js';
import type { FrontEntry } from '../fitting/front.js';
import { fixGauge } from '../fitting/gauge.js';
import { type FitProblem, openObjective } from '../fitting/problem.js';
import type { Target, TargetSet } from '../fitting/targets.js';
import { EquationPotential } from '../potentials/equation-potential.js';
import { candidates, type FinishedEquation, type FoundEntry } from './finish.js';
import { pick } from './pick.js';
import type { PreparedFit } from './prepare.js';
import { merged, type SearchOutcome, search, settled } from './search.js';

/** A target beside what the equation gives. */
export interface TargetRow {
  name: string;
  unit: string;
  value: number;
  tolerance: number;
  found: number;
}

/** The targets of a form whose parameters are one vector, at a point of its objective. */
export function rowsOf(
  objective: { problem: { targets?: { list: readonly Target[] } | undefined }; targetValues(point: Float64Array): Float64Array },
  point: Float64Array,
): TargetRow[] {
  const values = objective.targetValues(point);
  const list = objective.problem.targets?.list ?? [];
  return list.map(({ name, unit, value, tolerance }, k) => ({ name, unit, value, tolerance, found: values[k]! }));
}

/** Restarts of the search whose best equation relaxes the structures of the targets for the first time. */
const FIRST_RESTARTS = 4;
/** Rounds end when no target moves by more than this many tolerances on relaxation. */
export const SETTLED = 0.3;

/**
 * The fits with structures relaxed by a first equation of the longest cutoff. It knows the targets that need no relaxation only: a dumbbell as
 * it is built may be 10 eV above the relaxed one, and an equation that has to bring it down relaxes everything else wrongly. Where nothing
 * relaxes, nothing is to be done.
 */
export async function firstRelaxation(
  settings: Settings,
  architectures: readonly PreparedFit[],
  progress: Progress,
  stop: StopToken,
): Promise<PreparedFit[]> {
  if (!architectures.some(({ relaxes }) => relaxes)) return [...architectures];
  const restarts = Math.min(FIRST_RESTARTS, settings.search.restarts);
  progress.line(`targets: a first search of ${restarts} restarts, to relax their structures with`);
  const longest = architectures.reduce((a, b) => (b.problem.network.cutoff > a.problem.network.cutoff ? b : a));
  const fewer = { ...settings, search: { ...settings.search, restarts } };
  const { targets, ...problem } = longest.problem;
  const known = targets && { ...targets, list: targets.list.filter(({ provisional }) => !provisional) };
  const first = await search(fewer, [{ ...problem, ...(known ? { targets: known } : {}) }], undefined, false, progress, stop);
  const [best] = candidates(first.front, settings.refine.max_complexity);
  return relaxWith(settings, architectures, longest, best!, progress);
}

/** The fits with the structures of the targets relaxed by an equation of one of them. */
export function relaxWith(
  settings: Settings,
  architectures: readonly PreparedFit[],
  { problem, element }: PreparedFit,
  entry: FrontEntry,
  progress: Progress,
): PreparedFit[] {
  const { network, parameters } = fixGauge(new EquationNetwork(problem.network), entry.parameters, settings.loss.negative_pair);
  const { cutoff, cutoffStyle, taperWidth, densityFloor } = network.settings;
  progress.phase('relaxation', 'structures of the targets');
  const potential = new EquationPotential({
    title: '',
    element,
    ...network.equations(parameters),
    cutoff,
    cutoffStyle,
    taperWidth,
    densityFloor,
    core: { kind: 'none' },
    referenceEnergies: {},
    citation: '',
  });
  return relaxAll(architectures, potential);
}

/** Architectures with equal moments share the relaxed structures. */
function relaxAll(architectures: readonly PreparedFit[], potential: EquationPotential): PreparedFit[] {
  const known = new Map<string, TargetSet | undefined>();
  return architectures.map((prepared) => {
    const { problem } = prepared;
    const key = `${problem.network.cutoff} ${problem.moments.map.count}`;
    const targets = known.has(key) ? known.get(key) : prepared.relaxTargets(problem, potential);
    known.set(key, targets);
    return { ...prepared, problem: { ...problem, targets } };
  });
}

/** What a round works on and gives. */
interface Found {
  architectures: PreparedFit[];
  outcome: SearchOutcome;
  finished: FinishedEquation;
  chosen: FoundEntry;
}

/** Relaxes the structures with the equation found and refines the front with them, until they hardly change or the rounds are over. */
export async function relaxRounds(settings: Settings, start: Found, progress: Progress, stop: StopToken): Promise<Found> {
  let found = start;
  const rounds = targetRounds(settings.targets);
  for (let round = 1; round <= rounds; round++) {
    const { architectures: before, outcome, finished, chosen } = found;
    progress.phase('relaxation', `structures of the targets, round ${round}`);
    const architectures = relaxAll(before, new EquationPotential(finished.model));
    const problemOf = (list: readonly PreparedFit[]): FitProblem => list[chosen.architecture]!.problem;
    const rows = targetRows(problemOf(before), finished);
    const after = targetRows(problemOf(architectures), finished);
    const moved = Math.max(...after.map((row, k) => Math.abs(row.found - rows[k]!.found) / row.tolerance));
    progress.line(`targets: relaxed with the equation, they move by ${moved.toPrecision(2)} tolerances at most`);
    found = { ...found, architectures };
    if (moved < SETTLED) return found;
    const problems = architectures.map(({ problem }) => problem);
    const next = { ...outcome, front: merged(await settled(settings, problems, outcome.front, progress, stop)) };
    found = { architectures, outcome: next, ...(await pick(settings, architectures, next, progress, stop)) };
  }
  if (rounds === 0) return found;
  progress.line('targets: the rounds are over, their values are those of structures relaxed with the result');
  return { ...found, architectures: relaxAll(found.architectures, new EquationPotential(found.finished.model)) };
}

/** The targets with what the finished equation gives for them. */
export function targetRows(problem: FitProblem, finished: FinishedEquation): TargetRow[] {
  if (!problem.targets) return [];
  const { objective } = openObjective({ ...problem, network: finished.network });
  const values = objective.targetValues(finished.parameters);
  return problem.targets.list.map(({ name, unit, value, tolerance }, k) => ({ name, unit, value, tolerance, found: values[k]! }));
}

/** For the log: one line each. */
export function targetLines(rows: readonly TargetRow[]): string[] {
  const width = Math.max(0, ...rows.map(({ name }) => name.length));
  return rows.map(({ name, unit, value, tolerance, found }) => {
    const off = Math.abs(found - value) / tolerance;
    return `target ${name.padEnd(width)}  ${found.toPrecision(5)} for ${Number(value.toPrecision(6))} ± ${Number(tolerance.toPrecision(3))} ${unit}${off > 1 ? `  (off by ${off.toFixed(1)} tolerances)` : ''}`;
  });
}
