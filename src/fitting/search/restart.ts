import type { EnergyBackend } from '../../kernels/moment-kernel.js';
import { RandomStream } from '../../math/random.js';
import { exchangeTerms, type FrontEntry, type FrontTask, paretoFront, prunePath } from '../front.js';
import { coarseProblem, type FitProblem, openCandidates, openObjective } from '../problem.js';
import { activeParameters, type Refined, type RefineSettings, refine } from '../refine.js';
import { TreeSearch, type TreeSearchSettings, type TreeSearchState } from './mcts.js';
import { toReal } from './pseudo-weights.js';

/** One restart: a tree search from its own random stream, refinement of its best points, and the front below the best of them. */
export interface RestartSettings {
  seed: number;
  tree: TreeSearchSettings;
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
  tree?: TreeSearchState;
  history: { step: number; loss: number }[];
  /** why the tree search ended, once it has */
  ended?: string;
  /** real parameters of the refined points, once the tree search is over */
  refined?: { parameters: number[]; loss: number }[];
  result?: RestartResult;
}

export interface RestartResult {
  front: { parameters: number[]; loss: number; complexity: number }[];
  /** best loss of the tree search by step, eV/atom */
  history: { step: number; loss: number }[];
  steps: number;
  /** why the tree search ended */
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

const SAVE_EVERY_STEPS = 500;

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
  const loss = openCandidates(problem, backend);
  const { network } = loss;
  const state: RestartState = saved ?? { history: [] };
  const real = Array.from({ length: settings.tree.payouts + 1 }, () => new Float64Array(network.size));
  const bounds = network.parameters.map((parameter) => parameter.bounds);
  const evaluate = async (points: readonly Float64Array[], losses: Float64Array): Promise<void> => {
    points.forEach((point, k) => {
      toReal(point, network.parameters, settings.nullZone, real[k]!);
    });
    await loss.evaluate(real.slice(0, points.length), losses);
  };
  const tree = new TreeSearch(settings.tree, bounds, evaluate, RandomStream.fromSeed(settings.seed, index));
  if (state.tree) tree.restore(state.tree);
  if (state.ended === undefined) {
    let reason = `all ${settings.steps} steps done`;
    while (tree.steps < settings.steps) {
      const before = tree.best;
      await tree.step();
      if (tree.best < before) state.history.push({ step: tree.steps, loss: tree.best });
      if (tree.best < settings.switchLoss && tree.steps - tree.lastGain >= settings.patience) {
        reason = `below ${settings.switchLoss} eV/atom and no gain in ${settings.patience} steps`;
        break;
      }
      if (tree.steps % 20 === 0) watch.progress((0.4 * tree.steps) / settings.steps, tree.best);
      const stop = tree.steps % 20 === 0 && watch.stopRequested();
      if (stop || tree.steps % SAVE_EVERY_STEPS === 0) watch.save({ ...state, tree: tree.save() }, stop);
      if (stop) return undefined;
    }
    state.tree = tree.save();
    state.ended = reason;
  }
  const { objective } = openObjective(coarseProblem(problem));
  const fitReference = problem.loss.referenceEnergy === undefined;
  const task: FrontTask = { network, objective, refine: settings.refine, fitReference, stop: watch.stopRequested };

  if (!state.refined) {
    const refined: Refined[] = [];
    for (const [k, { point }] of tree.elite.slice(0, settings.candidates).entries()) {
      if (watch.stopRequested()) {
        watch.save({ ...state, tree: tree.save() }, true);
        return undefined;
      }
      const start = new Float64Array(network.size + 1);
      toReal(point, network.parameters, settings.nullZone, start);
      await loss.evaluate([start.subarray(0, network.size)], new Float64Array(1));
      start[network.size] = problem.loss.referenceEnergy ?? loss.offsets[0]!;
      // first with the terms that the tree search left on, then with all of them
      const own = refine(objective, start, activeParameters(network, start, fitReference), settings.refine);
      if (Number.isFinite(own.loss)) refined.push(own);
      const all = new Uint8Array(network.size + 1).fill(1);
      all[network.size] = fitReference ? 1 : 0;
      const full = refine(objective, own.parameters, all, settings.refine);
      if (Number.isFinite(full.loss)) refined.push(full);
      watch.progress(0.4 + (0.2 * (k + 1)) / settings.candidates, Math.min(...refined.map((point) => point.loss)));
    }
    refined.sort((a, b) => a.loss - b.loss);
    state.refined = refined.map((point) => ({ parameters: [...point.parameters], loss: point.loss }));
    watch.save(state, true);
  }
  const refined = state.refined.map((point) => ({ parameters: Float64Array.from(point.parameters), loss: point.loss }));
  const entries: FrontEntry[] = [];
  const best = refined[0];
  if (best) {
    entries.push(...prunePath(task, best));
    watch.progress(0.8, best.loss);
    const within = entries.filter((entry) => entry.complexity <= settings.maxComplexity).sort((a, b) => a.loss - b.loss)[0];
    if (within && !watch.stopRequested()) entries.push(exchangeTerms(task, within, settings.maxComplexity));
  }
  if (watch.stopRequested()) {
    watch.save(state, true);
    return undefined;
  }
  watch.progress(1, best?.loss ?? Infinity);
  const result: RestartResult = {
    front: paretoFront(entries).map(({ parameters, loss: value, complexity }) => ({
      parameters: [...parameters],
      loss: value,
      complexity,
    })),
    history: state.history,
    steps: tree.steps,
    reason: state.ended,
  };
  watch.save({ history: state.history, result }, true);
  return result;
}
