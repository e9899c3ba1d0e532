import { complexity } from '../expressions/complexity.js';
import { solveCholesky } from '../math/linear.js';
import type { EquationNetwork } from './equation-network.js';
import { merges } from './merge.js';
import type { Differentiable } from './objective.js';
import { activeParameters, type Refined, type RefineSettings, refine } from './refine.js';

/** An equation of the front. */
export interface FrontEntry extends Refined {
  /** nodes of the three printed equations */
  complexity: number;
}

/** Nodes of the three printed equations together. */
export function networkComplexity(network: EquationNetwork, p: ArrayLike<number>): number {
  const { pair, density, embedding } = network.equations(p);
  return complexity(pair) + complexity(density) + complexity(embedding);
}

/** Entries that no other entry beats in all of complexity, cost and loss, simplest first. @param costOf by default all cost the same */
export function paretoFront<Entry extends FrontEntry>(entries: readonly Entry[], costOf: (entry: Entry) => number = () => 0): Entry[] {
  const sorted = entries
    .filter((entry) => Number.isFinite(entry.loss))
    .sort((a, b) => a.complexity - b.complexity || costOf(a) - costOf(b) || a.loss - b.loss);
  const front: Entry[] = [];
  for (const entry of sorted)
    if (front.every((other) => costOf(other) > costOf(entry) || entry.loss < other.loss * (1 - 1e-6))) front.push(entry);
  return front;
}

/** Removals tried at each stage, least important first. */
const TRIED = 4;
/** Pairs of terms that are merged instead, closest first. */
const MERGED = 3;

/** What the front search works on. */
export interface FrontTask {
  network: EquationNetwork;
  objective: Differentiable;
  refine: RefineSettings;
  fitReference: boolean;
  /** called now and then; returning true ends the work with what there is */
  stop?: () => boolean;
}

/**
 * Terms taken out one at a time, each time the one whose loss hurts least after the others have been refined again. Gives one entry for
 * each number of terms, from the start down to one term in each network.
 * @param known entries of an interrupted call, in its order: the work goes on after them
 * @param onEntry called after each entry with all of them
 * @param limit of the loss: the first entry above it is the last
 */
export function prunePath(
  task: FrontTask,
  start: Refined,
  known: readonly FrontEntry[] = [],
  onEntry: (entries: readonly FrontEntry[]) => void = () => {},
  limit = Infinity,
): FrontEntry[] {
  const { network } = task;
  const entries = known.length > 0 ? [...known] : [{ ...start, complexity: networkComplexity(network, start.parameters) }];
  for (;;) {
    if (task.stop?.() || entries[entries.length - 1]!.loss > limit) return entries;
    const next = removeOne(task, entries[entries.length - 1]!);
    if (!next) return entries;
    entries.push({ ...next, complexity: networkComplexity(network, next.parameters) });
    onEntry(entries);
  }
}

/**
 * The refined point with the least useful term removed, or with two that are alike merged, or undefined when every network has one term
 * left.
 * @param quick no merging, and no further refinement
 * @param keep index of a weight that stays
 */
export function removeOne(task: FrontTask, from: Refined, quick = false, keep = -1): Refined | undefined {
  const { network, objective } = task;
  const order = saliencies(task, from);
  let best: Refined | undefined;
  let tried = 0;
  for (const { index } of order) {
    if (index === keep) continue;
    const p = from.parameters.slice();
    p[index] = 0;
    switchOffUnused(network, p);
    const active = activeParameters(network, p, task.fitReference);
    const result = quickRefine(task, p, active);
    if (!Number.isFinite(result.loss)) continue;
    if (!best || result.loss < best.loss) best = result;
    if (++tried === TRIED) break;
  }
  if (!quick)
    for (const { parameters } of merges(network, from.parameters).slice(0, MERGED)) {
      const result = quickRefine(task, parameters, activeParameters(network, parameters, task.fitReference));
      if (best && result.loss < best.loss) best = result;
    }
  if (!best || quick) return best;
  return refine(objective, best.parameters, activeParameters(network, best.parameters, task.fitReference), task.refine, 'search');
}

/** A few steps of the best local optimiser, whichever one the settings name. */
function quickRefine({ objective }: FrontTask, start: Float64Array, active: Uint8Array): Refined {
  return refine(objective, start, active, { optimiser: 'levenberg-marquardt', learningRate: 0 }, 'quick');
}

