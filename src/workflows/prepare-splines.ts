import type { Settings } from '../config/schema.js';
import type { Progress } from '../engines/progress.js';
import { type ErrorPlace, InputError } from '../errors.js';
import { SplineForm, type SplineFormSettings, splineForm } from '../fitting/splines/form.js';
import type { SplineProblem } from '../fitting/splines/objective.js';
import { unitLines } from '../fitting/unit.js';
import { S_MEAM_KINDS, type SMeamModel, SMeamPotential } from '../potentials/s-meam.js';
import { elementOf, usualNearestDistance } from '../structures/elements.js';
import type { Frame } from '../structures/structure.js';
import { auditedData } from './audited-data.js';
import { checkCutoff, nearestOfGroundState, type Place } from './check-data.js';
import type { PreparedPoints } from './fit-points.js';
import { formerModel } from './former-model.js';
import { parted, pointProblem, shortestDistance } from './prepare-points.js';

/** Everything that is known before the search of splines starts. */
export interface PreparedSplines extends PreparedPoints {
  /** the frames that are fitted */
  problem: SplineProblem;
  /** shortest distance of all frames, Å */
  shortest: number;
  /** nearest distance of the crystal, Å */
  nearest: number;
  cutoff: number;
}

/** Elements that LAMMPS's meam/spline can have. */
const MOST_ELEMENTS = 2;
/** Radial splines begin at this part of the shortest distance. */
const BELOW_SHORTEST = 0.99;
/** Cutoffs of Vita and Trinkle (section 3.2), Å. */
const PUBLISHED: Readonly<Record<string, number>> = { Ni: 3.9, Cu: 4, Li: 5.1, Mo: 5.2, Si: 5, Ge: 5.3 };
/** For other elements, in nearest distances: past the second shell of fcc, past the third of bcc and diamond crystals. */
const BY_LATTICE: Readonly<Record<string, number>> = { fcc: 1.57, bcc: 1.85, diamond: 2.13 };
const OTHERS = 1.75;

/**
 * Reads the data, audits it and lays out the splines.
 * @throws InputError for data that cannot be read, and for settings that do not go with the data
 */
export function prepareSplines(settings: Settings, directory: string, progress: Progress, place: Place = () => ({})): PreparedSplines {
  const { frames, ownWeights, split, ...audited } = auditedData(settings, directory, progress, place, (read) =>
    elementsOf(settings, read, place),
  );
  const { elements } = audited;
  const { splines } = settings;
  const nearest = nearestOfGroundState(frames) ?? usualNearestDistance(elements[0]!);
  const cutoff = splines.cutoff ?? Math.max(...elements.map(usualCutoff));
  checkCutoff(cutoff, ['splines', 'cutoff'], nearest, place);
  const reach = splines.angular_cutoff ?? cutoff;
  if (reach > cutoff)
    throw new InputError(`splines.angular_cutoff is ${reach} Å, more than the cutoff of ${cutoff} Å`, place(['splines', 'angular_cutoff']));
  const [low, high] = splines.domain;
  if (!(low <= 0 && high > 0))
    throw new InputError(
      `splines.domain is ${low} to ${high}, but has to hold the density of a free atom, zero`,
      place(['splines', 'domain']),
    );
  const shortest = shortestDistance(frames, cutoff);
  const form = splineForm({
    terms: splines.terms,
    elements,
    shortest: Math.floor(BELOW_SHORTEST * shortest * 100) / 100,
    cutoff,
    reach,
    knots: splines.knots,
    domain: splines.domain,
  });
  const whole: SplineProblem = {
    form,
    ...pointProblem(settings, { frames, ownWeights, elements }, place),
    smoothness: splines.smoothness,
    ...(splines.start === undefined ? {} : { start: formerSplines(splines.start, form, directory, place(['splines', 'start'])) }),
  };
  progress.line(
    `splines: ${splines.terms}, ${new SplineForm(form).size} parameters, from ${form.functions.phi[0]!.first} to ${cutoff} Å` +
      (reach < cutoff ? `, angles to ${reach} Å` : ''),
  );
  for (const line of unitLines(whole.units)) progress.line(line);
  return {
    ...audited,
    ...parted(whole, { split }),
    shortest,
    nearest,
    cutoff,
  };
}

/** @throws InputError for a model that is none, is of another form, or has other elements or functions */
function formerSplines(name: string, form: SplineFormSettings, directory: string, at: ErrorPlace): SMeamModel {
  const { potential } = formerModel('splines.start', name, directory, at);
  const hint = "expected the run directory or the model.json of a fit with 'form: s-meam'";
  if (!(potential instanceof SMeamPotential)) throw new InputError(`splines.start names ${name}, a model of another form`, at, { hint });
  const { elements, functions } = potential.model;
  if ([...elements].sort().join() !== [...form.elements].sort().join())
    throw new InputError(
      `splines.start names ${name}, a model of ${elements.join(', ')}, but the data holds ${form.elements.join(', ')}`,
      at,
    );
  const other = S_MEAM_KINDS.filter((kind) => functions[kind].length !== form.functions[kind].length);
  if (other.length > 0)
    throw new InputError(`splines.start names ${name}, a model with other functions (${other.join(', ')})`, at, {
      hint: "fit it with the same 'splines.terms'",
    });
  return potential.model;
}

function elementsOf(settings: Settings, frames: readonly Frame[], place: Place): string[] {
  const found = [...new Set(frames.flatMap(({ species }) => [...new Set(species)]))];
  if (found.length > MOST_ELEMENTS)
    throw new InputError(
      `the data has ${found.length} elements (${found.join(', ')}), and LAMMPS's meam/spline is right for at most ${MOST_ELEMENTS}`,
      place(['data', 'files']),
      { hint: "leave out the files of other compositions; 'form: alloy' and 'form: zjw04' take any number of elements" },
    );
  if (settings.element !== undefined && !found.includes(settings.element))
    throw new InputError(`the settings name the element ${settings.element}, but the data holds ${found.join(', ')}`, place(['element']));
  return found;
}

function usualCutoff(symbol: string): number {
  const published = PUBLISHED[symbol];
  if (published !== undefined) return published;
  return Number(((BY_LATTICE[elementOf(symbol).lattice] ?? OTHERS) * usualNearestDistance(symbol)).toFixed(1));
}
