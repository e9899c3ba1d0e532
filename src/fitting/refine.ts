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

/** How thorough a refinement is: `quick` is enough to rank equations, `search` to prune them, `full` for the one that is kept. */
export type Effort = 'quick' | 'search' | 'full';

interface Limits {
  steps: number;
  tolerance?: number;
}

/** What an effort gives each optimiser; without an entry its own limits hold. */
const EFFORTS: Readonly<Record<Exclude<Effort, 'full'>, Partial<Record<RefineSettings['optimiser'], Limits>>>> = {
  quick: { 'levenberg-marquardt': { steps: 15, tolerance: 1e-4 }, lbfgs: { steps: 100 }, adam: { steps: 500 } },
  search: { 'levenberg-marquardt': { steps: 200, tolerance: 2e-5 } },
};

/** Gradient refinement of the real weights; parameters that are not active stay as they are. */
export function refine(
  objective: Differentiable,
  start: Float64Array,
  active: Uint8Array,
  settings: RefineSettings,
  effort: Effort = 'full',
): Refined {
  const { run, steps } = OPTIMISERS[settings.optimiser];
  const less = effort === 'full' ? undefined : EFFORTS[effort][settings.optimiser];
  return run({
    objective,
    start,
    active,
    learningRate: settings.learningRate,
    maxSteps: Math.min(settings.steps ?? steps, less?.steps ?? Infinity),
    ...(less?.tolerance ? { tolerance: less.tolerance } : {}),
  });
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
