import type { EnergyBackend } from '../../kernels/moment-kernel.js';
import { RandomStream } from '../../math/random.js';
import { exchangeTerms, type FrontEntry, type FrontTask, paretoFront, prunePath } from '../front.js';
import { coarseProblem, type FitProblem, openObjective } from '../problem.js';
import { activeParameters, type Refined, type RefineSettings, refine } from '../refine.js';
import { type GlobalSearch, type GlobalSettings, type GlobalState, SEARCH_METHODS, type SearchMethodName } from './methods.js';
import { SearchSpace } from './space.js';

/** One restart: a global search from its own random stream, refinement of its best points, and the front below the best of them. */
export interface RestartSettings extends GlobalSettings {
  seed: number;
  method: SearchMethodName;
  /** work of the global search, in steps of the tree search */
  steps: number;
  nullZone: number;
  /** eV/atom; with `patience` the condition for the switch to local refinement */
  switchLoss: number;
  patience: number;
  /** best points that are refined */
  candidates: number;
  refine: RefineSettings;
  maxComplexity: number;
}

/** What a checkpoint holds of a restart. */
export interface RestartState {
  global?: GlobalState;
  history: { step: number; loss: number }[];
  /** why the global search ended, once it has */
  ended?: string;
  /** refined points so far, once the global search is over: all of them when `pruned` is there */
  refined?: SavedPoint[];
  /** number of elite points that are refined */
  refinedElite?: number;
  /** equations of the pruning so far, once the refinement is over */
  pruned?: SavedEntry[];
  /** where the exchange of terms is, once the pruning is over */
  exchange?: { current: SavedEntry; next: number; improved: boolean };
  result?: RestartResult;
}

interface SavedPoint {
  parameters: number[];
  loss: number;
}

interface SavedEntry extends SavedPoint {
  complexity: number;
}

export interface RestartResult {
  front: SavedEntry[];
  /** best loss of the global search by step, eV/atom */
  history: { step: number; loss: number }[];
  /** of the global search */
  steps: number;
  /** why the global search ended */
  reason: string;
}

/** What the caller hears and says between two steps. */
export interface RestartWatch {
  /** asks for an early end: the state is saved and `undefined` returned */
  stopRequested(): boolean;
  /** state to be kept for a resumed run; what is not to be kept `now` may be skipped when the last one is recent */
  save(state: RestartState, now: boolean): void;
  progress(fraction: number, best: number): void;
}

const STEPS_PER_LOOK = 20;
/** Looks at the clock between two states that are offered to the watch. */
const LOOKS_PER_SAVE = 25;

/**
 * Runs one restart, or goes on with one from its saved state; the result does not depend on interruptions.
 * Returns undefined when it was stopped before the end.
 */
