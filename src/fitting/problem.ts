import { type EnergyBackend, MomentKernel } from '../kernels/moment-kernel.js';
import type { Frame } from '../structures/structure.js';
import { CandidateLoss } from './candidates.js';
import { EquationNetwork, type EquationNetworkSettings } from './equation-network.js';
import { frameWeights, type LossSettings } from './loss.js';
import type { MomentTable } from './moments.js';
import { Objective } from './objective.js';
import type { TargetSet } from './targets.js';

/** Everything that a fit works on, as plain data that can be sent to a worker thread. */
export interface FitProblem {
  network: EquationNetworkSettings;
  frames: readonly Frame[];
  /** factor on the loss weight of each frame, shape (frames) */
  ownWeights: Float64Array;
  moments: MomentTable;
  loss: LossSettings;
  /** properties that pull as well */
  targets?: TargetSet | undefined;
}

/** The network with its loss over the data, for local optimisers. */
export function openObjective(problem: FitProblem): { network: EquationNetwork; objective: Objective } {
  const network = new EquationNetwork(problem.network);
  return { network, objective: new Objective(network, problem.frames, problem.moments, problem.loss, problem.ownWeights, problem.targets) };
}

/** Energy losses of batches of candidates, for the tree search. */
export function openCandidates(problem: FitProblem, backend: EnergyBackend = new MomentKernel(problem.moments)): CandidateLoss {
  const network = new EquationNetwork(problem.network);
  const reference = Float64Array.from(problem.frames, (frame) => (frame.energy ?? 0) / frame.species.length);
  const weights = frameWeights(problem.frames, problem.ownWeights, problem.loss);
  return new CandidateLoss(network, problem.moments, backend, reference, weights, problem.loss);
}

/** The same data with some frames only; moments are cut out, not built again. */
export function subproblem(problem: FitProblem, indices: readonly number[]): FitProblem {
  const { moments } = problem;
  const K = moments.map.count;
  const nRows = indices.reduce((total, s) => total + moments.rowStart[s + 1]! - moments.rowStart[s]!, 0);
  const nAtoms = indices.reduce((total, s) => total + moments.atomStart[s + 1]! - moments.atomStart[s]!, 0);
  const cut: MomentTable = {
    map: moments.map,
    rows: new Float64Array(nRows * K),
    weights: new Float64Array(nRows),
    rowStart: new Int32Array(indices.length + 1),
    pair: new Float64Array(indices.length * K),
    rowOfAtom: new Int32Array(nAtoms),
    atomStart: new Int32Array(indices.length + 1),
  };
  indices.forEach((s, t) => {
    const from = moments.rowStart[s]!;
    const to = moments.rowStart[s + 1]!;
    const at = cut.rowStart[t]!;
    cut.rows.set(moments.rows.subarray(from * K, to * K), at * K);
    cut.weights.set(moments.weights.subarray(from, to), at);
    cut.rowStart[t + 1] = at + to - from;
    cut.pair.set(moments.pair.subarray(s * K, (s + 1) * K), t * K);
    const atoms = moments.rowOfAtom.subarray(moments.atomStart[s]!, moments.atomStart[s + 1]!);
    cut.rowOfAtom.set(
      atoms.map((row) => row - from + at),
      cut.atomStart[t]!,
    );
    cut.atomStart[t + 1] = cut.atomStart[t]! + atoms.length;
  });
  return {
    ...problem,
    frames: indices.map((s) => problem.frames[s]!),
    ownWeights: Float64Array.from(indices, (s) => problem.ownWeights[s]!),
    moments: cut,
  };
}

/** Atoms whose forces are enough to rank equations by. */
const COARSE_ATOMS = 1200;

/**
 * The same problem with the forces and stresses of an even selection of frames only, for the many quick fits of the front search: an
 * energy costs next to nothing, a force does not. Returns the problem itself where there are few forces.
 */
export function coarseProblem(problem: FitProblem): FitProblem {
  const labelled = problem.frames.flatMap((frame, s) => (frame.forces || frame.stress ? [s] : []));
  const atoms = labelled.reduce((total, s) => total + problem.frames[s]!.species.length, 0);
  if (atoms <= COARSE_ATOMS || (problem.loss.forces === 0 && problem.loss.stress === 0)) return problem;
  // every group of frames keeps its share
  const sorted = [...labelled].sort((a, b) =>
    problem.frames[a]!.configType < problem.frames[b]!.configType
      ? -1
      : problem.frames[a]!.configType > problem.frames[b]!.configType
        ? 1
        : a - b,
  );
  const stride = atoms / COARSE_ATOMS;
  const kept = new Set<number>();
  for (let k = 0; k < sorted.length; k += stride) kept.add(sorted[Math.floor(k)]!);
  const frames = problem.frames.map((frame, s) => {
    if (kept.has(s)) return frame;
    const { forces: _forces, stress: _stress, ...rest } = frame;
    return rest;
  });
  return { ...problem, frames };
}
