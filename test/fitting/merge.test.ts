import { expect } from 'chai';
import fc from 'fast-check';
import { EquationNetwork, type EquationNetworkSettings, NodalEvaluator } from '../../src/fitting/equation-network.js';
import { type FrontTask, removeOne } from '../../src/fitting/front.js';
import { merges } from '../../src/fitting/merge.js';
import { openObjective } from '../../src/fitting/problem.js';
import { activeParameters } from '../../src/fitting/refine.js';
import { RandomStream } from '../../src/math/random.js';
import { between } from '../math/arbitrary.js';
import { SMALL } from './networks.js';
import { problemOf } from './problems.js';
import { randomCells } from './structures.js';

const TWO: EquationNetworkSettings = {
  ...SMALL,
  pair: { basis: ['exp(-r)', 'exp(-r)', 'r^-6', 'r^-7', 'r^-12'] },
  density: { basis: ['r^-6'] },
  embedding: { basis: ['rho^0.5', 'rho'] },
};
const network = new EquationNetwork(TWO);
/** two rates, their weights, those of the three powers, of the density and of the embedding, the reference energy */
const point = (a: number, b: number, wa: number, wb: number, powers = [0, 0, 0]) => Float64Array.of(a, b, wa, wb, ...powers, 1, -1, 0.2, 0);
/** the pair term at the length unit and next to it */
const around = (p: Float64Array): [number, number] => {
  const { lengthUnit } = TWO;
  const nodes = new NodalEvaluator(new EquationNetwork({ ...TWO, cutoff: 100, taperWidth: 1 }), [
    lengthUnit - 1e-5,
    lengthUnit,
    lengthUnit + 1e-5,
  ]);
  nodes.evaluate(p, false);
  return [nodes.pair[1]!, (nodes.pair[2]! - nodes.pair[0]!) / 2e-5];
};

describe('merges', () => {
  it('lets one exponential stand for two, with their value and slope at the length unit', () => {
    fc.assert(
      fc.property(between(1, 4), between(1, 4), between(0.1, 1), between(0.1, 1), (a, b, wa, wb) => {
        const p = point(a, b, wa, wb);
        const [one, ...others] = merges(network, p);
        expect(others).to.deep.equal([]);
        expect(one!.parameters[one!.removed]).to.equal(0);
        const [before, after] = [around(p), around(one!.parameters)];
        expect(after[0]).to.be.closeTo(before[0], 1e-12);
        expect(after[1]).to.be.closeTo(before[1], 1e-6);
      }),
      { numRuns: 50 },
    );
  });

  it('is exact for equal rates, and stays near the rates where two terms nearly cancel', () => {
    const p = point(2.5, 2.5, 0.3, -0.1);
    const [one] = merges(network, p);
    expect(around(one!.parameters)).to.deep.equal(around(p).map((x) => x));
    const [near] = merges(network, point(2, 2.2, 5, -4.999));
    const rate = near!.parameters[0]!;
    expect(rate).to.be.within(1.79, 2.41);
  });

  it('offers both of two neighbouring powers, closest pairs first, and no others', () => {
    const p = point(1, 3, 0.2, 0.1, [0.3, 0.2, 0.1]);
    const found = merges(network, p).map(({ kept, removed }) => [kept, removed].map((q) => network.parameters[q]!.name).join(' for '));
    // the rates differ by 2, the exponents of neighbours by 1
    expect(found).to.deep.equal(['w[r^-6] for w[r^-7]', 'w[r^-7] for w[r^-6]', 'w[exp(-r)] for w[exp(-r)]']);
    expect(merges(network, point(1, 3, 0.2, 0)).length).to.equal(0);
  });
});

describe('removal by merging', () => {
  it('turns two exponentials into the one that the data were made with', () => {
    const truth = point(2.4, 0, 0.5, 0);
    const random = RandomStream.fromSeed(3);
    const { objective } = openObjective(problemOf(TWO, randomCells(random, 16), truth, { nodes: 24 }));
    const task: FrontTask = { network, objective, refine: { optimiser: 'levenberg-marquardt', learningRate: 0 }, fitReference: true };
    const start = point(2.2, 2.7, 0.28, 0.2);
    const removed = removeOne(task, { parameters: start, loss: objective.loss(start) })!;
    const active = activeParameters(network, removed.parameters, true);
    const left = network.parameters.filter(({ role, network: part }, q) => role === 'weight' && part === 'pair' && active[q]);
    expect(left).to.have.length(1);
    expect(removed.loss).to.be.below(1e-5);
  });
});
