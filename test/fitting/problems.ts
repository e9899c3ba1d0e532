import { EquationNetwork, type EquationNetworkSettings } from '../../src/fitting/equation-network.js';
import type { LossSettings } from '../../src/fitting/loss.js';
import { buildMoments, collectNeighbours } from '../../src/fitting/moments.js';
import type { FitProblem } from '../../src/fitting/problem.js';
import type { RandomStream } from '../../src/math/random.js';
import { builtinModel } from '../../src/potentials/builtin.js';
import { type EquationModel, EquationPotential } from '../../src/potentials/equation-potential.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import type { Structure } from '../../src/structures/structure.js';
import { frameOf } from './structures.js';

export const LOSS: LossSettings = {
  nearWindow: 0.15,
  nearWeight: 3,
  forces: 0,
  stress: 0,
  configTypes: {},
  negativePair: false,
  negativeDensity: true,
  penalty: 1e18,
  referenceEnergy: undefined,
};

/** The exact potential that a network with these parameters prints. */
export function potentialOf(network: EquationNetwork, p: ArrayLike<number>): EquationPotential {
  const { cutoff, cutoffStyle, taperWidth, densityFloor } = network.settings;
  const model: EquationModel = { ...builtinModel('sr1'), ...network.equations(p), cutoff, cutoffStyle, taperWidth, densityFloor };
  return new EquationPotential(model);
}

/**
 * A fit to structures labelled with the potential of known parameters (and reference energy p[size]), with noise on the labels.
 * The moments of K nodes are those that the fit will use.
 */
export function problemOf(
  settings: EquationNetworkSettings,
  structures: readonly Structure[],
  truth: ArrayLike<number>,
  options: { loss?: Partial<LossSettings>; noise?: number; random?: RandomStream; nodes?: number; shortest?: number } = {},
): FitProblem {
  const network = new EquationNetwork(settings);
  const potential = potentialOf(network, truth);
  const noise = (): number => (options.noise ?? 0) * (options.random?.normal() ?? 0);
  const frames = structures.map((structure) => {
    const n = structure.species.length;
    const { energy, forces, stress } = evaluateEam(potential, structure);
    return frameOf(structure, {
      energy: energy + n * (truth[network.size]! + noise()),
      forces: forces.map((f) => f + 5 * noise()),
      ...(stress ? { stress: stress.map((s) => s + 0.1 * noise()) } : {}),
    });
  });
  const neighbours = collectNeighbours(structures, settings.cutoff);
  return {
    network: settings,
    frames,
    ownWeights: new Float64Array(frames.length).fill(1),
    moments: buildMoments(neighbours, options.nodes ?? 48, options.shortest ?? neighbours.shortest),
    loss: { ...LOSS, ...options.loss },
  };
}
