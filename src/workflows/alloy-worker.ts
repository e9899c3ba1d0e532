import { type AlloySearch, descendAlloy, finishAlloy, searchAlloy } from '../fitting/alloy/fit.js';
import { AlloyObjective, type AlloyProblem } from '../fitting/alloy/objective.js';
import { onFrames } from '../fitting/points.js';
import { servePoints } from './point-worker.js';

/** What every worker of such a fit is started with. */
export interface AlloyShared {
  problem: AlloyProblem;
  search: AlloySearch;
}

/** Steps of a refit: it starts where the fit on all frames ended. */
const FOLD_STEPS = 10;

servePoints<AlloyShared>({
  start: ({ problem, search }, index, hooks) => searchAlloy(problem, search, index, hooks),
  finish: ({ problem, search }, start, hooks) => finishAlloy(problem, search, start, hooks),
  fold({ problem }, start, train, test) {
    const { parameters } = descendAlloy(new AlloyObjective(onFrames(problem, train)), start, FOLD_STEPS);
    const held = onFrames(problem, test);
    const { energies, forces } = new AlloyObjective(held).predict(parameters);
    return { energies, forces: forces.map((values, s) => (held.frames[s]!.forces ? values : undefined)) };
  },
});
