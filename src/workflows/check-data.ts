import type { Architecture } from '../config/architectures.js';
import type { LoadedSettings } from '../config/load.js';
import type { Settings } from '../config/schema.js';
import { nearestDistance } from '../datasets/summary.js';
import { InputError } from '../errors.js';
import { EquationNetwork, type EquationNetworkSettings } from '../fitting/equation-network.js';
import { OUTER_FUNCTIONS, SubNetwork } from '../fitting/subnetwork.js';
import { loadModel } from '../load-model.js';
import type { Frame } from '../structures/structure.js';

/** Says where a setting stands, for errors that show only beside the data. */
export type Place = LoadedSettings['place'];

/** The element of the data; checks that there is one, and that the settings agree. */
export function elementOfData(settings: Settings, frames: readonly Frame[], place: Place): string {
  const fileOf = new Map<string, string>();
  for (const { species, origin } of frames) for (const symbol of species) if (!fileOf.has(symbol)) fileOf.set(symbol, origin.file);
  if (fileOf.size > 1)
    throw new InputError(
      `the data has ${fileOf.size} elements (${[...fileOf].map(([symbol, file]) => `${symbol} in ${file}`).join(', ')}), and an equation is fitted to one`,
      place(['data', 'files']),
      { hint: "leave out the files of other compositions, or fit an equation for each element and pair of elements with 'form: alloy'" },
    );
  const element = [...fileOf.keys()][0]!;
  if (settings.element !== undefined && settings.element !== element)
    throw new InputError(`the settings name the element ${settings.element}, but the data holds ${element}`, place(['element']));
  return element;
}

/** The elements of the data, of which there may be any number; the one that the settings name has to be among them. */
export function elementsOfData(settings: Settings, frames: readonly Frame[], place: Place): string[] {
  const found = [...new Set(frames.flatMap(({ species }) => [...new Set(species)]))];
  if (settings.element !== undefined && !found.includes(settings.element))
    throw new InputError(`the settings name the element ${settings.element}, but the data holds ${found.join(', ')}`, place(['element']));
  return found;
}

/** A label that the settings name has to be in the data, and there have to be energies. */
export function checkLabels({ data }: Settings, frames: readonly Frame[], place: Place): void {
  const has = {
    energy: frames.some((frame) => frame.energy !== undefined),
    forces: frames.some((frame) => frame.forces),
    stress: frames.some((frame) => frame.stress),
  };
  const there = Object.entries(has).flatMap(([name, present]) => (present ? [name] : []));
  (data.use ?? []).forEach((label, index) => {
    if (!has[label])
      throw new InputError(`data.use names ${label}, but no frame of the data has it`, place(['data', 'use', index]), {
        hint: `the data has ${there.join(', ') || 'no labels'}; other keys can be named in data.labels`,
      });
  });
  if (!has.energy)
    throw new InputError('no frame of the data has an energy', place(['data', 'files']), { hint: 'name its key in data.labels.energy' });
}

/**
 * Labels that say what computed them have to come from one engine with one kind of settings, unless that is allowed. Changes that were
 * made for single structures so that they converge (`changed`) do not count.
 * @returns a warning where part of the frames does not say it
 */
export function checkLabelSources({ data }: Settings, frames: readonly Frame[], place: Place): string | undefined {
  const sources = new Map<string, { count: number; files: Set<string> }>();
  const silent = new Set<string>();
  for (const { labelOrigin, origin, energy } of frames) {
    if (!labelOrigin) {
      if (energy !== undefined) silent.add(origin.file);
      continue;
    }
    const name = `${labelOrigin.engine}, settings ${labelOrigin.settings}`;
    const source = sources.get(name) ?? { count: 0, files: new Set() };
    source.count++;
    source.files.add(origin.file);
    sources.set(name, source);
  }
  if (sources.size > 1 && data.mixed_labels === 'refuse') {
    const list = [...sources].map(
      ([name, { count, files }]) => `  ${name}: ${count} ${count === 1 ? 'frame' : 'frames'} of ${[...files].join(', ')}`,
    );
    throw new InputError(`the labels of the data are of ${sources.size} kinds:\n${list.join('\n')}`, place(['data', 'files']), {
      hint: 'energies of different settings do not fit together: leave files out, label them anew, or set data.mixed_labels to allow',
    });
  }
  if (sources.size === 0 || silent.size === 0) return undefined;
  return `${[...silent].join(', ')}: the labels do not say what computed them, those of other files do; they may not fit together`;
}

