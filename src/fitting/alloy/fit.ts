import { exponentOf } from '../../expressions/basis/power.js';
import { RandomStream } from '../../math/random.js';
import type { FrontEntry } from '../front.js';
import { levenbergMarquardt } from '../optimisers/levenberg-marquardt.js';
import { coarse, type FittedPoint, type PointHooks, REASONS } from '../points.js';
import type { AlloyForm } from './form.js';
import { AlloyObjective, type AlloyProblem, type AlloyStart } from './objective.js';
import { moving, NEGLIGIBLE, pruneAlloy, refit } from './prune.js';

/** How alloy equations are searched. */
export interface AlloySearch {
  seed: number;
  /** largest number of steps with all terms on a selection of the frames, and with the terms that are left on all */
  coarseSteps: number;
  steps: number;
  /** atoms of the selection that the search sees */
  coarseAtoms: number;
  /** a simpler equation may have this many times the lowest loss */
  tolerance: number;
  /** largest mean number of terms of a function */
  terms: number;
}

/** Parts of a start: the steps with all terms, then the removal of terms. */
const PRUNING = 3;

/** Largest number that `onStep` hears from a start. */
export function startSteps({ coarseSteps }: Pick<AlloySearch, 'coarseSteps'>): number {
  return (1 + PRUNING) * coarseSteps;
}

/**
 * Start number `index`: all terms of the basis are refined from a random density (or those of former fits, and all terms of what these do not have), then taken
 * out one by one. The result is the simplest equation of this front within the tolerance of its lowest loss.
 */
export function searchAlloy(problem: AlloyProblem, search: AlloySearch, index: number, hooks: PointHooks = {}): FittedPoint {
  const objective = new AlloyObjective(coarse(problem, search.coarseAtoms));
  const { form } = objective;
  const random = RandomStream.fromSeed(search.seed, index);
  const start = new Float64Array(objective.size);
  start.set(randomStart(form, random));
  if (problem.references) start.set(problem.references, form.size);
  const history: FittedPoint['history'] = [];
  let stopped = false;
  let before = 0;
  const descend = (from: Float64Array, active: Uint8Array, maxSteps: number) => {
    const found = levenbergMarquardt({
      objective,
      start: from,
      active,
      maxSteps,
      onStep: (step, loss) => {
        history.push({ step: before + step, loss });
        stopped = hooks.onStep?.(before + step, loss) ?? false;
        return stopped;
      },
    });
    before += found.steps;
    return found;
  };
  let from: Float64Array = start;
  if (problem.start) {
    setKnown(form, from, problem.start, index === 0 ? undefined : random);
    // first what is not known
    const { known } = problem.start;
    const unknown = moving(objective, from).map((on, q) => (known[q] ? 0 : on));
    from = descend(from, unknown, Math.ceil(search.coarseSteps / 2)).parameters;
  }
  const begun = descend(from, moving(objective, from), stopped ? 0 : search.coarseSteps - before);
  const failed = { parameters: begun.parameters, loss: begun.loss, steps: begun.steps, reason: REASONS[begun.reason], history };
  if (stopped || !Number.isFinite(begun.loss)) return failed;
  const first = refit(objective, begun.parameters, { maxSteps: 0, tolerance: 1e-5 });
  let most = 0;
  let lowest = begun.loss;
  const entries = pruneAlloy(objective, first, (entry, left) => {
    most ||= left;
    lowest = Math.min(lowest, entry.loss);
    const done = 1 - (left - 1) / most;
    return hooks.onStep?.(Math.round((1 + PRUNING * done) * search.coarseSteps), lowest) ?? false;
  });
  const chosen = choose(form, entries, search);
  return { parameters: chosen.parameters, loss: chosen.loss, steps: begun.steps, reason: REASONS[begun.reason], history, front: entries };
}

/** The simplest entry within the tolerance of the lowest loss of those with no more terms than allowed. */
function choose(form: AlloyForm, entries: readonly FrontEntry[], { tolerance, terms }: AlloySearch): FrontEntry {
  const count = (p: ArrayLike<number>) =>
    form.functions.reduce((sum, { weights }) => sum + weights.filter((weight) => p[weight] !== 0).length, 0);
  const allowed = entries.filter(({ parameters }) => count(parameters) <= terms * form.functions.length);
  const within = allowed.length > 0 ? allowed : entries.slice(-1);
  const limit = Math.max(NEGLIGIBLE, tolerance * Math.min(...within.map(({ loss }) => loss)));
  return within.filter(({ loss }) => loss <= limit).reduce((a, b) => (b.complexity < a.complexity ? b : a));
}

/** All data with the terms of a start. */
export function finishAlloy(problem: AlloyProblem, { steps }: AlloySearch, start: Float64Array, hooks: PointHooks = {}): FittedPoint {
  return descendAlloy(new AlloyObjective(problem), start, steps, hooks);
}

/** Levenberg-Marquardt on the terms that are not zero. */
export function descendAlloy(objective: AlloyObjective, start: Float64Array, steps: number, hooks: PointHooks = {}): FittedPoint {
  const history: FittedPoint['history'] = [];
  const { reason, ...found } = levenbergMarquardt({
    objective,
    start,
    active: moving(objective, start),
    maxSteps: steps,
    onStep: (step, loss) => {
      history.push({ step, loss });
      return hooks.onStep?.(step, loss) ?? false;
    },
  });
  return { ...found, reason: REASONS[reason], history };
}

/** Deviation of the logarithms of the factors between the densities of former fits. */
const DENSITY_SPREAD = 0.5;

/**
 * Functions of former fits. How large the density of one element is beside that of another is not known from these alone: with a random stream it is drawn, the
 * embedding functions rescaled with it.
 */
function setKnown(form: AlloyForm, p: Float64Array, { parameters, known }: AlloyStart, random: RandomStream | undefined): void {
  for (let q = 0; q < form.size; q++) if (known[q]) p[q] = parameters[q]!;
  const exponents = form.settings.embedding.map((name) => exponentOf(name, 'rho'));
  if (!random || exponents.some((exponent) => exponent === undefined)) return;
  for (const element of form.settings.elements.slice(1)) {
    const factor = Math.exp(DENSITY_SPREAD * random.normal());
    for (const { kind, of, weights } of form.functions) {
      if (of !== element) continue;
      weights.forEach((weight, term) => {
        if (known[weight]) p[weight]! *= kind === 'density' ? factor : factor ** -exponents[term]!;
      });
    }
  }
}

/** Terms that are solved for in the first step stand just off zero. */
const JUST_ON = 1e-9;
const TERMS_ON = 2;

/**
 * A density of two random terms for each element, the same up to a factor, and embedding functions like -sqrt(rho); the pair energies are solved for in the
 * first step.
 */
function randomStart(form: AlloyForm, random: RandomStream): Float64Array {
  const p = new Float64Array(form.size).fill(JUST_ON);
  const { settings } = form;
  const on = new Set(Array.from({ length: TERMS_ON }, () => random.integer(settings.density.length)));
  const shared = new Map<string, number>();
  for (const { kind, weights, inner, basis } of form.functions) {
    const factor = Math.exp(0.3 * random.normal());
    weights.forEach((weight, term) => {
      if (kind === 'density' && on.has(term)) p[weight] = factor / on.size;
      if (kind === 'embedding' && term === 0) p[weight] = -1;
      if (inner[term]! < 0) return;
      const key = `${kind} ${term}`;
      const a = shared.get(key) ?? basis[term]!.innerStart * Math.exp(0.5 * random.normal());
      shared.set(key, a);
      p[inner[term]!] = a;
    });
  }
  return p;
}
