import { resolve } from 'node:path';
import { type AppliedAudit, type AuditReport, applyAudit, audit } from '../audit.js';
import type { Settings } from '../config/schema.js';
import { formatSummary } from '../datasets/format-summary.js';
import { type DataFile, readFrames } from '../datasets/read.js';
import { kFold, type Split, trainTestSplit } from '../datasets/splits.js';
import { summarise } from '../datasets/summary.js';
import type { Progress } from '../engines/progress.js';
import { InputError } from '../errors.js';
import { chooseNodes, type NodeChoice, type Probe } from '../fitting/choose-nodes.js';
import { EquationNetwork, type EquationNetworkSettings } from '../fitting/equation-network.js';
import type { LossSettings } from '../fitting/loss.js';
import { buildMoments, collectNeighbours } from '../fitting/moments.js';
import { type FitProblem, subproblem } from '../fitting/problem.js';
import { OUTER_FUNCTIONS, SubNetwork } from '../fitting/subnetwork.js';
import { builtinModel } from '../potentials/builtin.js';
import { type CutoffStyle, TAPERS } from '../potentials/cutoffs/index.js';
import { EquationPotential } from '../potentials/equation-potential.js';
import type { Frame } from '../structures/structure.js';

/** Everything that is known before the search starts. */
export interface PreparedFit {
  /** chemical symbol */
  element: string;
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
  labels: { energies: number; forces: number; stresses: number };
}

/** Part of the shortest distance of the data that the radial interval reaches below it. */
const BELOW_SHORTEST = 0.995;

/** Reads the data, audits it and builds the moments. */
export function prepare(settings: Settings, directory: string, progress: Progress): PreparedFit {
  const { frames: read, weightOf, files, warnings } = readData(settings, directory);
  progress.line(formatSummary(summarise({ frames: read, files, warnings })));
  const element = elementOfData(settings, read);
  checkLabels(settings, read);
  checkConfigTypes(settings, read);
  progress.phase('audit');
  const report = audit(read, { onProgress: (fraction: number, message?: string) => progress.update(fraction, message) });
  const applied = applyAudit(read, report, settings.data.audit);
  for (const line of applied.lines) progress.line(line);
  const frames = selectLabels(settings, applied.frames);
  if (frames.length < 3) throw new InputError(`only ${frames.length} frames are left to fit; at least 3 are needed`);

  progress.phase('moments');
  const network = networkSettings(settings, frames);
  checkNetwork(network);
  if (settings.backend === 'tensorflow' && !new EquationNetwork(network).sqrtPowers)
    throw new InputError(
      "'backend: tensorflow' needs embedding functions that are powers of rho up to rho^4 in halves",
      {},
      { hint: "use 'backend: wasm'" },
    );
  const neighbours = collectNeighbours(frames, network.cutoff);
  const closest = neighbours.shortest * BELOW_SHORTEST;
  if (neighbours.distances.length === 0)
    throw new InputError(
      `no two atoms of the data are closer than the cutoff of ${network.cutoff} Å`,
      {},
      { hint: 'ask for a larger network.cutoff' },
    );
  const nodes = chooseNodes(neighbours, probes(network), settings.moment_error * 1e-3, closest);
  progress.line(
    `moments: ${nodes.count} radial nodes (largest expansion error of the test equations ${(nodes.error * 1e3).toPrecision(2)} meV/atom, ` +
      `asked ${settings.moment_error}), ${neighbours.weights.length} unique environments of ${neighbours.rowOfAtom.length} atoms`,
  );
  const ownWeights = Float64Array.from(applied.indices, (index) => weightOf[index]!);
  const problem: FitProblem = {
    network,
    frames,
    ownWeights,
    moments: buildMoments(neighbours, nodes.count, closest),
    loss: lossSettings(settings, element),
  };
  const { test_fraction: fraction, folds } = settings.data;
  const split = fraction > 0 ? trainTestSplit(frames, fraction, { seed: settings.seed }) : undefined;
  const trainOf = (whole: FitProblem): FitProblem => (split ? subproblem(whole, split.train) : whole);
  const train = trainOf(problem);
  const sharpen: PreparedFit['sharpen'] = (probe) => {
    const better = chooseNodes(neighbours, [probe], settings.moment_error * 1e-3, closest);
    if (better.count <= nodes.count) return undefined;
    return { problem: trainOf({ ...problem, moments: buildMoments(neighbours, better.count, closest) }), nodes: better };
  };
  return {
    element,
    files,
    warnings,
    problem: train,
    test: split ? subproblem(problem, split.test) : undefined,
    folds: folds > 1 ? kFold(train.frames, Math.min(folds, train.frames.length), { seed: settings.seed }) : [],
    audit: { report, applied },
    nodes,
    sharpen,
    labels: {
      energies: frames.filter((frame) => frame.energy !== undefined).length,
      forces: frames.filter((frame) => frame.forces).length,
      stresses: frames.filter((frame) => frame.stress).length,
    },
  };
}

