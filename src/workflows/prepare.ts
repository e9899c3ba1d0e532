import { type AppliedAudit, type AuditReport, applyAudit, audit } from '../audit.js';
import { type Architecture, architecturesOf, type OneNetwork } from '../config/architectures.js';
import type { Settings } from '../config/schema.js';
import { formatSummary } from '../datasets/format-summary.js';
import type { DataFile } from '../datasets/read.js';
import { kFold, type Split, trainTestSplit } from '../datasets/splits.js';
import { summarise } from '../datasets/summary.js';
import type { Progress } from '../engines/progress.js';
import { InputError } from '../errors.js';
import { chooseNodes, type NodeChoice, type Probe } from '../fitting/choose-nodes.js';
import type { EquationNetworkSettings } from '../fitting/equation-network.js';
import type { LossSettings } from '../fitting/loss.js';
import { buildMoments, collectNeighbours } from '../fitting/moments.js';
import { type FitProblem, subproblem } from '../fitting/problem.js';
import type { TargetSet } from '../fitting/targets.js';
import { builtinModel } from '../potentials/builtin.js';
import { type CutoffStyle, TAPERS } from '../potentials/cutoffs/index.js';
import type { EamPotential } from '../potentials/eam.js';
import { EquationPotential } from '../potentials/equation-potential.js';
import { usualNearestDistance } from '../structures/elements.js';
import type { Frame } from '../structures/structure.js';
import type { BuiltTargets } from '../targets/build.js';
import {
  checkComparisons,
  checkConfigTypes,
  checkCutoff,
  checkLabelSources,
  checkLabels,
  checkNetwork,
  elementOfData,
  nearestOfGroundState,
  type Place,
} from './check-data.js';
import { readData } from './read-data.js';
import { targetBuilder } from './target-requests.js';

/** Everything that is known before the search starts, for one cutoff and choice of networks. */
export interface PreparedFit {
  /** chemical symbol */
  element: string;
  /** as `Architecture.name` */
  name: string;
  files: DataFile[];
  warnings: string[];
  /** the frames that are fitted */
  problem: FitProblem;
  /** held-out frames, undefined without a test set */
  test: FitProblem | undefined;
  folds: Split[];
  audit: { report: AuditReport; applied: AppliedAudit };
  nodes: NodeChoice;
  /** the fitted problem with moments that are accurate for a given equation; undefined when they are already */
  sharpen(probe: Probe): { problem: FitProblem; nodes: NodeChoice } | undefined;
  /** the targets of a problem with their structures relaxed with a potential; undefined without targets */
  relaxTargets(problem: FitProblem, potential: EamPotential): TargetSet | undefined;
  /** the same without moments, for any potential */
  targetsWith(potential: EamPotential): BuiltTargets | undefined;
  labels: { energies: number; forces: number; stresses: number };
}

/** Part of the shortest distance of the data that the radial interval reaches below it. */
const BELOW_SHORTEST = 0.995;

/**
 * Reads the data, audits it and builds the moments, which architectures of equal cutoff share.
 * @param directory folder that relative paths in the settings start from
 * @param place where a setting stands, for messages
 * @returns one for each architecture of the settings, in their order
 * @throws InputError for data that cannot be read, and for settings that do not go with the data
 */