/** Removable weights with the expected rise of the loss (optimal brain surgeon: w^2 / (2 (H^-1)_ww)), smallest first. */
function saliencies(task: FrontTask, from: Refined): { index: number; rise: number }[] {
  const { network, objective } = task;
  const n = objective.size;
  const p = from.parameters;
  const gradient = new Float64Array(n);
  const hessian = new Float64Array(n * n);
  const active = activeParameters(network, p, task.fitReference);
  objective.linearise(p, gradient, hessian, active);
  const moving: number[] = [];
  for (let q = 0; q < n; q++) if (active[q]) moving.push(q);
  const m = moving.length;
  const out: { index: number; rise: number }[] = [];
  for (const name of ['pair', 'density', 'embedding'] as const) {
    const net = network[name];
    const at = network.offset[name];
    const weights = net.parameters.flatMap((parameter, q) =>
      parameter.role !== 'inner' && active[at + q] ? [{ parameter, index: at + q }] : [],
    );
    for (const { parameter, index } of weights) {
      const rivals = weights.filter(
        (other) => other.parameter.role === parameter.role && (parameter.role === 'outer' || other.parameter.unit === parameter.unit),
      );
      if (rivals.length < 2) continue;
      const column = moving.indexOf(index);
      const matrix = new Float64Array(m * m);
      for (let a = 0; a < m; a++)
        for (let b = 0; b < m; b++)
          matrix[a * m + b] = hessian[moving[a]! * n + moving[b]!]! * (a === b ? 1 + 1e-9 : 1) + (a === b ? 1e-14 : 0);
      const unit = new Float64Array(m);
      unit[column] = 1;
      const inverse = solveCholesky(matrix, unit, m)?.[column];
      const rise = inverse && inverse > 0 ? (p[index]! * p[index]!) / (2 * inverse) : Math.abs(p[index]!);
      out.push({ index, rise });
    }
  }
  return out.sort((a, b) => a.rise - b.rise);
}

/** Weights of second-layer functions that are off, and second-layer functions without input, are set to zero. */
function switchOffUnused(network: EquationNetwork, p: Float64Array): void {
  for (const name of ['pair', 'density', 'embedding'] as const) {
    const net = network[name];
    const at = network.offset[name];
    const nb = net.basis.length;
    net.outer.forEach((_, j) => {
      const outer = at + net.firstWeight + nb * net.outer.length + j;
      const first = at + net.firstWeight + j * nb;
      if (p[outer] === 0) p.fill(0, first, first + nb);
    });
  }
}

/** Where an exchange of terms is. */
export interface ExchangePosition {
  current: FrontEntry;
  /** weight that is tried next, index among all parameters */
  next: number;
  /** whether this sweep has improved the equation */
  improved: boolean;
}

/**
 * Exchanges terms: switches each unused term on in turn, refines, takes the least useful terms out again until the equation is within
 * the complexity allowed, and keeps the result when its loss is lower. Repeats until nothing helps.
 * @param from the equation, or the position of an interrupted call
 * @param onTrial called after each term tried
 */
export function exchangeTerms(
  task: FrontTask,
  from: FrontEntry | ExchangePosition,
  maxComplexity = 'current' in from ? from.current.complexity : from.complexity,
  onTrial: (position: ExchangePosition) => void = () => {},
): FrontEntry {
  const { network } = task;
  const position: ExchangePosition = 'current' in from ? { ...from } : { current: from, next: 0, improved: false };
  const nodes = (p: Float64Array): number => networkComplexity(network, p);
  const active = (p: Float64Array): Uint8Array => activeParameters(network, p, task.fitReference);
  for (;;) {
    for (; position.next < network.size; position.next++) {
      const { current, next: q } = position;
      if (network.parameters[q]!.role !== 'weight' || current.parameters[q] !== 0) continue;
      onTrial(position);
      if (task.stop?.()) return current;
      const limit = Math.max(current.complexity, maxComplexity);
      const start = switchOn(network, current.parameters, q);
      let trial: Refined | undefined = quickRefine(task, start, active(start));
      for (let removed = 0; trial && removed < MAX_REMOVALS && nodes(trial.parameters) > limit; removed++)
        trial = removeOne(task, trial, true, q);
      if (!trial || !(trial.loss < current.loss * PROMISING) || nodes(trial.parameters) > limit) continue;
      trial = refine(task.objective, trial.parameters, active(trial.parameters), task.refine, 'search');
      if (!(trial.loss < current.loss * WORTH_KEEPING)) continue;
      position.current = { ...trial, complexity: nodes(trial.parameters) };
      position.improved = true;
    }
    if (!position.improved) return position.current;
    position.next = 0;
    position.improved = false;
  }
}

/** p with weight q just off zero, so that its term counts as used, and the term's inner parameter at its start where it is not set. */
function switchOn(network: EquationNetwork, parameters: Float64Array, q: number): Float64Array {
  const p = parameters.slice();
  const { network: name, term } = network.parameters[q]!;
  p[q] = JUST_ON;
  network[name].parameters.forEach((inner, k) => {
    const at = network.offset[name] + k;
    if (inner.role === 'inner' && inner.term === term && p[at] === 0) p[at] = network[name].basis[term]!.innerStart;
  });
  return p;
}

const JUST_ON = 1e-9;
const MAX_REMOVALS = 3;
/** A quick fit is finished when its loss is within this factor of the best so far, and kept below the second factor. */
const PROMISING = 1.05;
const WORTH_KEEPING = 0.998;
