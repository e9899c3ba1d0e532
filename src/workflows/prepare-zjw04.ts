import type { Settings } from '../config/schema.js';
import type { Progress } from '../engines/progress.js';
import { InputError } from '../errors.js';
import { onFrames } from '../fitting/points.js';
import { frameUnit, unitLines } from '../fitting/unit.js';
import type { Zjw04Problem } from '../fitting/zjw04/objective.js';
import { ELEMENT_PARAMETERS, Zjw04Form } from '../potentials/zjw04/form.js';
import { publishedZjw04 } from '../potentials/zjw04/published.js';
import { usualNearestDistance } from '../structures/elements.js';
import { neighbourPairs } from '../structures/neighbours.js';
import type { Frame } from '../structures/structure.js';
import { auditedData } from './audited-data.js';
import { checkCutoff, nearestOfGroundState, type Place } from './check-data.js';
import type { PreparedPoints } from './fit-points.js';
import { lossSettings, referenceEnergy } from './prepare.js';
import { type TargetBuilder, targetBuilder } from './target-requests.js';

/** Everything that is known before the search starts. */
export interface PreparedZjw04 extends PreparedPoints {
  problem: Zjw04Problem;
  /** undefined without targets */
  targets: TargetBuilder | undefined;
  /** shortest distance of all frames, Å */
  shortest: number;
}

/** Dipole and quadrupole functions of a start: weak, over the first shells. Lengths in cutoffs, rates in 1/Å. */
const ANGULAR = { d1: 0.1, d2: 0.5, d3: 0.05, q1: 0.1, q2: 0.5, q3: 0.05, r0: 0.75, h: 0.45 };

/**
 * Reads the data, audits it and lays out the functions.
 * @throws InputError for data that cannot be read, and for settings that do not go with the data
 */
export function prepareZjw04(settings: Settings, directory: string, progress: Progress, place: Place = () => ({})): PreparedZjw04 {
  const { frames, ownWeights, split, ...audited } = auditedData(settings, directory, progress, place, (read) =>
    elementsOf(settings, read, place),
  );
  const { elements } = audited;
  const { kind, cross, cutoff, taper_width: taperWidth, stiffness } = settings.zjw04;
  checkCutoff(cutoff, ['zjw04', 'cutoff'], nearestOfGroundState(frames) ?? usualNearestDistance(elements[0]!), place);
  if (!(taperWidth < cutoff))
    throw new InputError(`zjw04.taper_width is ${taperWidth} Å, not below the cutoff of ${cutoff} Å`, place(['zjw04', 'taper_width']));
  let shortest = cutoff;
  for (const frame of frames) for (const distance of neighbourPairs(frame, cutoff).distances) shortest = Math.min(shortest, distance);
  const form = { elements, kind, cross, cutoff, taperWidth };
  const units = frames.map(frameUnit);
  const targets = targetsOf(settings, elements, directory, place);
  const references = elements.map((element) => referenceEnergy(settings, element, place));
  const fitted = references.some((energy) => energy === undefined);
  const whole: Zjw04Problem = {
    form,
    frames,
    units,
    ownWeights,
    loss: lossSettings(settings, undefined),
    references: fitted ? undefined : Float64Array.from(references as number[]),
    prior: startParameters(new Zjw04Form(form)),
    stiffness,
    targets: targets?.build(undefined),
  };
  for (const line of unitLines(units)) progress.line(line);
  progress.line(`zjw04: ${kind}, ${new Zjw04Form(form).size} parameters, to ${cutoff} Å`);
  return {
    ...audited,
    problem: split ? onFrames(whole, split.train) : whole,
    test: split ? onFrames(whole, split.test) : undefined,
    shortest,
    targets,
  };
}

function elementsOf(settings: Settings, frames: readonly Frame[], place: Place): string[] {
  const found = [...new Set(frames.flatMap(({ species }) => [...new Set(species)]))];
  if (settings.element !== undefined && !found.includes(settings.element))
    throw new InputError(`the settings name the element ${settings.element}, but the data holds ${found.join(', ')}`, place(['element']));
  return found;
}

/** The published constants, for unlike pairs those between the elements. */
function startParameters(form: Zjw04Form): Float64Array {
  const { elements, cutoff } = form.settings;
  const p = new Float64Array(form.size);
  const published = new Map(elements.map((element) => [element, publishedZjw04(element)]));
  form.parameters.forEach(({ of, name }, q) => {
    if (name in ANGULAR) {
      const value = ANGULAR[name as keyof typeof ANGULAR];
      p[q] = name === 'r0' || name === 'h' ? value * cutoff : value;
      return;
    }
    const index = ELEMENT_PARAMETERS.indexOf(name as (typeof ELEMENT_PARAMETERS)[number]);
    const own = of.split('-').map((element) => published.get(element)![index]!);
    p[q] = own.reduce((sum, value) => sum + value, 0) / own.length;
  });
  return p;
}

function targetsOf(settings: Settings, elements: readonly string[], directory: string, place: Place): TargetBuilder | undefined {
  const { targets } = settings;
  if (!targets) return undefined;
  const element = settings.element ?? elements[0]!;
  if (elements.length > 1 && settings.element === undefined)
    throw new InputError(`the data holds ${elements.join(', ')}, and targets are properties of one element`, place(['targets'], true), {
      hint: "say which with 'element'",
    });
  return targetBuilder(targets, { element, cutoff: settings.zjw04.cutoff, directory, place });
}