export function prepare(settings: Settings, directory: string, progress: Progress, place: Place = () => ({})): PreparedFit[] {
  const { frames: read, weightOf, files, warnings, lines } = readData(settings, directory, place);
  const doubt = checkLabelSources(settings, read, place);
  if (doubt !== undefined) warnings.push(doubt);
  progress.line(formatSummary(summarise({ frames: read, files, warnings })));
  for (const line of lines) progress.line(line);
  const element = elementOfData(settings, read, place);
  checkLabels(settings, read, place);
  checkConfigTypes(settings, read, place);
  checkComparisons(settings, directory, element, place);
  const loss = lossSettings(settings, element, place);
  progress.phase('audit');
  const report = audit(read, { onProgress: (fraction: number, message?: string) => progress.update(fraction, message) });
  const applied = applyAudit(read, report, settings.data.audit);
  for (const line of applied.lines) progress.line(line);
  const { frames, indices } = selectLabels(settings, applied);
  const without = applied.frames.length - frames.length;
  if (without > 0) progress.line(`left out: ${without} frame${without > 1 ? 's' : ''} with none of the labels that are fitted`);
  if (frames.length < 3) throw new InputError(`only ${frames.length} frames are left to fit; at least 3 are needed`, place(['data']));
  if (!frames.some((frame) => frame.energy !== undefined))
    throw new InputError('no frame with an energy is left after the audit', place(['data']));

  progress.phase('moments');
  const nearest = nearestOfGroundState(frames);
  const ownWeights = Float64Array.from(indices, (index) => weightOf[index]!);
  const { test_fraction: fraction, folds } = settings.data;
  const split = fraction > 0 ? trainTestSplit(frames, fraction, { seed: settings.seed }) : undefined;
  const fitted = split ? split.train.length : frames.length;
  const known = {
    element,
    files,
    warnings,
    folds: folds > 1 ? kFold(split ? split.train.map((s) => frames[s]!) : frames, Math.min(folds, fitted), { seed: settings.seed }) : [],
    audit: { report, applied },
    labels: {
      energies: frames.filter((frame) => frame.energy !== undefined).length,
      forces: frames.filter((frame) => frame.forces).length,
      stresses: frames.filter((frame) => frame.stress).length,
    },
  };
  const data = { frames, ownWeights, loss, split, element, directory };
  const radial = new Map<number, Radial>();
  return architecturesOf(settings).map(({ network: one, name, paths }) => {
    checkCutoff(one.cutoff, paths.cutoff, nearest, place);
    const network = networkSettings(one, settings.search.bounds, frames);
    checkNetwork(network, paths, settings.backend, place);
    const at = radial.get(network.cutoff) ?? prepareRadial(settings, data, network, paths, progress, place);
    radial.set(network.cutoff, at);
    return {
      ...known,
      ...at,
      name,
      problem: { ...at.problem, network },
      test: at.test && { ...at.test, network },
      sharpen: (probe) => {
        const sharper = at.sharpen(probe);
        return sharper && { ...sharper, problem: { ...sharper.problem, network } };
      },
    };
  });
}

/** What depends on the cutoff, and on nothing else of the network. */
type Radial = Pick<PreparedFit, 'problem' | 'test' | 'nodes' | 'sharpen' | 'relaxTargets' | 'targetsWith'>;

/** The moments of the data and of the targets at one cutoff. */
function prepareRadial(
  settings: Settings,
  data: Pick<FitProblem, 'frames' | 'ownWeights' | 'loss'> & { split: Split | undefined; element: string; directory: string },
  network: EquationNetworkSettings,
  paths: Architecture['paths'],
  progress: Progress,
  place: Place,
): Radial {
  const { frames, ownWeights, loss, split, element, directory } = data;
  const neighbours = collectNeighbours(frames, network.cutoff);
  const targets = settings.targets && targetBuilder(settings.targets, { element, cutoff: network.cutoff, directory, place });
  const built = targets?.(undefined);
  // relaxation may bring atoms closer than they are built
  const targetNeighbours = built && collectNeighbours(built.structures, network.cutoff);
  const closest = Math.min(neighbours.shortest * BELOW_SHORTEST, (targetNeighbours?.shortest ?? Infinity) * BELOW_BUILT);
  if (neighbours.distances.length === 0)
    throw new InputError(`no two atoms of the data are closer than the cutoff of ${network.cutoff} Å`, place(paths.cutoff), {
      hint: 'ask for a larger network.cutoff',
    });
  const chosen = chooseNodes(neighbours, probes(network), settings.moment_error * 1e-3, closest);
  const forTargets = targetNeighbours && chooseNodes(targetNeighbours, probes(network), targetError(settings), closest);
  const nodes = forTargets && forTargets.count > chosen.count ? { ...chosen, count: forTargets.count } : chosen;
  progress.line(
    `moments${Array.isArray(settings.network.cutoff) ? `, ${network.cutoff} Å` : ''}: ${nodes.count} radial nodes ` +
      `(largest expansion error of the test equations ${(nodes.error * 1e3).toPrecision(2)} meV/atom, asked ${settings.moment_error}), ` +
      `${neighbours.weights.length} unique environments of ${neighbours.rowOfAtom.length} atoms`,
  );
  const problem: FitProblem = {
    network,
    frames,
    ownWeights,
    moments: buildMoments(neighbours, nodes.count, closest),
    loss,
    ...(built ? { targets: { list: built.list, moments: buildMoments(targetNeighbours!, nodes.count, closest) } } : {}),
  };
  const trainOf = (whole: FitProblem): FitProblem => (split ? subproblem(whole, split.train) : whole);
  return {
    problem: trainOf(problem),
    test: split ? subproblem(problem, split.test) : undefined,
    nodes,
    sharpen: (probe) => {
      const better = chooseNodes(neighbours, [probe], settings.moment_error * 1e-3, closest);
      const forThem = targetNeighbours ? chooseNodes(targetNeighbours, [probe], targetError(settings), closest).count : 0;
      const count = Math.max(better.count, forThem);
      if (count <= nodes.count) return undefined;
      const moments = buildMoments(neighbours, count, closest);
      const sharper = built ? { targets: { list: built.list, moments: buildMoments(targetNeighbours!, count, closest) } } : {};
      return { problem: trainOf({ ...problem, moments, ...sharper }), nodes: { ...better, count } };
    },
    targetsWith: (potential) => targets?.(potential),
    relaxTargets: (current, potential) => {
      if (!targets) return undefined;
      const { list, structures } = targets(potential);
      const { count } = current.moments.map;
      return { list, moments: buildMoments(collectNeighbours(structures, network.cutoff), count, closest) };
    },
  };
}

