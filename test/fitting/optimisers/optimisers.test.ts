import { expect } from 'chai';
import fc from 'fast-check';
import { EquationNetwork, type EquationNetworkSettings } from '../../../src/fitting/equation-network.js';
import { type LocalTask, OPTIMISERS } from '../../../src/fitting/optimisers/index.js';
import { openObjective } from '../../../src/fitting/problem.js';
import { RandomStream } from '../../../src/math/random.js';
import { vector } from '../../math/arbitrary.js';
import { SMALL } from '../networks.js';
import { problemOf } from '../problems.js';
import { randomCells } from '../structures.js';
import { curved, ellipsoid, rosenbrock } from './functions.js';

const ones = (n: number): Uint8Array => new Uint8Array(n).fill(1);
const NAMES = Object.keys(OPTIMISERS) as (keyof typeof OPTIMISERS)[];
/** steps and learning rate with which each optimiser gets somewhere in these tests */
const effort: Record<keyof typeof OPTIMISERS, Partial<LocalTask> & { maxSteps: number }> = {
  'levenberg-marquardt': { maxSteps: 200 },
  lbfgs: { maxSteps: 500 },
  adam: { maxSteps: 6000, learningRate: 0.02 },
};

for (const name of NAMES)
  describe(name, () => {
    const { run } = OPTIMISERS[name];
    const accuracy = name === 'adam' ? 0.05 : 2e-3;

    it('finds the bottom of a narrow ellipsoid', () => {
      const { parameters, loss } = run({ objective: ellipsoid(5), start: new Float64Array(5), active: ones(5), ...effort[name] });
      expect(loss).to.be.below(accuracy ** 2);
      parameters.forEach((x, q) => {
        expect(x).to.be.closeTo(q + 1, accuracy);
      });
    });

    it("follows Rosenbrock's valley", () => {
      const { parameters, loss } = run({ objective: rosenbrock(), start: Float64Array.of(-1.2, 1), active: ones(2), ...effort[name] });
      // (1 - 2.2 ...) starts at 12.1
      expect(loss).to.be.below(accuracy ** 2);
      expect(parameters[0]).to.be.closeTo(1, 2 * accuracy);
    });

    it('never ends above its start, and reports the loss of what it returns', () => {
      fc.assert(
        fc.property(vector(2, -3, 3), fc.integer({ min: 1, max: 30 }), (start, maxSteps) => {
          const objective = rosenbrock((p) => p[0]! + p[1]! > -1);
          const from = Float64Array.from(start);
          const before = objective.loss(from);
          const result = run({ objective, start: from, active: ones(2), ...effort[name], maxSteps });
          expect([...from]).to.deep.equal(start);
          if (before === Infinity) {
            expect(result.reason).to.equal('start forbidden');
            expect(result.loss).to.equal(Infinity);
            return;
          }
          expect(result.loss).to.be.at.most(before);
          expect(objective.loss(result.parameters)).to.equal(result.loss);
        }),
        { numRuns: 60 },
      );
    });

    it('falls at every step it reports', () => {
      fc.assert(
        fc.property(vector(2, -3, 3), (start) => {
          const losses: number[] = [];
          const onStep = (_step: number, loss: number): undefined => {
            losses.push(loss);
          };
          run({ objective: curved(), start: Float64Array.from(start), active: ones(2), ...effort[name], maxSteps: 60, onStep });
          for (let k = 1; k < losses.length; k++) expect(losses[k]).to.be.at.most(losses[k - 1]!);
        }),
        { numRuns: 60 },
      );
    });

    it('stays out of a forbidden region that lies on the way', () => {
      // the valley is blocked at x > 0.5
      const objective = rosenbrock((p) => p[0]! <= 0.5);
      const { parameters, loss } = run({ objective, start: Float64Array.of(-1.2, 1), active: ones(2), ...effort[name] });
      expect(parameters[0]).to.be.at.most(0.5);
      expect(loss).to.be.below(12);
    });

    it('never moves what is not active', () => {
      fc.assert(
        fc.property(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), vector(4, -2, 2), (chosen, start) => {
          const active = Uint8Array.from(chosen, Number);
          const { parameters } = run({ objective: ellipsoid(4), start: Float64Array.from(start), active, ...effort[name], maxSteps: 40 });
          parameters.forEach((x, q) => {
            if (!active[q]) expect(x).to.equal(start[q]);
          });
        }),
        { numRuns: 30 },
      );
    });

    it('finds the best of the active parameters with the others held', () => {
      const objective = ellipsoid(3);
      const { parameters } = run({ objective, start: Float64Array.of(0, 5, 0), active: Uint8Array.of(1, 0, 1), ...effort[name] });
      const gradient = new Float64Array(3);
      objective.gradient(parameters, gradient);
      expect(Math.abs(gradient[0]!)).to.be.below(20 * accuracy);
      expect(Math.abs(gradient[2]!)).to.be.below(20 * accuracy);
      expect(parameters[1]).to.equal(5);
    });

    it('stops when it is told to', () => {
      let steps = 0;
      const result = run({
        objective: rosenbrock(),
        start: Float64Array.of(-1.2, 1),
        active: ones(2),
        ...effort[name],
        onStep: () => ++steps === 3,
      });
      expect(steps).to.equal(3);
      expect(result.reason).to.equal('stopped');
      expect(result.loss).to.be.at.most(12.1);
    });

    it('ends at once at a minimum', () => {
      const objective = ellipsoid(2);
      const { parameters, loss } = run({ objective, start: Float64Array.of(1, 2), active: ones(2), ...effort[name], maxSteps: 50 });
      expect(loss).to.be.below(1e-20);
      expect([...parameters]).to.deep.equal([1, 2]);
    });
  });

describe('fits of known potentials', () => {
  // no linear term, and the coefficient of sqrt(rho) held: then the gauge leaves one solution
  const settings: EquationNetworkSettings = {
    ...SMALL,
    pair: { basis: ['exp(-r)', 'r^-9'] },
    density: { basis: ['r^-6'] },
    embedding: { basis: ['rho^0.5', 'rho^2'] },
  };
  const network = new EquationNetwork(settings);
  // a of the exponential, its weight, r^-9 | r^-6 | sqrt(rho), rho^2 | reference energy
  const truth = Float64Array.of(3, 0.3, 0.15, 1.2, -1, 0.02, -0.4);
  const start = Float64Array.of(2.4, 0.22, 0.2, 1.5, -1, 0, -0.2);
  start[5] = 1e-3;
  const active = Uint8Array.of(1, 1, 1, 1, 0, 1, 1);
  const structures = randomCells(RandomStream.fromSeed(51), 40);

  for (const [what, loss] of [
    ['energies', {}],
    ['energies, forces and stresses', { forces: 0.2, stress: 1 }],
  ] as const)
    it(`recover all parameters from ${what}`, () => {
      const { objective } = openObjective(problemOf(settings, structures, truth, { loss, nodes: 48 }));
      const { parameters, loss: left } = OPTIMISERS['levenberg-marquardt'].run({ objective, start, active, maxSteps: 300 });
      // forces are looked up in a table of 0.005 Å, energies in moments of 48 nodes
      expect(left).to.be.below(1e-6);
      parameters.forEach((x, q) => {
        expect(x, `parameter ${q}`).to.be.closeTo(truth[q]!, 5e-3 * (0.1 + Math.abs(truth[q]!)));
      });
      expect(network.size + 1).to.equal(parameters.length);
    });
});
