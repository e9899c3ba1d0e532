import type { Settings } from '../config/schema.js';
import type { Progress } from '../engines/progress.js';
import { InputError } from '../errors.js';
import { unitLines } from '../fitting/unit.js';
import type { Zjw04Problem } from '../fitting/zjw04/objective.js';
import { Zjw04Form, type Zjw04Settings } from '../potentials/zjw04/form.js';
import { type Zjw04Potential, zjw04Potential } from '../potentials/zjw04/model.js';
import { usualNearestDistance } from '../structures/elements.js';
import { auditedData } from './audited-data.js';
import { checkCutoff, elementsOfData, nearestOfGroundState, type Place } from './check-data.js';
import type { PreparedPoints } from './fit-points.js';
import { parted, pointProblem, shortestDistance } from './prepare-points.js';
import { startParameters } from './start-zjw04.js';
import { type TargetBuilder, targetBuilder } from './target-requests.js';

/** Everything that is known before the search starts. */
export interface PreparedZjw04 extends PreparedPoints {
  problem: Zjw04Problem;
  /** undefined without targets */
  targets: TargetBuilder | undefined;
  /** shortest distance of all frames, Å */
  shortest: number;
}

/**
 * Reads the data, audits it and lays out the functions.
 * @throws InputError for data that cannot be read, and for settings that do not go with the data
 */
export function prepareZjw04(settings: Settings, directory: string, progress: Progress, place: Place = () => ({})): PreparedZjw04 {
  const { frames, ownWeights, split, ...audited } = auditedData(settings, directory, progress, place, (read) =>
    elementsOfData(settings, read, place),
  );
  const { elements } = audited;
  const { kind, cross, cutoff, taper_width: taperWidth, stiffness } = settings.zjw04;
  checkCutoff(cutoff, ['zjw04', 'cutoff'], nearestOfGroundState(frames) ?? usualNearestDistance(elements[0]!), place);
  if (!(taperWidth < cutoff))
    throw new InputError(`zjw04.taper_width is ${taperWidth} Å, not below the cutoff of ${cutoff} Å`, place(['zjw04', 'taper_width']));
  const shortest = shortestDistance(frames, cutoff);
  const form = { elements, kind, cross, cutoff, taperWidth };
  const start = startParameters(new Zjw04Form(form), settings, directory, place);
  const element = settings.element ?? (elements.length === 1 ? elements[0] : undefined);
  const targets = settings.targets && targetBuilder(settings.targets, { elements, element, cutoff, directory, place });
  const whole: Zjw04Problem = {
    form,
    ...pointProblem(settings, { frames, ownWeights, elements }, place),
    prior: start.parameters,
    stiffness,
    targets: targets?.build(start.whole ? potentialOf(form, start.parameters) : undefined),
  };
  for (const line of unitLines(whole.units)) progress.line(line);
  progress.line(`zjw04: ${kind}, ${new Zjw04Form(form).size} parameters, to ${cutoff} Å`);
  return {
    ...audited,
    ...parted(whole, { split }),
    shortest,
    targets,
  };
}

function potentialOf(form: Zjw04Settings, parameters: Float64Array): Zjw04Potential {
  return zjw04Potential({ ...form, parameters, title: '', core: { kind: 'none' }, referenceEnergies: {}, citation: '' });
}
