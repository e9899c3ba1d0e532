import { loadTensorflow } from '../engines/tensorflow-probe.js';
import { serve } from '../engines/worker-side.js';
import { type ConstantsReport, constantsReport } from '../fitting/constants.js';
import { EquationNetwork } from '../fitting/equation-network.js';
import { networkComplexity, prunePath } from '../fitting/front.js';
import { coarseProblem, type FitProblem, openObjective, subproblem } from '../fitting/problem.js';
import { activeParameters, type RefineSettings, refine } from '../fitting/refine.js';
import { resampled } from '../fitting/resample.js';
import { type RestartResult, type RestartSettings, type RestartState, runRestart } from '../fitting/search/restart.js';
import { createTensorflowBackend } from '../kernels/tensorflow/backend.js';
import { RandomStream } from '../math/random.js';
import { activeInGauge, type FinishedEquation, type FoundEntry, finish, type Identity, polish } from './finish.js';

/** What every worker of a fit is started with. */
export interface FitShared {
  /** one for each architecture */
  problems: readonly FitProblem[];
  restart: RestartSettings;
  refine: RefineSettings;
  backend: 'wasm' | 'tensorflow';
}

export type FitTask =
  | { kind: 'restart'; index: number; architecture: number; saved?: RestartState | undefined }
  /** refit of given terms on a part of the frames, predictions for the others; of the only problem */
  | { kind: 'fold'; parameters: Float64Array; train: readonly number[]; test: readonly number[] }
  /** terms of an equation taken out or merged as long as that costs little */
  | { kind: 'simplify'; entry: FoundEntry }
  /** an equation of the front as it is on all the data: the search may have seen a selection of the forces only */
  | { kind: 'settle'; entry: FoundEntry }
  | { kind: 'finish'; entry: FoundEntry; identity: Identity }
  /** refit of given terms to a resample of the frames; of the only problem, as what follows */
  | { kind: 'member'; parameters: Float64Array; seed: number; index: number }
  /** standard errors of the constants, with those refits beside */
  | { kind: 'constants'; parameters: Float64Array; members: readonly Float64Array[] };

export type FitTaskResult =
  | { kind: 'restart'; result: RestartResult | undefined }
  | { kind: 'fold'; energies: Float64Array; forces: (Float64Array | undefined)[] }
  | { kind: 'simplify'; entries: FoundEntry[] }
  | { kind: 'settle'; entry: FoundEntry }
  | { kind: 'finish'; finished: FinishedEquation }
  | { kind: 'member'; parameters: Float64Array; loss: number }
  | { kind: 'constants'; constants: ConstantsReport };

export type FitMessage =
  | { kind: 'save'; index: number; state: RestartState }
  | { kind: 'progress'; index: number; fraction: number; best: number };

/** Simpler equations whose loss is beyond so many times that of their start are left to the restarts. */
const COSTLY = 1.5;

function simplify({ problems, refine: settings }: FitShared, entry: FoundEntry): FoundEntry[] {
  const problem = problems[entry.architecture]!;
  const { network, objective } = openObjective(coarseProblem(problem));
  const fitReference = problem.loss.referenceEnergy === undefined;
  const path = prunePath({ network, objective, refine: settings, fitReference }, entry, [], () => {}, COSTLY * entry.loss);
  return path.slice(1).map((simpler) => ({ ...entry, ...simpler }));
}

/** A few more steps where the search has not seen all the data; the plain loss of equation 6 in place of the smoothed one. */
function settle({ problems, refine: settings }: FitShared, entry: FoundEntry): FoundEntry {
  const problem = problems[entry.architecture]!;
  const { network, objective } = openObjective(problem);
  const active = activeParameters(network, entry.parameters, problem.loss.referenceEnergy === undefined);
  const { parameters, loss } = refine(objective, entry.parameters, active, settings, 'quick');
  const settled = Number.isFinite(loss) ? parameters : entry.parameters;
  return { ...entry, parameters: settled, loss: objective.meanAbsolute(settled), complexity: networkComplexity(network, settled) };
}

/** Streams of chance of the resamples, away from those of the restarts. */
const RESAMPLES = 1_000_000;

function member({ problems, refine: settings }: FitShared, parameters: Float64Array, seed: number, index: number): FitTaskResult {
  const problem = problems[0]!;
  const { network, objective } = openObjective(resampled(problem, RandomStream.fromSeed(seed, RESAMPLES + index)));
  const refined = polish(network, objective, parameters, activeInGauge(problem, network, parameters), settings, false);
  return { kind: 'member', parameters: refined.parameters, loss: refined.polished.loss };
}

/** Seconds between two checkpoints of a restart. */
const SAVE_INTERVAL = 15;

serve<FitTask, FitTaskResult, FitShared, FitMessage>(async (task, { shared, stop, post }) => {
  if (task.kind === 'fold') {
    const problem = shared.problems[0]!;
    const { network, objective } = openObjective(subproblem(problem, task.train));
    const fitReference = problem.loss.referenceEnergy === undefined;
    const refined = refine(objective, task.parameters, activeParameters(network, task.parameters, fitReference), shared.refine);
    const held = openObjective(subproblem(problem, task.test)).objective.predict(refined.parameters);
    return { kind: 'fold', energies: held.energies, forces: held.forces };
  }
  if (task.kind === 'simplify') return { kind: 'simplify', entries: simplify(shared, task.entry) };
  if (task.kind === 'settle') return { kind: 'settle', entry: settle(shared, task.entry) };
  if (task.kind === 'finish') {
    const problem = shared.problems[task.entry.architecture]!;
    const network = new EquationNetwork(problem.network);
    return { kind: 'finish', finished: finish(problem, network, task.entry, shared.refine, task.identity) };
  }
  if (task.kind === 'member') return member(shared, task.parameters, task.seed, task.index);
  if (task.kind === 'constants') {
    const problem = shared.problems[0]!;
    const active = activeInGauge(problem, new EquationNetwork(problem.network), task.parameters);
    return { kind: 'constants', constants: constantsReport(problem, task.parameters, active, task.members) };
  }
  const problem = shared.problems[task.architecture]!;
  const tensorflow = shared.backend === 'tensorflow' ? await loadTensorflow() : undefined;
  const backend = tensorflow && createTensorflowBackend(tensorflow.tf, problem.moments, tensorflow.chunks);
  let saved = performance.now();
  const result = await runRestart(
    problem,
    shared.restart,
    task.index,
    {
      stopRequested: () => stop.requested,
      save: (state, now) => {
        if (!now && performance.now() - saved < SAVE_INTERVAL * 1000) return;
        saved = performance.now();
        post({ kind: 'save', index: task.index, state });
      },
      progress: (fraction, best) => post({ kind: 'progress', index: task.index, fraction, best }),
    },
    task.saved,
    backend,
  );
  backend?.dispose();
  return { kind: 'restart', result };
});
