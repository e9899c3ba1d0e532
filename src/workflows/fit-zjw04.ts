import type { Settings } from '../config/schema.js';
import { version } from '../config/version.js';
import { prove } from '../engines/lammps/proof.js';
import { Zjw04Objective } from '../fitting/zjw04/objective.js';
import { writeZjw04, ZJW04 } from '../potentials/zjw04/json.js';
import { type Zjw04Model, type Zjw04Potential, zjw04Potential } from '../potentials/zjw04/model.js';
import type { FitOptions } from './complete.js';
import { filesOf } from './export.js';
import { fitPoints, type PointFitResult, type PointForm } from './fit-points.js';
import { relaxedTargets, withCore } from './parametric-fit.js';
import { type PreparedZjw04, prepareZjw04 } from './prepare-zjw04.js';
import { rowsOf } from './targets.js';
import { describeZjw04 } from './zjw04-functions.js';
import type { Zjw04Shared } from './zjw04-worker.js';

const FORM: PointForm<PreparedZjw04, Zjw04Model> = {
  name: ZJW04,
  prepare: prepareZjw04,
  search({ seed, zjw04 }, { problem }) {
    const { method, starts, keep, steps, spread, batch, epochs } = zjw04;
    const shared: Zjw04Shared = {
      problem,
      search: {
        seed,
        method,
        coarseSteps: zjw04.coarse_steps,
        steps,
        coarseAtoms: zjw04.coarse_atoms,
        spread,
        batch,
        epochs,
        learningRate: zjw04.learning_rate,
      },
    };
    return {
      worker: './zjw04-worker',
      shared,
      starts,
      keep,
      startSteps: zjw04.coarse_steps,
      steps: (method === 'levenberg-marquardt' ? 0 : epochs) + (method === 'adam' ? 0 : steps),
      startsBy: 'Levenberg-Marquardt',
      finishesBy: { 'levenberg-marquardt': 'Levenberg-Marquardt', adam: 'Adam', both: 'Adam and Levenberg-Marquardt' }[method],
    };
  },
  startSettings({ zjw04, element }, { problem }) {
    const { kind, cross, cutoff, taper_width, stiffness, coarse_atoms, coarse_steps, spread } = zjw04;
    return {
      element,
      from: [...problem.prior],
      zjw04: { kind, cross, cutoff, taper_width, stiffness, coarse_atoms, coarse_steps, spread },
    };
  },
  finish(settings, prepared, found) {
    const objective = new Zjw04Objective(prepared.problem);
    const { model, violations } = modelOf(settings, prepared, objective, found.parameters);
    const potential = zjw04Potential(model);
    const count = objective.active.subarray(0, objective.form.size).reduce((sum, on) => sum + on, 0);
    return {
      parameters: found.parameters,
      model,
      potential,
      referenceEnergies: model.referenceEnergies,
      violations,
      count,
      counted: 'parameters',
      json: writeZjw04(model),
      core: model.core,
      targets: rowsOf(objective, found.parameters),
      described: describeZjw04(model, objective.form, count),
    };
  },
  relax: (prepared, { potential, targets, parameters }) =>
    relaxedTargets(prepared, potential as Zjw04Potential, targets, (problem) => rowsOf(new Zjw04Objective(problem), parameters)),
  files(settings, { problem }, { model }, { folder, command }) {
    const style = model.kind === 'adp' ? ('adp' as const) : ('eam/alloy' as const);
    const exported = filesOf(zjw04Potential(model), model.title, folder, { accuracy: settings.export.accuracy, command, style });
    return {
      files: exported.files.files,
      prove: (lammps, options) => prove(lammps, exported.model, exported.files, problem.frames, options),
    };
  },
  metrics: ({ zjw04 }) => ({ kind: zjw04.kind, cross: zjw04.cross }),
};

/** Fits the functions of a Zjw04 potential, with angular terms or without; see `fitPoints`. */
export function fitZjw04(settings: Settings, options: Omit<FitOptions, 'truth'> = {}): Promise<PointFitResult<Zjw04Model>> {
  return fitPoints(FORM, settings, options);
}

function modelOf(settings: Settings, { elements, problem, shortest }: PreparedZjw04, objective: Zjw04Objective, point: Float64Array) {
  const parameters = objective.parameters(point);
  const { densities } = objective.predict(point);
  const size = objective.form.size;
  const model: Zjw04Model = {
    ...problem.form,
    title: settings.title || `${elements.join('-')} Zjw04 ${problem.form.kind.toUpperCase()}`,
    parameters: parameters.slice(0, size),
    core: { kind: 'none' },
    referenceEnergies: Object.fromEntries(elements.map((element, e) => [element, problem.references?.[e] ?? parameters[size + e]!])),
    citation: `fitted with eqpot ${version()}; form: X. W. Zhou et al., Phys. Rev. B 69, 144113 (2004), as X. Chen et al. train it`,
    range: { shortest, lowestDensity: Math.min(...densities.lowest), highestDensity: Math.max(...densities.highest) },
  };
  return withCore(settings, model, zjw04Potential, shortest, problem.frames);
}
