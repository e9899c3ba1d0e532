import { serve } from '../src/engines/worker-side.js';
import { OPTIMISERS } from '../src/fitting/optimisers/index.js';
import { openObjective } from '../src/fitting/problem.js';
import { activeParameters } from '../src/fitting/refine.js';
import type { FitShared } from '../src/workflows/fit-worker.js';
import { threadSeconds } from './measure.js';
import { searchTree } from './tree-search.js';

/** A tree search and what each optimiser makes of its best point. */
export interface BudgetTask {
  steps: number;
  index: number;
  optimisers: readonly { name: keyof typeof OPTIMISERS; steps: number }[];
}

export interface BudgetResult {
  /** of the tree search, s */
  seconds: number;
  /** processor time of it, s */
  processor: number;
  /** best loss of the tree search, eV/atom */
  loss: number;
  candidates: number;
  refined: { name: string; steps: number; seconds: number; processor: number; loss: number; meanAbsolute: number }[];
}

serve<BudgetTask, BudgetResult, FitShared>(async ({ steps, index, optimisers }, { shared }) => {
  const { start, loss, seconds, processor, candidates } = await searchTree(shared.problems[0]!, shared.restart, steps, index);
  const { network, objective } = openObjective(shared.problems[0]!);
  const active = activeParameters(network, start, shared.problems[0]!.loss.referenceEnergy === undefined);
  const refined = optimisers.map(({ name, steps: maxSteps }) => {
    const started = performance.now();
    const before = threadSeconds();
    const result = OPTIMISERS[name].run({ objective, start, active, maxSteps, learningRate: shared.refine.learningRate });
    const time = (performance.now() - started) / 1000;
    const used = threadSeconds() - before;
    return {
      name,
      steps: result.steps,
      seconds: time,
      processor: used,
      loss: result.loss,
      meanAbsolute: objective.meanAbsolute(result.parameters),
    };
  });
  return { seconds, processor, loss, candidates, refined };
});
