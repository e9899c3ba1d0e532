import { onFrames } from '../fitting/points.js';
import { descend, finishZjw04, searchZjw04, type Zjw04Search } from '../fitting/zjw04/fit.js';
import { Zjw04Objective, type Zjw04Problem } from '../fitting/zjw04/objective.js';
import { servePoints } from './point-worker.js';

/** What every worker of such a fit is started with. */
export interface Zjw04Shared {
  problem: Zjw04Problem;
  search: Zjw04Search;
}

/** Steps of a refit: it starts where the fit on all frames ended. */
const FOLD_STEPS = 10;

servePoints<Zjw04Shared>({
  start: ({ problem, search }, index, hooks) => searchZjw04(problem, search, index, hooks),
  finish: ({ problem, search }, start, hooks) => finishZjw04(problem, search, start, hooks),
  fold({ problem }, start, train, test) {
    const { parameters } = descend(new Zjw04Objective(onFrames(problem, train)), start, FOLD_STEPS);
    const held = onFrames(problem, test);
    const { energies, forces } = new Zjw04Objective(held).predict(parameters);
    return { energies, forces: forces.map((values, s) => (held.frames[s]!.forces ? values : undefined)) };
  },
});
