import { complexity } from '../../expressions/complexity.js';
import { solveCholesky } from '../../math/linear.js';
import type { FrontEntry } from '../front.js';
import { levenbergMarquardt } from '../optimisers/levenberg-marquardt.js';
import type { TermGroup } from './form.js';
import type { AlloyObjective } from './objective.js';

/** Removals tried at each stage, least important first. */
const TRIED = 3;
/** The first removal is taken without looking at others when the loss rises by no more than this part. */
const FREE = 0.002;
/** A loss below this is no loss, eV/atom. */
export const NEGLIGIBLE = 1e-5;
const QUICK = { maxSteps: 12, tolerance: 1e-4 };
const THOROUGH = { maxSteps: 40, tolerance: 2e-5 };

/** Nodes of all printed equations together. */
export function alloyComplexity({ form }: AlloyObjective, p: ArrayLike<number>): number {
  return form.equations(p).reduce((total, equation) => total + complexity(equation), 0);
}

/** Which parameters may move at p, reference energies included. */
export function moving(objective: AlloyObjective, p: ArrayLike<number>): Uint8Array {
  const active = objective.active.slice();
  active.set(objective.form.active(p));
  return active;
}

/** The point with its terms refitted. */
export function refit(objective: AlloyObjective, start: Float64Array, limits: { maxSteps: number; tolerance: number }): FrontEntry {
  const { parameters, loss } = levenbergMarquardt({
    objective,
    start,
    active: moving(objective, start),
    onStep: (_, reached) => reached < NEGLIGIBLE / 10,
    ...limits,
  });
  return { parameters, loss, complexity: alloyComplexity(objective, parameters) };
}

/**
 * Terms (or those of all functions of a kind, where these share them) taken out one at a time, each time the one whose loss hurts least after the others have
 * been refitted: one entry for each number of terms, from the start down to one term in each function.
 * @param onEntry called after each; returning true ends the work with what there is
 */
export function pruneAlloy(
  objective: AlloyObjective,
  start: FrontEntry,
  onEntry: (entry: FrontEntry, left: number) => boolean = () => false,
): FrontEntry[] {
  const entries = [start];
  for (;;) {
    const from = entries.at(-1)!;
    const groups = removable(objective, from.parameters);
    if (groups.length === 0) return entries;
    let best: FrontEntry | undefined;
    for (const { group } of byRise(objective, from.parameters, groups).slice(0, TRIED)) {
      const p = from.parameters.slice();
      for (const weight of objective.form.weightsOf(group)) p[weight] = 0;
      const tried = refit(objective, p, QUICK);
      if (tried.loss < (best?.loss ?? Infinity)) best = tried;
      if (best && best.loss < Math.max(NEGLIGIBLE, from.loss * (1 + FREE))) break;
    }
    if (!best) return entries;
    entries.push(best.loss < NEGLIGIBLE ? best : refit(objective, best.parameters, THOROUGH));
    if (onEntry(entries.at(-1)!, groups.length)) return entries;
  }
}

/** Groups that are on and not the last ones of their functions. */
function removable({ form }: AlloyObjective, p: ArrayLike<number>): TermGroup[] {
  const left = form.functions.map(({ weights }) => weights.reduce((count, weight) => count + (p[weight] === 0 ? 0 : 1), 0));
  return form.groups.filter(
    (group) => form.weightsOf(group).some((weight) => p[weight] !== 0) && group.functions.every((k) => left[k]! > 1),
  );
}

/** Groups with the expected rise of the loss (optimal brain surgeon: half of w (H^-1)^-1 w over the weights of the group), smallest first. */
function byRise(objective: AlloyObjective, p: Float64Array, groups: readonly TermGroup[]): { group: TermGroup; rise: number }[] {
  const n = objective.size;
  const active = moving(objective, p);
  const gradient = new Float64Array(n);
  const hessian = new Float64Array(n * n);
  objective.linearise(p, gradient, hessian, active);
  const free: number[] = [];
  for (let q = 0; q < n; q++) if (active[q]) free.push(q);
  const inverse = inverted(free, hessian, n);
  const m = free.length;
  return groups
    .map((group) => {
      const weights = objective.form.weightsOf(group).filter((weight) => p[weight] !== 0);
      const k = weights.length;
      const block = new Float64Array(k * k);
      const w = Float64Array.from(weights, (weight) => p[weight]!);
      const at = weights.map((weight) => free.indexOf(weight));
      for (let a = 0; a < k; a++)
        for (let b = 0; b < k; b++)
          block[a * k + b] = inverse ? 0.5 * (inverse[at[a]! * m + at[b]!]! + inverse[at[b]! * m + at[a]!]!) : +(a === b);
      const solved = solveCholesky(block, w, k);
      const rise = solved ? 0.5 * solved.reduce((sum, x, a) => sum + x * w[a]!, 0) : w.reduce((sum, x) => sum + x * x, 0);
      return { group, rise };
    })
    .sort((a, b) => a.rise - b.rise);
}

/** Inverse of the part of a matrix, shape (free, free), damped as little as it takes; undefined where nothing helps. */
function inverted(free: readonly number[], hessian: Float64Array, n: number): Float64Array | undefined {
  const m = free.length;
  const scale = free.map((q) => 1 / Math.sqrt(hessian[q * n + q]! || 1));
  for (let damping = 1e-12; damping < 1e-2; damping *= 10) {
    const matrix = new Float64Array(m * m);
    for (let a = 0; a < m; a++)
      for (let b = 0; b < m; b++) matrix[a * m + b] = hessian[free[a]! * n + free[b]!]! * scale[a]! * scale[b]! + (a === b ? damping : 0);
    const out = new Float64Array(m * m);
    let solved = true;
    for (let a = 0; a < m && solved; a++) {
      const unit = new Float64Array(m);
      unit[a] = 1;
      const column = solveCholesky(matrix.slice(), unit, m);
      solved = column !== undefined && column[a]! > 0;
      for (let b = 0; solved && b < m; b++) out[b * m + a] = column![b]! * scale[a]! * scale[b]!;
    }
    if (solved) return out;
  }
  return undefined;
}
