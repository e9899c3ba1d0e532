import { onFrames } from '../fitting/points.js';
import { descend, finishSplines, type SplineSearch, searchSplines } from '../fitting/splines/fit.js';
import { SplineObjective, type SplineProblem } from '../fitting/splines/objective.js';
import { servePoints } from './point-worker.js';

/** What every worker of a spline fit is started with. */
export interface SplineShared {
  problem: SplineProblem;
  search: SplineSearch;
  /** Å, nearest distance of the crystal */
  nearest: number;
}

/** Gradient steps of a refit: it starts where the fit on all frames ended. */
const FOLD_STEPS = 15;

servePoints<SplineShared>({
  start: ({ problem, search, nearest }, index, hooks) => searchSplines(problem, search, nearest, index, hooks),
  finish: ({ problem, search }, start, hooks) => finishSplines(problem, search, start, hooks),
  fold({ problem }, start, train, test) {
    const { parameters } = descend(new SplineObjective(onFrames(problem, train)), start, FOLD_STEPS);
    const held = onFrames(problem, test);
    const { energies, forces } = new SplineObjective(held).predict(parameters);
    return { energies, forces: forces.map((values, s) => (held.frames[s]!.forces ? values : undefined)) };
  },
});
