import { expect } from 'chai';
import { constants } from '../../src/expressions/expression.js';
import { EquationNetwork, type EquationNetworkSettings } from '../../src/fitting/equation-network.js';
import { fixGauge } from '../../src/fitting/gauge.js';
import { openObjective } from '../../src/fitting/problem.js';
import { activeParameters, refine } from '../../src/fitting/refine.js';
import { roundConstants } from '../../src/fitting/rounding.js';
import { RandomStream } from '../../src/math/random.js';
import { bondedParameters, OUTER, SMALL } from './networks.js';
import { problemOf } from './problems.js';
import { randomCells } from './structures.js';

const random = RandomStream.fromSeed(81);

/** significant digits of a constant, once the noise of unit conversion in the 13th is off */
const digits = (value: number): number =>
  Number(value.toPrecision(12)).toExponential().replace(/e.*/, '').replace(/[-.]/g, '').replace(/0+$/, '').length;

const printed = (network: EquationNetwork, p: Float64Array): number[] => {
  const { pair, density, embedding } = network.equations(p);
  return [pair, density, embedding].flatMap(constants);
};

describe('roundConstants', () => {
  const shapes: [string, EquationNetworkSettings][] = [
    ['one layer', SMALL],
    ['a second layer', OUTER],
    ['Gaussians', { ...SMALL, pair: { basis: ['exp(-r^2)', 'r^-9'] } }],
  ];
  for (const [name, settings] of shapes)
    describe(`of a network with ${name}`, () => {
      const start = new EquationNetwork(settings);
      const structures = randomCells(random, 25);
      const truth = bondedParameters(start, random);
      const problem = problemOf(settings, structures, truth, { noise: 0.01, random, nodes: 32 });
      const { network, parameters: gauged } = fixGauge(start, truth);
      const { objective } = openObjective({ ...problem, network: network.settings });
      const active = activeParameters(network, gauged, true);
      // the gauge holds the coefficient of sqrt(rho)
      active[network.offset.embedding] = 0;
      const fitted = refine(objective, gauged, active, { optimiser: 'levenberg-marquardt', learningRate: 1e-4 }).parameters;
      const rounded = roundConstants(network, objective, fitted, active);

      it('costs next to nothing', () => {
        // a thousandth of the loss is what it may cost by the curvature; twice that by its own check
        expect(objective.loss(rounded)).to.be.at.most(objective.loss(fitted) * 1.003);
      });

      it('leaves constants of few digits', () => {
        const before = printed(network, fitted).map(digits);
        const after = printed(network, rounded).map(digits);
        expect(after.length).to.equal(before.length);
        expect(Math.max(...after), after.join()).to.be.at.most(8);
        const mean = (values: number[]): number => values.reduce((a, b) => a + b) / values.length;
        expect(mean(after)).to.be.below(5.5);
        expect(mean(before)).to.be.above(10);
      });

      it('touches neither the start nor what is not active', () => {
        expect(rounded).not.to.equal(fitted);
        rounded.forEach((value, q) => {
          if (!active[q]) expect(value).to.equal(fitted[q]);
        });
      });
    });

  it('has nothing to do where nothing is active', () => {
    const network = new EquationNetwork(SMALL);
    const p = bondedParameters(network, random);
    const { objective } = openObjective(problemOf(SMALL, randomCells(random, 4), p, { nodes: 16 }));
    expect(roundConstants(network, objective, p, new Uint8Array(p.length))).to.deep.equal(p);
  });
});
