import type { EquationNetwork } from './equation-network.js';
import type { Differentiable } from './objective.js';
import { OPTIMISERS } from './optimisers/index.js';

/** How the local refinement is done. */
export interface RefineSettings {
  optimiser: keyof typeof OPTIMISERS;
  /** largest number of steps; the optimiser's own default when absent */
  steps?: number | undefined;
  learningRate: number;
}

/** A refined point. */
export interface Refined {
  /** real weights, then the reference energy, shape (size) */
  parameters: Float64Array;
  loss: number;
}

/** Relative gain of a round below which the alternation of optimisers ends. */
const WORTHWHILE = 0.01;
const ROUNDS = 4;

/**
 * Gradient refinement of the real weights; parameters that are not active stay as they are. Levenberg-Marquardt can creep along the
 * wall of a forbidden region; short L-BFGS runs in between bring it past such corners.
 */
export function refine(
  objective: Differentiable,
  start: Float64Array,
  active: Uint8Array,
  settings: RefineSettings,
  steps = settings.steps ?? OPTIMISERS[settings.optimiser].steps,
): Refined {
  const run = (name: keyof typeof OPTIMISERS, from: Float64Array, maxSteps: number): Refined =>
    OPTIMISERS[name].run({ objective, start: from, active, maxSteps, learningRate: settings.learningRate });
  let best = run(settings.optimiser, start, steps);
  if (settings.optimiser !== 'levenberg-marquardt') return best;
  for (let round = 0; round < ROUNDS && Number.isFinite(best.loss); round++) {
    const before = best.loss;
    const moved = run('lbfgs', best.parameters, 40);
    if (moved.loss < before * (1 - 0.1 * WORTHWHILE)) {
      const next = run('levenberg-marquardt', moved.parameters, steps);
      best = next.loss < moved.loss ? next : moved;
    }
    if (best.loss > before * (1 - WORTHWHILE)) break;
  }
  return best;
}

/** Parameters that may move: weights that are not zero, the inner parameters of their terms, and the reference energy when it is fitted. */
export function activeParameters(network: EquationNetwork, p: Float64Array, fitReference: boolean): Uint8Array {
  const active = new Uint8Array(network.size + 1);
  for (const name of ['pair', 'density', 'embedding'] as const) {
    const net = network[name];
    const at = network.offset[name];
    const deep = net.outer.length > 0;
    const unitOn = net.outer.map((_, j) => p[at + net.firstWeight + net.basis.length * net.outer.length + j] !== 0);
    net.parameters.forEach((parameter, q) => {
      if (parameter.role === 'inner') return;
      if (p[at + q] === 0) return;
      if (deep && parameter.role === 'weight' && !unitOn[parameter.unit]) return;
      active[at + q] = 1;
    });
    net.parameters.forEach((parameter, q) => {
      if (parameter.role !== 'inner') return;
      const used = net.parameters.some((other, k) => other.role === 'weight' && other.term === parameter.term && active[at + k]);
      if (used) active[at + q] = 1;
    });
  }
  active[network.size] = fitReference ? 1 : 0;
  return active;
}
