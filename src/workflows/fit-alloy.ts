import type { Settings } from '../config/schema.js';
import { version } from '../config/version.js';
import { prove } from '../engines/lammps/proof.js';
import { InputError } from '../errors.js';
import { startSteps } from '../fitting/alloy/fit.js';
import { fixAlloyGauge } from '../fitting/alloy/gauge.js';
import { AlloyObjective } from '../fitting/alloy/objective.js';
import { roundAlloy } from '../fitting/alloy/rounding.js';
import { ALLOY, writeAlloy } from '../potentials/alloy/json.js';
import { type AlloyModel, AlloyPotential } from '../potentials/alloy/model.js';
import { alloyFront } from './alloy-front.js';
import { alloyFunctions, alloyText, describeAlloy } from './alloy-functions.js';
import type { AlloyShared } from './alloy-worker.js';
import type { FitOptions } from './complete.js';
import { filesOf } from './export.js';
import { fitPoints, type PointFitResult, type PointForm } from './fit-points.js';
import { relaxedTargets, withCore } from './parametric-fit.js';
import { type PreparedAlloy, prepareAlloy } from './prepare-alloy.js';
import { rowsOf } from './targets.js';

const FORM: PointForm<PreparedAlloy, AlloyModel> = {
  name: ALLOY,
  prepare: prepareAlloy,
  search({ seed, alloy }, { problem }) {
    const { starts, keep, steps, tolerance, terms, coarse_steps: coarseSteps, coarse_atoms: coarseAtoms } = alloy;
    const shared: AlloyShared = { problem, search: { seed, coarseSteps, steps, coarseAtoms, tolerance, terms } };
    return {
      worker: './alloy-worker',
      shared,
      starts,
      keep,
      startSteps: startSteps({ coarseSteps }),
      steps,
      startsBy: 'Levenberg-Marquardt with all terms, then fewer',
      finishesBy: 'Levenberg-Marquardt',
    };
  },
  startSettings: ({ element, network, alloy: { keep: _keep, steps: _steps, ...alloy } }, { problem: { start } }) => ({
    element,
    network,
    alloy,
    from: start ? [...start.parameters] : [],
  }),
  finish(settings, prepared, found) {
    if (!Number.isFinite(found.loss))
      throw new InputError(
        'no start has a finite loss: the densities of all of them are negative somewhere in the data',
        {},
        {
          hint:
            settings.alloy.start === undefined ? 'ask for more alloy.starts, or other terms in network.density' : 'leave alloy.start out',
        },
      );
    const objective = new AlloyObjective(prepared.problem);
    const rounded = roundAlloy(objective, found.parameters);
    const { model, violations } = modelOf(settings, prepared, objective, rounded);
    const count = objective.form.active(found.parameters).reduce((sum, on) => sum + on, 0);
    return {
      parameters: rounded,
      model,
      potential: new AlloyPotential(model),
      referenceEnergies: model.referenceEnergies,
      violations,
      count,
      counted: 'constants',
      json: writeAlloy(model),
      core: model.core,
      targets: rowsOf(objective, rounded),
      described: describeAlloy(model, count),
    };
  },
  relax: (prepared, { potential, targets, parameters }) =>
    relaxedTargets(prepared, potential as AlloyPotential, targets, (problem) => rowsOf(new AlloyObjective(problem), parameters)),
  files(settings, { problem }, { model }, { folder, command }) {
    const { accuracy } = settings.export;
    const exported = filesOf(new AlloyPotential(model), model.title, folder, { accuracy, command, style: 'eam/alloy' });
    return {
      files: { 'equation.txt': alloyText(model), ...exported.files.files },
      prove: (lammps, options) => prove(lammps, exported.model, exported.files, problem.frames, options),
    };
  },
  front: ({ problem }, { model, parameters }, starts) => alloyFront(problem.form, { model, parameters }, starts),
  metrics: ({ alloy: { structure } }) => ({ structure }),
};

/**
 * Fits closed equations for each element and pair of elements; see `fitPoints`.
 * @throws InputError also where no start has a finite loss
 */
export function fitAlloy(settings: Settings, options: Omit<FitOptions, 'truth'> = {}): Promise<PointFitResult<AlloyModel>> {
  return fitPoints(FORM, settings, options);
}

function modelOf(settings: Settings, { elements, problem }: PreparedAlloy, objective: AlloyObjective, point: Float64Array) {
  const { form, parameters, scale } = fixAlloyGauge(objective.form, point.subarray(0, objective.form.size));
  const { cutoff, cutoffStyle, taperWidth, densityFloor } = form.settings;
  const { densities } = objective.predict(point);
  const { frames } = problem;
  const shortest = Math.min(...problem.shortestOf);
  const model: AlloyModel = {
    title: settings.title || `${elements.join('-')} EAM`,
    elements,
    ...alloyFunctions(form, parameters),
    cutoff,
    cutoffStyle,
    taperWidth,
    densityFloor: Number(densityFloor.toPrecision(6)),
    core: { kind: 'none' },
    referenceEnergies: Object.fromEntries(elements.map((element, e) => [element, Number(point[form.size + e]!.toPrecision(10))])),
    citation: `fitted with eqpot ${version()}`,
    range: { shortest, lowestDensity: scale * Math.min(...densities.lowest), highestDensity: scale * Math.max(...densities.highest) },
  };
  return withCore(settings, model, (own) => new AlloyPotential(own), shortest, frames);
}
