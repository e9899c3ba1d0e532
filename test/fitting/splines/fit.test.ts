import { expect } from 'chai';
import { coarse, onFrames } from '../../../src/fitting/points.js';
import { finishSplines, type SplineSearch, searchSplines } from '../../../src/fitting/splines/fit.js';
import { SplineObjective } from '../../../src/fitting/splines/objective.js';
import { formerParameters, startParameters } from '../../../src/fitting/splines/start.js';
import { frameUnit } from '../../../src/fitting/unit.js';
import type { SplineKnots } from '../../../src/math/cubic-spline.js';
import { RandomStream } from '../../../src/math/random.js';
import type { SMeamModel } from '../../../src/potentials/s-meam.js';
import { labelledFrames, problemOf } from './problem.js';

const SEARCH: SplineSearch = {
  seed: 1,
  method: 'gradients',
  coarseSteps: 30,
  steps: 60,
  coarseAtoms: 40,
  population: 40,
  generations: 15,
  width: 1,
};

describe('fitting/splines/fit', () => {
  // a potential of the form that is fitted, so that a loss next to nothing exists
  const { form } = problemOf([], ['Ti'], 'phi+rho+U');
  const blank = { title: '', elements: ['Ti'], core: { kind: 'none' as const }, referenceEnergies: { Ti: -2 }, citation: '' };
  const shapes = form.functions;
  const radial = (count: number, at: (x: number) => number) => {
    const values = Float64Array.from({ length: count }, (_, k) => at(k / (count - 1)));
    values[count - 1] = 0;
    return values;
  };
  const truth: SMeamModel = {
    ...blank,
    functions: {
      phi: [{ ...shapes.phi[0]!, values: radial(6, (x) => 3 * (1 - x) ** 4 - 0.3 * (1 - x)), slopes: [-6, 0] }],
      rho: [{ ...shapes.rho[0]!, values: radial(5, (x) => 0.1 * (1 - x) ** 2), slopes: [-0.07, 0] }],
      u: [{ ...shapes.u[0]!, values: Float64Array.of(3, 0.8, -1, -1.5), slopes: [-3, -0.3] }],
      f: [],
      g: [],
    },
  };
  const frames = labelledFrames(truth, 10, 8, 5);
  const problem = problemOf(frames, ['Ti'], 'phi+rho+U');
  const labelled = frames.map((frame) => ({ ...frame, species: frame.species.map((_, i) => (i % 2 === 0 ? 'Ti' : 'O')) }));
  const ones = new Float64Array(labelled.length).fill(1);

  it('finds a potential that the data were made with, whose errors are next to nothing', async () => {
    const sharp = { ...problem, smoothness: 1e-12 };
    const points = await Promise.all([0, 1, 2].map((index) => searchSplines(sharp, SEARCH, 2.8, index)));
    const best = points.reduce((a, b) => (b.loss < a.loss ? b : a));
    const found = await finishSplines(sharp, { ...SEARCH, steps: 150 }, best.parameters);
    expect(found.history.at(-1)!.loss).to.be.at.most(found.history[0]!.loss);
    const objective = new SplineObjective(sharp);
    const { energies } = objective.predict(found.parameters);
    energies.forEach((energy, s) => {
      expect(energy).to.be.closeTo(frames[s]!.energy! / 8, 3e-3);
    });
  });

  it('starts from a former fit where there is one, whose functions go over to other knots', async () => {
    const objective = new SplineObjective(problem);
    const same = formerParameters(objective, truth);
    objective.predict(same).energies.forEach((energy, s) => {
      expect(energy).to.be.closeTo(frames[s]!.energy! / 8, 1e-9);
    });
    const from = await searchSplines({ ...problem, start: truth }, { ...SEARCH, coarseAtoms: 1e6, coarseSteps: 1 }, 2.8, 0);
    const other = await searchSplines(problem, { ...SEARCH, coarseAtoms: 1e6, coarseSteps: 1 }, 2.8, 0);
    const worst = ({ parameters }: typeof from) =>
      Math.max(...objective.predict(parameters).energies.map((energy, s) => Math.abs(energy - frames[s]!.energy! / 8)));
    expect(worst(from)).to.be.below(0.1 * worst(other));
    // elements in another order, and radial functions that begin elsewhere
    const two = problemOf([], ['Ti', 'O'], 'all');
    const swapped = problemOf([], ['O', 'Ti'], 'all');
    const random = RandomStream.fromSeed(4);
    const of = (p: typeof two) => new SplineObjective(p);
    const p = startParameters(of({ ...two, frames: labelled, units: labelled.map(frameUnit), ownWeights: ones }), 2.8, random);
    const model: SMeamModel = {
      ...blank,
      elements: ['Ti', 'O'],
      functions: of(two).form.functions(p),
      referenceEnergies: { Ti: -2, O: -1 },
    };
    const functions = of(swapped).form.functions(formerParameters(of(swapped), model));
    const expectSame = (one: SplineKnots, other: SplineKnots) =>
      one.values.forEach((value, k) => {
        expect(value).to.be.closeTo(other.values[k]!, 1e-12);
      });
    expectSame(functions.rho[0]!, model.functions.rho[1]!);
    expectSame(functions.g[1]!, model.functions.g[1]!);
    expectSame(functions.phi[2]!, model.functions.phi[0]!);
  });

  it('is lowered by CMA-ES from the same start, and further by gradients after it', async () => {
    const objective = new SplineObjective(coarse(problem, SEARCH.coarseAtoms));
    const start = objective.loss(startParameters(objective, 2.8, RandomStream.fromSeed(1, 0)));
    const evolved = await searchSplines(problem, { ...SEARCH, method: 'cma-es' }, 2.8, 0);
    expect(evolved.loss).to.be.below(start);
    expect(evolved.reason).to.equal('all generations are done');
    const both = await finishSplines(problem, { ...SEARCH, method: 'both', steps: 10 }, evolved.parameters);
    expect(both.loss).to.be.below(new SplineObjective(problem).loss(evolved.parameters));
    expect(both.history.length).to.be.above(15);
  });

  it('gives the same result for the same seed, and ends when it is asked to', async () => {
    const quick = { ...SEARCH, coarseSteps: 3 };
    const [one, two] = await Promise.all([0, 0].map((index) => searchSplines(problem, quick, 2.8, index)));
    expect(one!.parameters).to.deep.equal(two!.parameters);
    const stopped = await searchSplines(problem, SEARCH, 2.8, 0, { onStep: (step) => step === 2 });
    expect(stopped.steps).to.equal(2);
    expect(stopped.reason).to.equal('asked to stop');
  });

  it('selects frames evenly, and weights with them', () => {
    const weighted = { ...problem, ownWeights: Float64Array.from(frames, (_, s) => s) };
    const selection = coarse(weighted, 40);
    expect([...selection.ownWeights]).to.deep.equal([1, 3, 5, 7, 9]);
    expect(selection.frames).to.deep.equal([1, 3, 5, 7, 9].map((s) => frames[s]));
    expect(coarse(weighted, 1000)).to.equal(weighted);
    expect(onFrames(weighted, [2]).frames).to.deep.equal([frames[2]]);
  });
});
