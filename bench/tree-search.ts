import { type FitProblem, openCandidates } from '../src/fitting/problem.js';
import { TreeSearch } from '../src/fitting/search/mcts.js';
import { toReal } from '../src/fitting/search/pseudo-weights.js';
import type { RestartSettings } from '../src/fitting/search/restart.js';
import { RandomStream } from '../src/math/random.js';
import { threadSeconds } from './measure.js';

/** A tree search of a fixed number of steps, without the refinement that a fit goes on with. */
export interface SearchRun {
  /** real weights and reference energy of the best point, shape (size of the objective) */
  start: Float64Array;
  /** best loss met, eV/atom */
  loss: number;
  /** of the search alone, s */
  seconds: number;
  /** processor time of the search, s */
  processor: number;
  /** losses evaluated */
  candidates: number;
}

/** Does `steps` steps with the search settings of a fit, and never gives way to refinement early. */
export async function searchTree(problem: FitProblem, settings: RestartSettings, steps: number, index: number): Promise<SearchRun> {
  const loss = openCandidates(problem);
  const { network } = loss;
  const real = Array.from({ length: settings.tree.payouts + 1 }, () => new Float64Array(network.size));
  const bounds = network.parameters.map((parameter) => parameter.bounds);
  const evaluate = async (points: readonly Float64Array[], losses: Float64Array): Promise<void> => {
    points.forEach((point, k) => {
      toReal(point, network.parameters, settings.nullZone, real[k]!);
    });
    await loss.evaluate(real.slice(0, points.length), losses);
  };
  const tree = new TreeSearch(settings.tree, bounds, evaluate, RandomStream.fromSeed(settings.seed, index));
  const started = performance.now();
  const before = threadSeconds();
  for (let step = 0; step < steps; step++) await tree.step();
  const seconds = (performance.now() - started) / 1000;
  const processor = threadSeconds() - before;
  const start = new Float64Array(network.size + 1);
  toReal(tree.elite[0]!.point, network.parameters, settings.nullZone, start);
  await loss.evaluate([start.subarray(0, network.size)], new Float64Array(1));
  start[network.size] = problem.loss.referenceEnergy ?? loss.offsets[0]!;
  return { start, loss: tree.best, seconds, processor, candidates: steps * (settings.tree.payouts + 1) };
}
