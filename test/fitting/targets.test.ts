import { expect } from 'chai';
import { EquationNetwork } from '../../src/fitting/equation-network.js';
import { buildMoments, collectNeighbours } from '../../src/fitting/moments.js';
import { openObjective } from '../../src/fitting/problem.js';
import { pullOf, type Target } from '../../src/fitting/targets.js';
import { RandomStream } from '../../src/math/random.js';
import { evaluateEam } from '../../src/potentials/evaluate-eam.js';
import { bondedParameters, OUTER, SMALL } from './networks.js';
import { potentialOf, problemOf } from './problems.js';
import { randomCells } from './structures.js';

const random = RandomStream.fromSeed(23);
const data = randomCells(random, 10);
const others = randomCells(random, 4);
const target = (changes: Partial<Target>): Target => ({
  name: 'x',
  unit: 'eV',
  offset: 0.5,
  terms: [
    { structure: 0, coefficient: 3 },
    { structure: 2, coefficient: -2 },
  ],
  value: 0,
  tolerance: 0.05,
  weight: 0.01,
  ...changes,
});

describe('targets in the loss', () => {
  for (const [name, settings] of [
    ['powers', SMALL],
    ['second layers', OUTER],
  ] as const)
    it(`are sums of exact energies, with the gradient and Gauss-Newton matrix that belong to them, for networks of ${name}`, () => {
      const network = new EquationNetwork(settings);
      const truth = bondedParameters(network, random);
      const plain = problemOf(settings, data, truth, { random, noise: 0.01, nodes: 40, shortest: 1.4 });
      const { map } = plain.moments;
      const moments = buildMoments(collectNeighbours(others, settings.cutoff), map.count, map.shortest);
      const p = bondedParameters(network, random);
      const potential = potentialOf(network, p);
      const energies = others.map((one) => evaluateEam(potential, one).energy / one.species.length);
      const exact = 0.5 + 3 * energies[0]! - 2 * energies[2]!;
      const far = target({ value: exact + 3 });
      const within = target({ value: exact + 0.04 });
      const { objective } = openObjective({ ...plain, targets: { list: [far, within], moments, shortest: moments.map.shortest } });
      const without = openObjective(plain).objective;
      const [found] = objective.targetValues(p);
      expect(found).to.be.closeTo(exact, 1e-3);
      const excess = (found! - far.value) / far.tolerance + 1;
      expect(objective.loss(p) - without.loss(p)).to.be.closeTo(far.weight * (Math.hypot(excess, 1) - 1), 1e-9);
      const n = p.length;
      const [gradient, hessian] = [new Float64Array(n), new Float64Array(n * n)];
      objective.linearise(p, gradient, hessian);
      const size = Math.max(...gradient.map(Math.abs));
      const h = 1e-5;
      for (let q = 0; q < n; q++) {
        const at = (step: number): number => {
          const moved = p.slice();
          moved[q]! += step;
          return objective.loss(moved);
        };
        const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
        expect(gradient[q]!, `parameter ${q}`).to.be.closeTo(slope, 3e-6 * size);
      }
      // the target's own part is a square of its derivatives: rank one
      const [g0, h0] = [new Float64Array(n), new Float64Array(n * n)];
      without.linearise(p, g0, h0);
      const own = hessian.map((x, k) => x - h0[k]!);
      for (let a = 0; a < n; a++)
        for (let b = 0; b < n; b++)
          expect(own[a * n + b]! ** 2).to.be.closeTo(own[a * n + a]! * own[b * n + b]!, 1e-6 * Math.max(...own.map(Math.abs)) ** 2);
    });

  it('do not pull inside their tolerance', () => {
    expect(pullOf(target({ value: 1 }), 1.04).excess).to.equal(0);
    expect(pullOf(target({ value: 1 }), 1.1).excess).to.be.closeTo(1, 1e-12);
    expect(pullOf(target({ value: 1 }), 0.85).excess).to.be.closeTo(-2, 1e-12);
  });
});
