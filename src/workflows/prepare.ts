import type { AppliedAudit, AuditReport } from '../audit.js';
import { type Architecture, architecturesOf, type OneNetwork } from '../config/architectures.js';
import type { Settings } from '../config/schema.js';
import type { DataFile } from '../datasets/read.js';
import type { Split } from '../datasets/splits.js';
import type { Progress } from '../engines/progress.js';
import { InputError } from '../errors.js';
import { chooseNodes, type NodeChoice, type Probe } from '../fitting/choose-nodes.js';
import type { EquationNetworkSettings } from '../fitting/equation-network.js';
import type { LossSettings } from '../fitting/loss.js';
import { buildMoments, collectNeighbours, type NeighbourTable } from '../fitting/moments.js';
import { type FitProblem, subproblem } from '../fitting/problem.js';
import type { TargetSet } from '../fitting/targets.js';
import { builtinModel } from '../potentials/builtin.js';
import { type CutoffStyle, TAPERS } from '../potentials/cutoffs/index.js';
import type { EamPotential } from '../potentials/eam.js';
import { EquationPotential } from '../potentials/equation-potential.js';
import { usualNearestDistance } from '../structures/elements.js';
import type { Frame } from '../structures/structure.js';
import type { BuiltTargets } from '../targets/build.js';
import { auditedData } from './audited-data.js';
import { checkCutoff, checkNetwork, elementOfData, nearestOfGroundState, type Place } from './check-data.js';
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
  /**
   * the fitted problem with moments that are accurate for a given equation, structures of targets relaxed with it; undefined when they are
   * accurate already
   */
  sharpen(probe: Probe, potential: EamPotential): { problem: FitProblem; nodes: NodeChoice } | undefined;
  /** the targets of a problem with their structures relaxed with a potential; undefined without targets */
  relaxTargets(problem: FitProblem, potential: EamPotential): TargetSet | undefined;
  /** whether structures of targets follow the equation */
  relaxes: boolean;
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
  const audited = auditedData(settings, directory, progress, place, (read) => [elementOfData(settings, read, place)]);
  const { frames, ownWeights, split, elements, ...shared } = audited;
  const element = elements[0]!;
  const loss = lossSettings(settings, referenceEnergy(settings, element, place));

  progress.phase('moments');
  const nearest = nearestOfGroundState(frames);
  const known = { element, ...shared };
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
      sharpen: (...equation) => {
        const sharper = at.sharpen(...equation);
        return sharper && { ...sharper, problem: { ...sharper.problem, network } };
      },
    };
  });
}

/** What depends on the cutoff, and on nothing else of the network. */
type Radial = Pick<PreparedFit, 'problem' | 'test' | 'nodes' | 'sharpen' | 'relaxTargets' | 'relaxes' | 'targetsWith'>;

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
  const targets =
    settings.targets && targetBuilder(settings.targets, { elements: [element], element, cutoff: network.cutoff, directory, place });
  const built = targets?.build(undefined);
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
  const targetSet = (list: BuiltTargets['list'], table: NeighbourTable, count: number): TargetSet => ({
    list,
    moments: buildMoments(table, count, closest),
    shortest: Math.min(neighbours.shortest, table.shortest) * BELOW_SHORTEST,
  });
  const withTargets = (potential: EamPotential, count: number): Pick<FitProblem, 'targets'> => {
    if (!targets) return {};
    const { list, structures } = targets.build(potential);
    return { targets: targetSet(list, collectNeighbours(structures, network.cutoff), count) };
  };
  const problem: FitProblem = {
    network,
    frames,
    ownWeights,
    moments: buildMoments(neighbours, nodes.count, closest),
    loss,
    ...(built ? { targets: targetSet(built.list, targetNeighbours!, nodes.count) } : {}),
  };
  const trainOf = (whole: FitProblem): FitProblem => (split ? subproblem(whole, split.train) : whole);
  return {
    problem: trainOf(problem),
    test: split ? subproblem(problem, split.test) : undefined,
    nodes,
    sharpen: (probe, potential) => {
      const better = chooseNodes(neighbours, [probe], settings.moment_error * 1e-3, closest);
      const forThem = targetNeighbours ? chooseNodes(targetNeighbours, [probe], targetError(settings), closest).count : 0;
      const count = Math.max(better.count, forThem);
      if (count <= nodes.count) return undefined;
      const moments = buildMoments(neighbours, count, closest);
      return { problem: trainOf({ ...problem, moments, ...withTargets(potential, count) }), nodes: { ...better, count } };
    },
    targetsWith: (potential) => targets?.build(potential),
    relaxes: targets?.relaxes ?? false,
    relaxTargets: (current, potential) => withTargets(potential, current.moments.map.count).targets,
  };
}

/** Part of the shortest distance of the targets' structures as built that may be left after their relaxation. */
const BELOW_BUILT = 0.8;

/** Accuracy of the energies of targets, eV/atom: they are differences, and second derivatives, of energies. */
function targetError(settings: Settings): number {
  return Math.min(settings.moment_error * 1e-3, 2e-6);
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

/** Weights of the errors. @param referenceEnergy eV/atom; undefined where it is fitted */
export function lossSettings({ loss }: Settings, referenceEnergy: number | undefined): LossSettings {
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
    referenceEnergy,
  };
}

/** eV/atom; undefined where it is fitted. @throws InputError where the settings name other elements only */
export function referenceEnergy(settings: Settings, element: string, place: Place): number | undefined {
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