/** Part of the shortest distance of the targets' structures as built that may be left after their relaxation. */
const BELOW_BUILT = 0.8;

/** Accuracy of the energies of targets, eV/atom: they are differences, and second derivatives, of energies. */
function targetError(settings: Settings): number {
  return Math.min(settings.moment_error * 1e-3, 2e-6);
}

/** Frames with the labels that are to be fitted and no others, and their indices in the data; frames without any are left out. */
function selectLabels({ data: { use } }: Settings, applied: AppliedAudit): { frames: Frame[]; indices: number[] } {
  const fits = (label: 'energy' | 'forces' | 'stress') => use === undefined || use.includes(label);
  const frames: Frame[] = [];
  const indices: number[] = [];
  applied.frames.forEach(({ energy, forces, stress, ...rest }, k) => {
    const labels = {
      ...(energy !== undefined && fits('energy') ? { energy } : {}),
      ...(forces && fits('forces') ? { forces } : {}),
      ...(stress && fits('stress') ? { stress } : {}),
    };
    if (Object.keys(labels).length === 0) return;
    frames.push({ ...rest, ...labels });
    indices.push(applied.indices[k]!);
  });
  return { frames, indices };
}

/** Settings of the networks with the defaults that follow from the data. */
export function networkSettings(network: OneNetwork, weightBound: number, frames: readonly Frame[]): EquationNetworkSettings {
  const style = network.cutoff_style as CutoffStyle;
  return {
    pair: network.pair,
    density: network.density,
    embedding: network.embedding,
    cutoff: network.cutoff,
    cutoffStyle: style,
    taperWidth: network.taper_width ?? (style === 'shift' ? 0 : TAPERS[style].defaultWidth(network.cutoff)),
    lengthUnit: network.length_unit ?? usualLength(frames),
    densityFloor: network.density_floor,
    weightBound,
  };
}

/** Nearest distance in the ground state to 0.01 Å. */
function usualLength(frames: readonly Frame[]): number {
  const nearest = nearestOfGroundState(frames) ?? usualNearestDistance(frames[0]!.species[0]!);
  return Math.round(nearest * 100) / 100;
}

function lossSettings(settings: Settings, element: string, place: Place): LossSettings {
  const { loss } = settings;
  return {
    nearWindow: loss.near_equilibrium.window,
    nearWeight: loss.near_equilibrium.weight,
    ...(loss.windows ? { windows: loss.windows.map(({ up_to, weight }) => ({ upTo: up_to ?? Infinity, weight })) } : {}),
    forces: loss.forces,
    stress: loss.stress,
    configTypes: loss.config_types,
    negativePair: loss.negative_pair,
    negativeDensity: loss.negative_density,
    penalty: loss.penalty,
    referenceEnergy: referenceEnergy(settings, element, place),
  };
}

function referenceEnergy(settings: Settings, element: string, place: Place): number | undefined {
  const given = settings.reference_energy;
  if (given === 'fit') return undefined;
  if (typeof given === 'number') return given;
  const value = given[element];
  if (value === undefined)
    throw new InputError(
      `reference_energy has no entry for ${element} (it has ${Object.keys(given).join(', ')})`,
      place(['reference_energy']),
    );
  return value;
}

/** The published copper equations with distances scaled to the element at hand, cut off as the networks will be. */
function probes(network: EquationNetworkSettings): Probe[] {
  const scale = COPPER_NEAREST / network.lengthUnit;
  return ['sr2', 'sutton-chen-cu'].map((name) => {
    const model = builtinModel(name);
    const style = network.cutoffStyle;
    const potential = new EquationPotential({
      ...model,
      cutoff: network.cutoff * scale,
      cutoffStyle: style,
      taperWidth: network.taperWidth * scale,
    });
    const slope = new Float64Array(1);
    return {
      name,
      pair: (r) => potential.pair().evaluate(r * scale, slope),
      density: (r) => potential.density().evaluate(r * scale, slope),
      embedding: (rho) => potential.embedding().evaluate(rho, slope),
    };
  });
}

/** Nearest distance in fcc copper, Å. */
const COPPER_NEAREST = 2.556;