function readData(settings: Settings, directory: string) {
  const frames: Frame[] = [];
  const weightOf: number[] = [];
  const files: DataFile[] = [];
  const warnings: string[] = [];
  const { config_type: configTypeKey, ...labels } = settings.data.labels;
  const keys = configTypeKey === undefined ? labels : { ...labels, configType: configTypeKey };
  for (const entry of settings.data.files) {
    const file = typeof entry === 'string' ? { path: entry, weight: 1 } : entry;
    const set = readFrames([resolve(directory, file.path)], {
      ...(Object.keys(keys).length > 0 ? { labels: keys } : {}),
      ...(settings.data.energy_kind ? { energyKind: settings.data.energy_kind } : {}),
      ...('format' in file && file.format ? { format: file.format } : {}),
      ...('config_type' in file && file.config_type ? { configType: file.config_type } : {}),
    });
    frames.push(...set.frames);
    for (let k = 0; k < set.frames.length; k++) weightOf.push(file.weight);
    files.push(...set.files.map((read) => ({ ...read, path: file.path })));
    warnings.push(...set.warnings);
  }
  return { frames, weightOf, files, warnings };
}

function elementOfData(settings: Settings, frames: readonly Frame[]): string {
  const found = new Set(frames.flatMap((frame) => frame.species));
  if (found.size > 1)
    throw new InputError(
      `the data has ${found.size} elements (${[...found].join(', ')}), and an equation is fitted to one`,
      {},
      { hint: 'leave out the files of other compositions' },
    );
  const element = [...found][0]!;
  if (settings.element !== undefined && settings.element !== element)
    throw new InputError(`the settings name the element ${settings.element}, but the data holds ${element}`);
  return element;
}

/** A label that the settings name has to be in the data. */
function checkLabels(settings: Settings, frames: readonly Frame[]): void {
  const has = {
    energy: frames.some((frame) => frame.energy !== undefined),
    forces: frames.some((frame) => frame.forces),
    stress: frames.some((frame) => frame.stress),
  };
  for (const label of settings.data.use ?? []) {
    if (!has[label])
      throw new InputError(
        `data.use names ${label}, but no frame of the data has it`,
        {},
        {
          hint: `the data has ${
            Object.entries(has)
              .flatMap(([name, there]) => (there ? [name] : []))
              .join(', ') || 'no labels'
          }; other keys can be named in data.labels`,
        },
      );
  }
  if (!has.energy) throw new InputError('no frame of the data has an energy', {}, { hint: 'name its key in data.labels.energy' });
  if (settings.data.use && !settings.data.use.includes('energy')) throw new InputError('data.use must contain energy');
}

function checkConfigTypes(settings: Settings, frames: readonly Frame[]): void {
  const found = new Set(frames.map((frame) => frame.configType));
  for (const name of Object.keys(settings.loss.config_types))
    if (!found.has(name)) throw new InputError(`loss.config_types names "${name}", but the data has only ${[...found].join(', ')}`);
}

/** Frames with the labels that are to be fitted; frames without any of them are left out. */
function selectLabels(settings: Settings, frames: readonly Frame[]): Frame[] {
  const { use } = settings.data;
  if (!use) return [...frames];
  return frames.map((frame) => {
    const { energy, forces, stress, ...rest } = frame;
    return {
      ...rest,
      ...(energy !== undefined ? { energy } : {}),
      ...(forces && use.includes('forces') ? { forces } : {}),
      ...(stress && use.includes('stress') ? { stress } : {}),
    };
  });
}

/** Settings of the networks with the defaults that follow from the data. */
export function networkSettings(settings: Settings, frames: readonly Frame[]): EquationNetworkSettings {
  const { network } = settings;
  const style = network.cutoff_style as CutoffStyle;
  return {
    pair: network.pair,
    density: network.density,
    embedding: network.embedding,
    cutoff: network.cutoff,
    cutoffStyle: style,
    taperWidth: network.taper_width ?? (style === 'shift' ? 0 : TAPERS[style].defaultWidth(network.cutoff)),
    lengthUnit: network.length_unit ?? nearestDistanceOfGroundState(frames),
    densityFloor: network.density_floor,
    weightBound: settings.search.bounds,
  };
}

/** Names of basis functions are checked before any work is done. */
function checkNetwork(network: EquationNetworkSettings): void {
  for (const name of ['pair', 'density', 'embedding'] as const) {
    try {
      new SubNetwork(network[name], name === 'embedding' ? 'rho' : 'r', 1);
    } catch (cause) {
      throw new InputError(
        `network.${name}: ${(cause as Error).message}`,
        {},
        { cause, hint: `second layers can be ${OUTER_FUNCTIONS.join(', ')}` },
      );
    }
  }
}

/** Shortest distance in the frame of lowest energy per atom, Å, to 0.01. */
function nearestDistanceOfGroundState(frames: readonly Frame[]): number {
  const lowest = frames
    .filter((frame) => frame.energy !== undefined)
    .reduce((best, frame) => (frame.energy! / frame.species.length < best.energy! / best.species.length ? frame : best));
  for (const reach of [4, 8, 16]) {
    const table = collectNeighbours([lowest], reach);
    if (table.distances.length > 0) return Math.round(table.shortest * 100) / 100;
  }
  return 2.5;
}

function lossSettings(settings: Settings, element: string): LossSettings {
  const { loss } = settings;
  return {
    nearWindow: loss.near_equilibrium.window,
    nearWeight: loss.near_equilibrium.weight,
    forces: loss.forces,
    stress: loss.stress,
    configTypes: loss.config_types,
    negativePair: loss.negative_pair,
    negativeDensity: loss.negative_density,
    penalty: loss.penalty,
    referenceEnergy: referenceEnergy(settings, element),
  };
}

function referenceEnergy(settings: Settings, element: string): number | undefined {
  const given = settings.reference_energy;
  if (given === 'fit') return undefined;
  if (typeof given === 'number') return given;
  const value = given[element];
  if (value === undefined) throw new InputError(`reference_energy has no entry for ${element} (it has ${Object.keys(given).join(', ')})`);
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
