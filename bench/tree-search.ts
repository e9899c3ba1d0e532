import type { FitProblem } from '../src/fitting/problem.js';
import { TreeSearch } from '../src/fitting/search/mcts.js';
import type { RestartSettings } from '../src/fitting/search/restart.js';
import { SearchSpace } from '../src/fitting/search/space.js';
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
  const space = new SearchSpace(problem, settings.nullZone);
  const tree = new TreeSearch(settings.tree, space.bounds, space.evaluate, RandomStream.fromSeed(settings.seed, index));
  const started = performance.now();
  const before = threadSeconds();
  for (let step = 0; step < steps; step++) await tree.step();
  const seconds = (performance.now() - started) / 1000;
  const processor = threadSeconds() - before;
  const start = await space.real(tree.elite[0]!.point);
  return { start, loss: tree.best, seconds, processor, candidates: steps * (settings.tree.payouts + 1) };
}
