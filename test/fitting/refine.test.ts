import { expect } from 'chai';
import { EquationNetwork } from '../../src/fitting/equation-network.js';
import { OPTIMISERS } from '../../src/fitting/optimisers/index.js';
import { openObjective } from '../../src/fitting/problem.js';
import { activeParameters, refine } from '../../src/fitting/refine.js';
import { RandomStream } from '../../src/math/random.js';
import { bondedParameters, OUTER, SMALL } from './networks.js';
import { ellipsoid, rosenbrock } from './optimisers/functions.js';
import { problemOf } from './problems.js';
import { randomCells } from './structures.js';

const names = Object.keys(OPTIMISERS) as (keyof typeof OPTIMISERS)[];

describe('refine', () => {
  for (const optimiser of names)
    it(`with ${optimiser} improves, holds what is not active, and keeps to its steps`, () => {
      const settings = { optimiser, learningRate: 0.02, steps: 400 };
      const start = Float64Array.of(-1.2, 1);
      const { parameters, loss } = refine(rosenbrock(), start, Uint8Array.of(1, 1), settings);
      expect(loss).to.be.below(6);
      expect(rosenbrock().loss(parameters)).to.equal(loss);
      expect([...start]).to.deep.equal([-1.2, 1]);
      const held = refine(ellipsoid(3), new Float64Array(3), Uint8Array.of(1, 0, 1), settings);
      expect(held.parameters[1]).to.equal(0);
      const few = rosenbrock();
      refine(few, start, Uint8Array.of(1, 1), { ...settings, steps: 2 });
      const many = rosenbrock();
      refine(many, start, Uint8Array.of(1, 1), { ...settings, steps: 200 });
      expect(few.calls).to.be.below(many.calls);
    });

  it('says when the start is forbidden', () => {
    const { loss } = refine(
      rosenbrock(() => false),
      new Float64Array(2),
      Uint8Array.of(1, 1),
      { optimiser: 'levenberg-marquardt', learningRate: 1 },
    );
    expect(loss).to.equal(Infinity);
  });

  it('does more the more effort is asked for', () => {
    const random = RandomStream.fromSeed(61);
    const network = new EquationNetwork(OUTER);
    const { objective } = openObjective(
      problemOf(OUTER, randomCells(random, 12), bondedParameters(network, random), { noise: 0.02, random, nodes: 24 }),
    );
    const start = bondedParameters(network, random);
    const active = new Uint8Array(start.length).fill(1);
    const settings = { optimiser: 'levenberg-marquardt', learningRate: 1e-4 } as const;
    const [quick, search, full] = (['quick', 'search', 'full'] as const).map((effort) =>
      refine(objective, start, active, settings, effort),
    );
    expect(search!.loss).to.be.below(quick!.loss);
    expect(full!.loss).to.be.at.most(search!.loss);
    expect(objective.loss(full!.parameters)).to.equal(full!.loss);
  });
});

describe('activeParameters', () => {
  it('are the weights that are not zero, the inner parameters that they use, and a fitted reference', () => {
    const network = new EquationNetwork(SMALL);
    const all = new Float64Array(network.size + 1).fill(1);
    expect([...activeParameters(network, all, true)].every((a) => a === 1)).to.equal(true);
    // pair: a, w(exp), w(r^-6), w(r^-9); density: a, w(exp), w(r^-6); embedding: three weights
    const p = Float64Array.of(2, 0, 1, 0, 2, 1, 0, -1, 0, 0, 0.3);
    expect([...activeParameters(network, p, false)]).to.deep.equal([0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0]);
    expect([...activeParameters(network, p, true)]).to.deep.equal([0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1]);
  });

  it('follow the second layer: what feeds a function that is off is off', () => {
    const network = new EquationNetwork({ ...OUTER, pair: { basis: ['exp(-r)', 'r^-1'], outer: ['exp', 'exp'] } });
    // pair: a, unit 1 (w, w), unit 2 (w, w), v1, v2
    const p = new Float64Array(network.size + 1);
    p.set([2, 1, 1, 0, 1, 0, 0.5]);
    expect([...activeParameters(network, p, false).subarray(0, 7)]).to.deep.equal([0, 0, 0, 0, 1, 0, 1]);
    p.set([2, 1, 1, 0, 1, 0.5, 0.5]);
    expect([...activeParameters(network, p, false).subarray(0, 7)]).to.deep.equal([1, 1, 1, 0, 1, 1, 1]);
  });

  it('do not move an inner parameter that is zero out of its equation', () => {
    // a = 0 with its term on: exp(0) is a constant, but a may still move
    const network = new EquationNetwork(SMALL);
    const p = new Float64Array(network.size + 1);
    p[1] = 0.5;
    expect(activeParameters(network, p, false)[0]).to.equal(1);
  });
});
