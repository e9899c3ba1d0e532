import { expect } from 'chai';
import fc from 'fast-check';
import { EquationNetwork } from '../../src/fitting/equation-network.js';
import { bestOffset, frameWeights, type LossSettings, plainLoss } from '../../src/fitting/loss.js';
import { openObjective } from '../../src/fitting/problem.js';
import { RandomStream } from '../../src/math/random.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { cubic } from '../../src/structures/lattices.js';
import type { Frame } from '../../src/structures/structure.js';
import { between } from '../math/arbitrary.js';
import { bondedParameters, SMALL } from './networks.js';
import { potentialOf, problemOf } from './problems.js';
import { frameOf, randomCells } from './structures.js';

const settings = (changes: Partial<LossSettings> = {}): LossSettings => ({
  nearWindow: 0.15,
  nearWeight: 8,
  forces: 0,
  stress: 0,
  configTypes: {},
  negativePair: true,
  negativeDensity: true,
  penalty: 1e18,
  referenceEnergy: 0,
  ...changes,
});

/** a frame of four atoms with this energy per atom, eV */
const withEnergy = (energy: number | undefined, labels: Partial<Frame> = {}): Frame =>
  frameOf(cubic('fcc', 'Cu', 3.6), { ...(energy === undefined ? {} : { energy: 4 * energy }), ...labels });
const ones = (frames: readonly Frame[]): number[] => frames.map(() => 1);

describe('frameWeights', () => {
  it('weighs as equation 6 of the paper: w MAE of the near frames plus MAE of the others', () => {
    // two frames within 0.15 eV/atom of the lowest, three above; errors 1, 2 | 3, 4, 5 meV/atom
    const frames = [-3.5, -3.4, -3.3, -2, 0.5].map((e) => withEnergy(e));
    const { energy, near } = frameWeights(frames, ones(frames), settings());
    expect([...near]).to.deep.equal([1, 1, 0, 0, 0]);
    const errors = [1, 2, 3, 4, 5];
    const loss = errors.reduce((total, error, s) => total + energy[s]! * error, 0);
    expect(loss).to.be.closeTo(8 * ((1 + 2) / 2) + (3 + 4 + 5) / 3, 1e-12);
  });

  it('weighs windows of energy each with its own weight; one window without frames costs nothing', () => {
    const frames = [-3.5, -3.4, -3.3, -2, 0.5].map((e) => withEnergy(e));
    const windows = [0.05, 0.25, 0.26, Infinity].map((upTo, k) => ({ upTo, weight: k + 1 }));
    const { energy, near } = frameWeights(frames, ones(frames), settings({ windows }));
    expect([...near]).to.deep.equal([1, 0, 0, 0, 0]);
    expect([...energy]).to.deep.equal([1, 1, 1, 2, 2]);
  });

  it('counts energies of alloys from the convex hull, so that each element is near its own equilibrium', () => {
    const frames = [
      withEnergy(-5),
      withEnergy(-4.5),
      frameOf(cubic('bcc', 'Mo', 3.15), { energy: -20 }),
      frameOf(cubic('bcc', 'Mo', 3.3), { energy: -19 }),
    ];
    expect([...frameWeights(frames, ones(frames), settings()).near]).to.deep.equal([1, 0, 1, 0]);
  });

  it('averages with the own weights of the frames and their groups', () => {
    const frames = [withEnergy(-3.5), withEnergy(-2, { configType: 'melt' }), withEnergy(-1), withEnergy(-1)];
    const { energy } = frameWeights(frames, [1, 1, 2, 1], settings({ configTypes: { melt: 3 } }));
    // the three far frames count 3, 2 and 1 of 6
    expect([...energy]).to.deep.equal([8, 3 / 6, 2 / 6, 1 / 6]);
  });

  it('leaves frames without a label out of the means', () => {
    const forces = new Float64Array(12);
    const frames = [withEnergy(-3.5), withEnergy(undefined, { forces }), withEnergy(-1, { forces, stress: new Float64Array(9) })];
    const weights = frameWeights(frames, ones(frames), settings({ forces: 0.1, stress: 2 }));
    expect([...weights.energy]).to.deep.equal([8, 0, 1]);
    // 24 force components share 0.1, six stress components share 2
    expect([...weights.force]).to.deep.equal([0, 0.1 / 24, 0.1 / 24]);
    expect([...weights.stress]).to.deep.equal([0, 0, 2 / 6]);
    expect([...frameWeights(frames, ones(frames), settings()).force]).to.deep.equal([0, 0, 0]);
  });

  it('is finite when all frames of one kind are switched off', () => {
    const frames = [withEnergy(-3.5, { configType: 'crystal' }), withEnergy(-1), withEnergy(-1, { configType: 'melt' })];
    const withoutNear = frameWeights(frames, ones(frames), settings({ configTypes: { crystal: 0 } }));
    expect([...withoutNear.energy]).to.deep.equal([0, 0.5, 0.5]);
    const withoutRest = frameWeights(frames, [1, 0, 0], settings());
    expect([...withoutRest.energy]).to.deep.equal([8, 0, 0]);
    const none = frameWeights([withEnergy(undefined)], [1], settings());
    expect([...none.energy]).to.deep.equal([0]);
  });
});

