import type { Settings } from '../config/schema.js';
import { version } from '../config/version.js';
import { proveFiles } from '../engines/lammps/proof.js';
import { checkCalculatorCore } from '../export/check-core.js';
import { exportSMeam } from '../export/s-meam-files.js';
import { SplineObjective } from '../fitting/splines/objective.js';
import { printedGauge } from '../fitting/splines/start.js';
import { type SMeamModel, SMeamPotential } from '../potentials/s-meam.js';
import { S_MEAM, writeSMeam } from '../potentials/s-meam-json.js';
import type { FitOptions } from './complete.js';
import { provedSplines, today } from './export.js';
import { fitPoints, type PointFitResult, type PointForm } from './fit-points.js';
import { overlaidCore } from './overlaid-core.js';
import { type PreparedSplines, prepareSplines } from './prepare-splines.js';
import type { PointSearch } from './search-points.js';
import { describeSplines } from './spline-functions.js';
import type { SplineShared } from './spline-worker.js';

const FORM: PointForm<PreparedSplines, SMeamModel> = {
  name: S_MEAM,
  prepare: prepareSplines,
  search: searchOf,
  startSettings({ splines }, { problem }) {
    const { starts: _starts, keep: _keep, steps: _steps, start: _start, ...search } = splines;
    const from = problem.start && writeSMeam(problem.start);
    return { search, ...(from === undefined ? {} : { from }) };
  },
  finish(settings, prepared, found) {
    const objective = new SplineObjective(prepared.problem);
    const parameters = printedGauge(objective, found.parameters);
    const bare = modelOf(settings, prepared, objective, parameters);
    const repelling = settings.export.core === 'zbl' ? overlaidCore(bare, prepared.shortest) : undefined;
    const model = repelling ? { ...bare, core: repelling.core } : bare;
    const potential = new SMeamPotential(model);
    const count = objective.form.size;
    return {
      parameters,
      model,
      potential,
      referenceEnergies: model.referenceEnergies,
      violations: repelling?.violations ?? checkCalculatorCore(potential, prepared.shortest),
      count,
      counted: 'knots and slopes',
      json: writeSMeam(model),
      core: model.core,
      targets: [],
      described: describeSplines(model, count),
    };
  },
  files(_, { shortest, problem }, { model }, place) {
    const { files, decks } = exportSMeam(model, place, today());
    return {
      files,
      prove: (lammps, options) => proveFiles(lammps, provedSplines(model, files, decks, shortest), problem.frames, options),
    };
  },
  metrics: ({ splines }) => ({ terms: splines.terms }),
};

/** Fits a spline MEAM potential; see `fitPoints`. */
export function fitSplines(settings: Settings, options: Omit<FitOptions, 'truth'> = {}): Promise<PointFitResult<SMeamModel>> {
  return fitPoints(FORM, settings, options);
}

function searchOf({ seed, splines }: Settings, { problem, nearest }: PreparedSplines): PointSearch {
  const { method, population, generations, width, steps, starts, keep } = splines;
  const shared: SplineShared = {
    problem,
    search: {
      seed,
      method,
      population,
      generations,
      width,
      steps,
      coarseSteps: splines.coarse_steps,
      coarseAtoms: splines.coarse_atoms,
    },
    nearest,
  };
  return {
    worker: './spline-worker',
    shared,
    starts,
    keep,
    startSteps: method === 'cma-es' ? generations : splines.coarse_steps,
    steps: steps + (method === 'both' ? generations : 0),
    startsBy: method === 'cma-es' ? 'CMA-ES' : 'gradients',
    finishesBy: method === 'both' ? 'CMA-ES and gradients' : 'gradients',
  };
}

function modelOf(settings: Settings, prepared: PreparedSplines, objective: SplineObjective, p: Float64Array): SMeamModel {
  const { densities } = objective.predict(p);
  const { elements } = prepared;
  const any = settings.splines.terms !== 'phi';
  return {
    title: settings.title || `${elements.join('-')} spline potential (${settings.splines.terms})`,
    elements,
    functions: objective.form.functions(p),
    core: { kind: 'none' },
    referenceEnergies: Object.fromEntries(
      elements.map((element, e) => [element, prepared.problem.references?.[e] ?? p[objective.form.size + e]!]),
    ),
    citation: `fitted with eqpot ${version()}; form: J. A. Vita and D. R. Trinkle, Comput. Mater. Sci. 200, 110752 (2021)`,
    range: { shortest: prepared.shortest, lowestDensity: any ? densities[0] : 0, highestDensity: any ? densities[1] : 0 },
  };
}
