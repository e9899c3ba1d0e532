import { architecturesOf } from '../config/architectures.js';
import type { Settings } from '../config/schema.js';
import type { Progress } from '../engines/progress.js';
import { InputError } from '../errors.js';
import { AlloyForm, type AlloySettings } from '../fitting/alloy/form.js';
import type { AlloyProblem } from '../fitting/alloy/objective.js';
import { unitLines } from '../fitting/unit.js';
import { pairNames } from '../potentials/alloy/model.js';
import { TAPERS } from '../potentials/cutoffs/index.js';
import { pairIndex } from '../potentials/s-meam.js';
import { usualNearestDistance } from '../structures/elements.js';
import { neighbourPairs } from '../structures/neighbours.js';
import type { Frame } from '../structures/structure.js';
import { auditedData } from './audited-data.js';
import { checkCutoff, elementsOfData, nearestOfGroundState, type Place } from './check-data.js';
import type { PreparedPoints } from './fit-points.js';
import { parted, pointProblem } from './prepare-points.js';
import { startOf } from './start-alloy.js';
import { type TargetBuilder, targetBuilder } from './target-requests.js';

/** Everything that is known before the search starts. */
export interface PreparedAlloy extends PreparedPoints {
  problem: AlloyProblem;
  /** undefined without targets */
  targets: TargetBuilder | undefined;
}

/**
 * Reads the data, audits it and lays out the networks.
 * @throws InputError for data that cannot be read, and for settings that do not go with the data or with several elements
 */
export function prepareAlloy(settings: Settings, directory: string, progress: Progress, place: Place = () => ({})): PreparedAlloy {
  const { frames, ownWeights, split, ...audited } = auditedData(settings, directory, progress, place, (read) =>
    elementsOfData(settings, read, place),
  );
  const { elements } = audited;
  const form = formOf(settings, elements, place);
  checkCutoff(form.cutoff, ['network', 'cutoff'], nearestOfGroundState(frames) ?? form.lengthUnits[0]!, place);
  const shortestOf = shortestByPair(elements, frames, form.cutoff);
  const element = settings.element ?? (elements.length === 1 ? elements[0] : undefined);
  const targets = settings.targets && targetBuilder(settings.targets, { elements, element, cutoff: form.cutoff, directory, place });
  const networks = new AlloyForm(form);
  const whole: AlloyProblem = {
    form,
    ...pointProblem(settings, { frames, ownWeights, elements }, place),
    prior: new Float64Array(networks.size),
    stiffness: settings.alloy.stiffness,
    targets: targets?.build(undefined),
    shortestOf,
    start: startOf(networks, settings, directory, place),
  };
  for (const line of unitLines(whole.units)) progress.line(line);
  progress.line(
    `alloy: ${networks.functions.length} functions of ${elements.join(', ')} with ${networks.size} constants before terms are taken out, to ${form.cutoff} Å`,
  );
  return {
    ...audited,
    ...parted(whole, { split }),
    targets,
  };
}

/** By pair of elements, at most the cutoff, Å. */
export function shortestByPair(elements: readonly string[], frames: readonly Frame[], cutoff: number): number[] {
  const shortest = pairNames(elements).map(() => cutoff);
  for (const { species, ...frame } of frames) {
    const kind = species.map((symbol) => elements.indexOf(symbol));
    const { count, first, second, distances } = neighbourPairs({ species, ...frame }, cutoff);
    for (let p = 0; p < count; p++) {
      const k = pairIndex(kind[first[p]!]!, kind[second[p]!]!, elements.length);
      if (distances[p]! < shortest[k]!) shortest[k] = distances[p]!;
    }
  }
  return shortest;
}

function formOf(settings: Settings, elements: readonly string[], place: Place): AlloySettings {
  const [{ network }, ...others] = architecturesOf(settings) as [ReturnType<typeof architecturesOf>[0], ...unknown[]];
  if (others.length > 0)
    throw new InputError("'form: alloy' searches one cutoff with one network of each kind", place(['network'], true), {
      hint: 'write each of cutoff, pair, density and embedding once, not as a list',
    });
  const { cutoff_style: cutoffStyle, cutoff, density_floor: densityFloor, length_unit: unit } = network;
  if (cutoffStyle === 'shift')
    throw new InputError("'form: alloy' needs functions that end smoothly", place(['network', 'cutoff_style']), {
      hint: `use one of ${Object.keys(TAPERS).join(', ')}`,
    });
  if (!(densityFloor > 0))
    throw new InputError("'form: alloy' needs a density floor above zero", place(['network', 'density_floor']), {
      hint: 'the default is 0.01',
    });
  for (const name of ['pair', 'density', 'embedding'] as const)
    if (network[name].outer.length > 0)
      throw new InputError(`'form: alloy' has networks of one layer, and network.${name} has a second`, place(['network', name, 'outer']), {
        hint: 'leave `outer` out',
      });
  return {
    elements,
    pair: network.pair.basis,
    density: network.density.basis,
    embedding: network.embedding.basis,
    structure: settings.alloy.structure,
    cutoff,
    cutoffStyle,
    taperWidth: network.taper_width ?? TAPERS[cutoffStyle].defaultWidth(cutoff),
    lengthUnits: elements.map((element) => unit ?? Math.round(usualNearestDistance(element) * 100) / 100),
    densityFloor,
  };
}