describe('bestOffset', () => {
  const sample = fc.array(fc.tuple(between(-2, 2), fc.oneof(fc.constant(0), between(0.1, 3))), { minLength: 1, maxLength: 12 });
  const cost = (difference: readonly number[], weights: readonly number[], e: number): number =>
    difference.reduce((total, d, s) => total + weights[s]! * Math.abs(d - e), 0);

  it('is a weighted median: no other offset has a smaller weighted absolute error', () => {
    fc.assert(
      fc.property(sample, (pairs) => {
        const differences = pairs.map(([d]) => d);
        const weights = pairs.map(([, w]) => w);
        const x = Float64Array.from({ length: pairs.length + 2 }, (_, k) => k);
        const reference = Float64Array.from(differences, (d, s) => d + x[s + 2]!);
        const e = bestOffset(x, 2, reference, Float64Array.from(weights));
        const slack = 1e-6 * weights.reduce((a, b) => a + b);
        for (const other of differences) expect(cost(differences, weights, e)).to.be.at.most(cost(differences, weights, other) + slack);
      }),
    );
  });

  it('gives the middle value of three, and the heavy one of two', () => {
    expect(bestOffset([0, 0, 0], 0, Float64Array.of(1, 7, 2), Float64Array.of(1, 1, 1))).to.be.closeTo(2, 1e-6);
    expect(bestOffset([0, 0], 0, Float64Array.of(1, 3), Float64Array.of(1, 5))).to.be.closeTo(3, 1e-6);
    expect(bestOffset([0, 1], 0, Float64Array.of(5, 6), Float64Array.of(1, 5))).to.equal(5);
  });

  it('is zero when no frame has a weight', () => {
    expect(bestOffset([3], 0, Float64Array.of(1), Float64Array.of(0))).to.equal(0);
    expect(bestOffset([], 0, new Float64Array(0), new Float64Array(0))).to.equal(0);
  });
});

describe('plainLoss', () => {
  it('is the loss that a fit reports, for any model, with the best reference energy', () => {
    const random = RandomStream.fromSeed(12);
    const network = new EquationNetwork(SMALL);
    const truth = bondedParameters(network, random);
    const problem = problemOf(SMALL, randomCells(random, 8), truth, { noise: 0.01, random, loss: { forces: 0.2, stress: 0.5 } });
    const p = truth.map((x) => (x === 0 ? 0 : x * (1 + 0.05 * random.normal())));
    const potential = potentialOf(network, p);
    const predictions = problem.frames.map((frame) => evaluateEam(potential, frame));
    const found = plainLoss(problem.frames, predictions, problem.ownWeights, problem.loss);
    const { objective } = openObjective(problem);
    const at = (offset: number): number => objective.meanAbsolute(Float64Array.from(p, (x, q) => (q === network.size ? offset : x)));
    // convex in the offset
    let [low, high] = [-20, 20];
    while (high - low > 1e-6) {
      const third = (high - low) / 3;
      if (at(low + third) < at(high - third)) high -= third;
      else low += third;
    }
    const least = at((low + high) / 2);
    expect(found).to.be.above(1e-2);
    // the moments of the fit are accurate to some 1e-5 eV/atom here
    expect(found).to.be.closeTo(least, 1e-3 * least);
  });
});