export async function runRestart(
  problem: FitProblem,
  settings: RestartSettings,
  index: number,
  watch: RestartWatch,
  saved?: RestartState,
  backend?: EnergyBackend,
): Promise<RestartResult | undefined> {
  if (saved?.result) return saved.result;
  const space = new SearchSpace(problem, settings.nullZone, backend);
  const { network } = space;
  const state: RestartState = saved ?? { history: [] };
  const { objective } = openObjective(coarseProblem(problem));
  const fitReference = problem.loss.referenceEnergy === undefined;
  const task: FrontTask = { network, objective, refine: settings.refine, fitReference, stop: watch.stopRequested };
  let shares = SHARES;
  let shown = 0;
  const show = (fraction: number, lowest: number): void => {
    shown = Math.max(shown, fraction);
    watch.progress(shown, lowest);
  };
  const started = performance.now();
  const { steps: total } = settings;
  const global = SEARCH_METHODS[settings.method](space, task, settings, RandomStream.fromSeed(settings.seed, index));
  if (state.global) global.restore(state.global);
  if (state.ended === undefined) {
    let reason = `all ${total} steps done`;
    while (global.steps < total) {
      const [before, from] = [global.best, global.steps];
      await global.step();
      if (global.best < before) state.history.push({ step: Math.floor(global.steps), loss: global.best });
      if (global.best < settings.switchLoss && global.steps - global.lastGain >= settings.patience) {
        reason = `below ${settings.switchLoss} eV/atom and no gain in ${settings.patience} steps`;
        break;
      }
      const look = Math.floor(global.steps / STEPS_PER_LOOK);
      if (look === Math.floor(from / STEPS_PER_LOOK)) continue;
      if (look === SHARES_AT)
        shares = await sharesOf(task, settings, space, global, (performance.now() - started) / (global.steps / total));
      show((shares.global * global.steps) / total, global.best);
      const stop = watch.stopRequested();
      if (stop || look % LOOKS_PER_SAVE === 0) watch.save({ ...state, global: global.save() }, stop);
      if (stop) return undefined;
    }
    state.global = global.save();
    state.ended = reason;
  }
  const best = await refineElite();
  if (!best) return undefined;
  const known = state.pruned?.map(revived);
  const terms = best.parameters.reduce((count, x) => count + (x === 0 ? 0 : 1), 0);
  let from = shares.global + shares.refine;
  const pruned =
    best.loss === Infinity
      ? []
      : prunePath(task, best, known, (entries) => {
          state.pruned = entries.map(plain);
          watch.save(state, false);
          show(Math.min(from + (shares.prune * entries.length) / terms, from + shares.prune), best.loss);
        });
  if (watch.stopRequested()) return pause();
  state.pruned = pruned.map(plain);
  from += shares.prune;
  show(from, best.loss);
  const within = pruned.filter((entry) => entry.complexity <= settings.maxComplexity).sort((a, b) => a.loss - b.loss)[0];
  const entries = [...pruned];
  if (within) {
    const { exchange } = state;
    const position = exchange ? { ...exchange, current: revived(exchange.current) } : within;
    entries.push(
      exchangeTerms(task, position, settings.maxComplexity, (at) => {
        state.exchange = { ...at, current: plain(at.current) };
        watch.save(state, false);
        from += 0.1 * (1 - from);
        show(from, Math.min(best.loss, at.current.loss));
      }),
    );
  }
  if (watch.stopRequested()) return pause();
  show(1, Math.min(...entries.map((entry) => entry.loss)));
  const result: RestartResult = {
    front: paretoFront(entries).map(plain),
    history: state.history,
    steps: Math.floor(global.steps),
    reason: state.ended,
  };
  watch.save({ history: state.history, result }, true);
  return result;

  function pause(): undefined {
    watch.save(state, true);
    return undefined;
  }

  /** The best of the refined elite points; of infinite loss when none is allowed, undefined when stopped. */
  async function refineElite(): Promise<Refined | undefined> {
    state.refined ??= [];
    const elite = global.elite.slice(0, settings.candidates);
    for (let k = state.refinedElite ?? 0; k < elite.length; k++) {
      if (watch.stopRequested()) return pause();
      const start = await space.real(elite[k]!.point);
      for (const { parameters, loss } of refineStart(task, start))
        if (Number.isFinite(loss)) state.refined.push({ parameters: [...parameters], loss });
      state.refinedElite = k + 1;
      watch.save(state, false);
      const lowest = Math.min(...state.refined.map((point) => point.loss));
      show(shares.global + (shares.refine * (k + 1)) / elite.length, lowest);
    }
    const [first] = [...state.refined].sort((a, b) => a.loss - b.loss);
    return first ? revived(first) : { parameters: new Float64Array(network.size + 1), loss: Infinity };
  }
}

/** The refined start: first with the terms that the search left on, then with all of them. */
export function refineStart({ network, objective, refine: settings, fitReference }: FrontTask, start: Float64Array): [Refined, Refined] {
  const own = refine(objective, start, activeParameters(network, start, fitReference), settings, 'search');
  const all = new Uint8Array(network.size + 1).fill(1);
  all[network.size] = fitReference ? 1 : 0;
  return [own, refine(objective, own.parameters, all, settings, 'search')];
}

/** What each stage takes of a restart's time; the exchange of terms has what is left. */
interface Shares {
  global: number;
  refine: number;
  prune: number;
}

/** Without a better guess. */
const SHARES: Shares = { global: 0.1, refine: 0.3, prune: 0.5 };
/** Look at the clock at which the time of the global search is compared with that of the refinement. */
const SHARES_AT = 2;
/** Linearisations of a typical refinement, and of a typical removal of one term. */
const PER_REFINEMENT = 300;
const PER_REMOVAL = 350;

/** The shares by the time that the global search will take, ms, and one linearisation; only the progress that is shown depends on them. */
async function sharesOf(
  task: FrontTask,
  settings: RestartSettings,
  space: SearchSpace,
  global: GlobalSearch,
  time: number,
): Promise<Shares> {
  const { objective, network } = task;
  if (global.elite.length === 0) return SHARES;
  const p = await space.real(global.elite[0]!.point);
  const from = performance.now();
  if (!Number.isFinite(objective.linearise(p, new Float64Array(objective.size), new Float64Array(objective.size ** 2)))) return SHARES;
  const one = performance.now() - from;
  const [r, f] = [2 * settings.candidates * PER_REFINEMENT * one, network.size * PER_REMOVAL * one];
  const total = (time + r + f) / 0.9;
  return { global: time / total, refine: r / total, prune: f / total };
}

function plain(entry: FrontEntry): SavedEntry {
  return { parameters: [...entry.parameters], loss: entry.loss, complexity: entry.complexity };
}

function revived<Saved extends SavedPoint>(saved: Saved): Omit<Saved, 'parameters'> & { parameters: Float64Array } {
  return { ...saved, parameters: Float64Array.from(saved.parameters) };
}
