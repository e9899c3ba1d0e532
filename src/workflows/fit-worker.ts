import { loadTensorflow } from '../engines/tensorflow-probe.js';
import { serve } from '../engines/worker-side.js';
import { type FitProblem, openObjective, subproblem } from '../fitting/problem.js';
import { activeParameters, type RefineSettings, refine } from '../fitting/refine.js';
import { type RestartResult, type RestartSettings, type RestartState, runRestart } from '../fitting/search/restart.js';
import { createTensorflowBackend } from '../kernels/tensorflow/backend.js';

/** What every worker of a fit is started with. */
export interface FitShared {
  problem: FitProblem;
  restart: RestartSettings;
  refine: RefineSettings;
  backend: 'wasm' | 'tensorflow';
}

export type FitTask =
  | { kind: 'restart'; index: number; saved?: RestartState | undefined }
  /** refit of given terms on a part of the frames, predictions for the others */
  | { kind: 'fold'; parameters: Float64Array; train: readonly number[]; test: readonly number[] };

export type FitTaskResult =
  | { kind: 'restart'; result: RestartResult | undefined }
  | { kind: 'fold'; energies: Float64Array; forces: (Float64Array | undefined)[]; trainLoss: number };

export type FitMessage =
  | { kind: 'save'; index: number; state: RestartState }
  | { kind: 'progress'; index: number; fraction: number; best: number };

/** Seconds between two checkpoints of a restart. */
const SAVE_INTERVAL = 15;

serve<FitTask, FitTaskResult, FitShared, FitMessage>(async (task, { shared, stop, post }) => {
  if (task.kind === 'fold') {
    const { network, objective } = openObjective(subproblem(shared.problem, task.train));
    const fitReference = shared.problem.loss.referenceEnergy === undefined;
    const refined = refine(objective, task.parameters, activeParameters(network, task.parameters, fitReference), shared.refine);
    const held = openObjective(subproblem(shared.problem, task.test)).objective.predict(refined.parameters);
    return { kind: 'fold', energies: held.energies, forces: held.forces, trainLoss: refined.loss };
  }
  const tensorflow = shared.backend === 'tensorflow' ? await loadTensorflow() : undefined;
  const backend = tensorflow && createTensorflowBackend(tensorflow.tf, shared.problem.moments, tensorflow.chunks);
  let saved = performance.now();
  const result = await runRestart(
    shared.problem,
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