/** A config_type that the loss weighs has to be in the data. */
export function checkConfigTypes(settings: Settings, frames: readonly Frame[], place: Place): void {
  const found = new Set(frames.map((frame) => frame.configType));
  for (const name of Object.keys(settings.loss.config_types))
    if (!found.has(name))
      throw new InputError(
        `loss.config_types names "${name}", but the data has only ${[...found].join(', ')}`,
        place(['loss', 'config_types', name], true),
      );
}

/** The models of report.compare have to be there and to know the element: they are needed only when the fit is done. */
export function checkComparisons(settings: Settings, directory: string, element: string, place: Place): void {
  settings.report.compare.forEach((name, index) => {
    const at = place(['report', 'compare', index]);
    let elements: readonly string[];
    try {
      elements = loadModel(name, directory).potential.elements;
    } catch (cause) {
      if (!(cause instanceof InputError)) throw cause;
      throw new InputError(`report.compare: ${cause.message}`, at, { cause });
    }
    if (!elements.includes(element))
      throw new InputError(`report.compare names ${name}, a model of ${elements.join(', ')}, but the data holds ${element}`, at, {
        hint: 'leave it out',
      });
  });
}

/** Names of basis functions are checked before any work is done, and what the backend can do with them. */
export function checkNetwork(
  network: EquationNetworkSettings,
  paths: Architecture['paths'],
  backend: Settings['backend'],
  place: Place,
): void {
  for (const name of ['pair', 'density', 'embedding'] as const) {
    try {
      new SubNetwork(network[name], name === 'embedding' ? 'rho' : 'r', 1);
    } catch (cause) {
      throw new InputError(`network.${name}: ${(cause as Error).message}`, place(paths[name]), {
        cause,
        hint: `second layers can be ${OUTER_FUNCTIONS.join(', ')}`,
      });
    }
  }
  if (backend === 'tensorflow' && !new EquationNetwork(network).sqrtPowers)
    throw new InputError(
      "'backend: tensorflow' needs embedding functions that are powers of rho up to rho^4 in halves",
      place(['backend']),
      {
        hint: "use 'backend: wasm'",
      },
    );
}

/** Cutoff over the nearest distance below which atoms hardly interact, and what is asked for then. */
const SHORTEST_CUTOFF = 1.2;
const SENSIBLE_CUTOFF = 1.5;

/** @param nearest in the ground state, Å; undefined where no atom has a neighbour */
export function checkCutoff(cutoff: number, path: Architecture['paths']['cutoff'], nearest: number | undefined, place: Place): void {
  if (nearest === undefined || cutoff >= SHORTEST_CUTOFF * nearest) return;
  throw new InputError(
    `${path.slice(0, 2).join('.')} is ${cutoff} Å, but nearest neighbours in the frame of lowest energy are ${nearest.toFixed(2)} Å apart: atoms would hardly interact`,
    place(path),
    {
      hint: `ask for ${(SENSIBLE_CUTOFF * nearest).toFixed(1)} Å at least; ${(2 * nearest).toFixed(1)} to ${(3 * nearest).toFixed(1)} Å are usual`,
    },
  );
}

/** Shortest distance in the frame of lowest energy per atom (of those in which atoms have neighbours within 12 Å), Å. */
export function nearestOfGroundState(frames: readonly Frame[]): number | undefined {
  const perAtom = (frame: Frame) => frame.energy! / frame.species.length;
  const byEnergy = frames.filter((frame) => frame.energy !== undefined).sort((a, b) => perAtom(a) - perAtom(b));
  for (const frame of byEnergy) {
    const nearest = nearestDistance(frame);
    if (nearest !== undefined) return nearest;
  }
  return undefined;
}
